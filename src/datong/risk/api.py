"""The public face of risk."""

from datong.risk.actions import assess, put_entries, put_limits, remove_entry
from datong.risk.queries import fired_since, flagged, list_entries, list_limits, verdicts_of

__all__ = [
    "assess",
    "fired_since",
    "flagged",
    "list_entries",
    "list_limits",
    "put_entries",
    "put_limits",
    "remove_entry",
    "verdicts_of",
]
