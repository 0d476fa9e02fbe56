"""Plain decisions of insight."""

from datong.insight.rules.chain import chain
from datong.insight.rules.readiness import readiness

__all__ = ["chain", "readiness"]
