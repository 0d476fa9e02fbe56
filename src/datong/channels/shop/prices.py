"""What things cost this customer here and now: `catalog.quote` and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from datong.brand.types import AddressText
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine, Quote, QuoteLine
from datong.channels.shop.door import Shopper
from datong.kernel import clock
from datong.kernel.money import exponent

GONE = frozenset({"unknown_sku", "inactive_item", "no_price", "not_on_sale", "not_in_assortment"})
"""Problems for which a thing cannot be had here at all."""


@dataclass(frozen=True, slots=True)
class Priced:
    """One unit of a SKU as it is sold here now. `before_minor`: without promotions, when they take something off."""

    line: QuoteLine
    unit_minor: int
    before_minor: int | None
    tax_minor: int
    tax_inclusive: bool
    problems: tuple[str, ...]

    @property
    def sold(self) -> bool:
        return not GONE.intersection(self.problems)


def ask(shopper: Shopper, lines: Sequence[AskLine], at: datetime | None = None) -> Ask:
    """What is asked of the catalogue for this customer: the shop's channel, their store, else where they are."""
    spot, store = shopper.spot, shopper.store
    place = None
    if spot is not None and store is None:
        place = AddressText("", spot.city, spot.region, spot.postcode, shopper.brand.country)
    return Ask(
        shopper.channel.id,
        shopper.brand.currency,
        at or clock.now(),
        tuple(lines),
        region=(store.region if store else spot.region if spot else ""),
        store_id=store.id if store else None,
        member=shopper.member,
        place=place,
    )


def priced(shopper: Shopper, wanted: Sequence[tuple[str, tuple[str, ...]]]) -> list[Priced]:
    """One unit of each (SKU, options), each as a basket of its own; two statements whatever their number."""
    asks = [ask(shopper, [AskLine(1, sku, 1, options)]) for sku, options in wanted]
    return [_priced(quote) for quote in catalog.quote(asks, brand=shopper.brand.id)] if asks else []


def _priced(quote: Quote) -> Priced:
    (line,) = quote.lines
    added = 0 if quote.tax_inclusive else quote.tax_minor
    before = line.unit_minor + added if line.discount_minor else None
    codes = tuple(problem.code for problem in quote.problems)
    return Priced(line, quote.total_minor, before, quote.tax_minor, quote.tax_inclusive, codes)


def plain_amount(minor: int, currency: str) -> str:
    """As schema.org wants a price: a point, no sign, no thousands."""
    places = exponent(currency)
    return str(Decimal(minor).scaleb(-places).quantize(Decimal(1).scaleb(-places)))


def by_sku(found: Sequence[Priced]) -> Mapping[str, Priced]:
    return {one.line.sku: one for one in found}
