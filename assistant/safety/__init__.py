"""The gate that a message passes before anything is searched."""

from assistant.safety.gate import CLASSIFIER_ROW, LEARNT, Assessment, Route, SafetyGate

__all__ = ["CLASSIFIER_ROW", "LEARNT", "Assessment", "Route", "SafetyGate"]
