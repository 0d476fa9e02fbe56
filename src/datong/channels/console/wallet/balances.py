"""What a member has, as lines to show: stored value by currency, points, vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    value: str
    note: str = ""


def balance_lines(brand: UUID, customer_id: UUID, language: str) -> list[Line]:
    """The balances of the person this record is, over all records."""
    return []
