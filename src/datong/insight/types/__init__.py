"""Nouns of insight."""

from datong.insight.types.readiness import ChannelFacts, Check, Outside, Readiness, Shared, StoreFacts, Unification
from datong.insight.types.value import Held, LifeStage, Segment, SegmentSum, Value

__all__ = [
    "ChannelFacts",
    "Check",
    "Held",
    "LifeStage",
    "Outside",
    "Readiness",
    "Segment",
    "SegmentSum",
    "Shared",
    "StoreFacts",
    "Unification",
    "Value",
]
