"""What a SKU costs now, as the pages show it."""

from __future__ import annotations

from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine, Item, Quote
from datong.channels.console.who import Who
from datong.kernel import clock

NO_PRICE = frozenset({"unknown_sku", "inactive_item", "no_price"})
NOT_SOLD = NO_PRICE | {"not_on_sale", "not_in_assortment"}
"""A quote for a bare SKU also lacks its options; that is no reason not to show its price."""


def sold(quote: Quote) -> bool:
    return not any(problem.code in NOT_SOLD for problem in quote.problems)


def prices_of(who: Who, items: list[Item]) -> dict[str, int]:
    """The list price now, asked for through the first open channel that has no prices of its own."""
    door = next((c for c in brands.list_channels(who.brand.id) if c.open and not c.price_list), None)
    if door is None or not items:
        return {}
    lines = tuple(AskLine(n, i.sku, 1) for n, i in enumerate(items, 1))
    (quote,) = catalog.quote([Ask(door.id, who.brand.currency, clock.now(), lines)], brand=who.brand.id)
    wrong = {p.line_no for p in quote.problems if p.code in NO_PRICE}
    return {line.sku: line.unit_minor for line in quote.lines if line.line_no not in wrong}
