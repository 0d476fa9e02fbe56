"""What a basket costs, and what may be put into the catalogue. Plain functions over frozen values."""

from datong.catalog.rules.checks import (
    check_asks,
    check_items,
    check_price_lists,
    check_prices,
    check_promotions,
    check_rates,
    is_sku,
    storable,
)
from datong.catalog.rules.options import choose, leaving
from datong.catalog.rules.quoting import (
    Terms,
    applicable,
    in_force,
    list_of,
    pick_price,
    pick_rate,
    price_ask,
    tax_of,
    unit_price,
)

__all__ = [
    "Terms",
    "applicable",
    "check_asks",
    "check_items",
    "check_price_lists",
    "check_prices",
    "check_promotions",
    "check_rates",
    "choose",
    "in_force",
    "leaving",
    "is_sku",
    "list_of",
    "pick_price",
    "pick_rate",
    "price_ask",
    "storable",
    "tax_of",
    "unit_price",
]
