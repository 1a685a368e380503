"""The gate that a message passes before anything is searched."""

from assistant.safety.gate import Assessment, Route, SafetyGate

__all__ = ["Assessment", "Route", "SafetyGate"]
