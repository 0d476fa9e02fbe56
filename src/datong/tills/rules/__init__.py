"""Pure decisions of tills."""

from datong.tills.rules.facts import (
    Cash,
    Closing,
    Handed,
    Opening,
    Returned,
    Sold,
    Tender,
    digest_of,
    put_right,
    read_body,
)
from datong.tills.rules.marks import changed, mark_of, plain_off

__all__ = [
    "Cash",
    "Closing",
    "Handed",
    "Opening",
    "Returned",
    "Sold",
    "Tender",
    "changed",
    "digest_of",
    "mark_of",
    "plain_off",
    "put_right",
    "read_body",
]
