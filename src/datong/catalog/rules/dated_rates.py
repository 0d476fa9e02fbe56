"""What may be said of interest and exchange rates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from datong.catalog.types import Rate, RateKind
from datong.kernel.errors import BadInput, BadValue, Problem

E8 = 10**8
MAX_E8 = 10**15
_PAIR = re.compile(r"[A-Z]{3}/[A-Z]{3}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,58}[A-Za-z0-9]|[A-Za-z0-9]")
AT_ONCE = timedelta(minutes=5)
"""A rate may begin so long ago: what a person calls now."""


def read_rate(text: str, kind: RateKind, field: str = "value") -> int:
    """A rate as typed, times 100,000,000: '7.1234' for an exchange, '2.75' or '2.75 %' a year for an interest rate."""
    bare = text.strip().rstrip("%％").strip()
    try:
        value = Decimal(bare) * (E8 // 100 if kind is RateKind.INTEREST else E8)
    except InvalidOperation:
        raise BadValue(field, text, "a number such as 7.1234, or 2.75 per cent a year") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 < value <= MAX_E8:
        raise BadValue(field, text, "a number above 0 with at most 8 decimals (6 for a per cent)")
    return int(value)


def check_dated_rates(rates: Sequence[Rate], reason: str, now: datetime) -> None:
    """Keys, values, moments; raises BadInput naming each."""
    found = []
    if not reason.strip():
        found.append(Problem("reason", "bad_value", "why the rate changes", reason))
    for n, rate in enumerate(rates):
        if rate.kind is RateKind.EXCHANGE and not _PAIR.fullmatch(rate.key):
            found.append(Problem(f"rates/{n}/key", "bad_value", "two ISO 4217 codes such as USD/CNY", rate.key[:80]))
        elif not _KEY.fullmatch(rate.key):
            found.append(Problem(f"rates/{n}/key", "bad_value", "1 to 60 letters, digits, . _ / and -", rate.key[:80]))
        if not 0 < rate.value_e8 <= MAX_E8:
            found.append(Problem(f"rates/{n}/value", "bad_value", "a rate above 0", rate.value_e8))
        if rate.valid_from < now - AT_ONCE:
            fix = "now or later: what was agreed by it keeps its rate"
            found.append(Problem(f"rates/{n}/valid_from", "bad_value", fix, rate.valid_from.isoformat()))
    if found:
        raise BadInput(f"{len(found)} values of the rates cannot be used", *found[:100])
