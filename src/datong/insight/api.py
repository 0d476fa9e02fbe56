"""The public face of insight."""

from datong.insight.actions import count_orders, value_customers
from datong.insight.queries import (
    ChannelDay,
    categories_held,
    chains,
    channel_days,
    customers_in,
    event_lag,
    readiness,
    segment_sums,
    value_of,
)

__all__ = [
    "ChannelDay",
    "categories_held",
    "chains",
    "channel_days",
    "count_orders",
    "customers_in",
    "event_lag",
    "readiness",
    "segment_sums",
    "value_customers",
    "value_of",
]
