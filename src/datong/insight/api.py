"""The public face of insight."""

from datong.insight.actions import count_orders
from datong.insight.queries import ChannelDay, channel_days, event_lag, readiness

__all__ = ["ChannelDay", "channel_days", "count_orders", "event_lag", "readiness"]
