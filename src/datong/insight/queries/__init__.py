"""Reads of insight."""

from datong.insight.queries.chain import chains
from datong.insight.queries.days import ChannelDay, channel_days, event_lag, readiness
from datong.insight.queries.value import categories_held, customers_in, segment_sums, value_of

__all__ = [
    "ChannelDay",
    "categories_held",
    "chains",
    "channel_days",
    "customers_in",
    "event_lag",
    "readiness",
    "segment_sums",
    "value_of",
]
