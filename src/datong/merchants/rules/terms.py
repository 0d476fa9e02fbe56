"""Whether a contract can be meant, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import MAX_MINOR
from datong.merchants.types import Terms

MAX_LINES = 100
MAX_POINTS = 1_000_000
MAX_BANK = 120


def check_terms(terms: Terms) -> Terms:
    """The terms as they are. Raises BadInput naming each field that cannot be meant."""
    problems = [Problem(field, "bad_value", fix, str(found)[:80]) for field, fix, found in _faults(terms)]
    if problems:
        raise BadInput("these terms cannot be agreed", *problems)
    return terms


def _faults(terms: Terms) -> Iterator[tuple[str, str, object]]:
    for name in ("earn_points", "burn_points"):
        if not 0 < getattr(terms, name) <= MAX_POINTS:
            yield name, f"1 to {MAX_POINTS} points", getattr(terms, name)
    for name in ("earn_minor", "burn_minor", "fixed_minor"):
        if not 0 <= getattr(terms, name) <= MAX_MINOR // MAX_POINTS:
            yield name, "an amount, 0 or more", getattr(terms, name)
    if len(terms.bank) > MAX_BANK or not terms.bank.isprintable():
        yield "bank", f"at most {MAX_BANK} characters", terms.bank
    if len(terms.commission) > MAX_LINES:
        yield "commission", f"at most {MAX_LINES} lines", len(terms.commission)
    seen: set[str] = set()
    for n, line in enumerate(terms.commission[:MAX_LINES]):
        if line.category in seen or len(line.category) > 60:
            yield f"commission/{n}/category", "a category once", line.category
        if not 0 <= line.rate_bp <= 10_000:
            yield f"commission/{n}/rate_bp", "0 to 10000 hundredths of a per cent", line.rate_bp
        if not 0 <= line.least_minor <= MAX_MINOR // MAX_POINTS:
            yield f"commission/{n}/least_minor", "an amount, 0 or more", line.least_minor
        seen.add(line.category)


def write_terms(terms: Terms) -> str:
    """The terms as JSON, the same text for the same terms."""
    kept = msgspec.to_builtins(terms)
    kept["accepts"] = sorted(kept["accepts"])
    return msgspec.json.encode(kept, order="deterministic").decode()


def read_terms(kept: Any) -> Terms:
    """What `write_terms` wrote, as text or as the database gives it."""
    if isinstance(kept, str | bytes):
        return msgspec.json.decode(kept, type=Terms)
    return msgspec.convert(kept, type=Terms)
