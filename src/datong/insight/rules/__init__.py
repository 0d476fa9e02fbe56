"""Plain decisions of insight."""

from datong.insight.rules.readiness import readiness

__all__ = ["readiness"]
