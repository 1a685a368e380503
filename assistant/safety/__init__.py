"""The gate that a message passes before anything is searched."""

from assistant.safety.gate import Assessment, Embed, Route, SafetyGate

__all__ = ["Assessment", "Embed", "Route", "SafetyGate"]
