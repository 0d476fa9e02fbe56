"""Nouns of insight."""

from datong.insight.types.chain import Chain, Link
from datong.insight.types.readiness import ChannelFacts, Check, Outside, Readiness, Shared, StoreFacts, Unification
from datong.insight.types.value import Held, LifeStage, Segment, SegmentSum, Value

__all__ = [
    "Chain",
    "ChannelFacts",
    "Check",
    "Held",
    "LifeStage",
    "Link",
    "Outside",
    "Readiness",
    "Segment",
    "SegmentSum",
    "Shared",
    "StoreFacts",
    "Unification",
    "Value",
]
