"""Tables of insight: figures made from the rows, each of which can be recomputed."""

from datong.insight.models.days import ChannelDay
from datong.insight.models.value import CategoryReach, CustomerValue

__all__ = ["CategoryReach", "ChannelDay", "CustomerValue"]
