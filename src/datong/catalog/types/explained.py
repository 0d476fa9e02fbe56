"""Nouns of an explanation (价格说明): why a basket costs what it costs, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from datong.brand.types import AddressText
from datong.catalog.types.pricing import Quote, QuoteLine
from datong.catalog.types.promotions import Finding
from datong.catalog.types.tables import Fee
from datong.catalog.types.taxes import Jurisdiction


class ListWhy(StrEnum):
    """Why a line's unit price is taken from the list it is taken from."""

    DEFAULT = "default"  # this door sells by the brand's list
    POLICY = "policy"  # this door has a list of its own by a recorded policy: `note`
    FALLBACK = "fallback"  # the door's own list does not name the product
    NONE = "none"  # it has no price


@dataclass(frozen=True, slots=True)
class PriceFrom:
    """The dated row a unit price was taken from, and what the brand's list says beside it."""

    why: ListWhy
    price_list: str = ""
    amount_minor: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    set_by: str = ""
    reason: str = ""
    note: str = ""
    base_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one promotion takes off one line, and what the line costs then."""

    code: str
    title: str
    off_minor: int
    left_minor: int


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of the quote with where its price is from: gross - the steps = quoted.total_minor, exactly.

    `options_minor` is what its options add to one unit.
    """

    quoted: QuoteLine
    price: PriceFrom
    options_minor: int
    gross_minor: int
    steps: tuple[Step, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The quote as it is given, its lines explained, and what became of every promotion of the brand.

    `delivery`: what bringing it costs on top of the quote, when the distance was said and the brand has a table for it.
    """

    quote: Quote
    lines: tuple[ExplainedLine, ...]
    findings: tuple[Finding, ...]
    at: datetime
    delivery: Fee | None = None
    delivery_tax_minor: int = 0
    place: AddressText = AddressText()
    jurisdictions: tuple[Jurisdiction, ...] = ()
    """Whose addresses the place is one of, the narrowest first, whether or not they levy anything on the basket."""
