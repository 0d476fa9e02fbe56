"""Writes of the catalogue: items, prices, promotions."""

from datong.catalog.actions.items import put_items
from datong.catalog.actions.prices import change_price, put_price_lists, put_prices, put_tax_rates
from datong.catalog.actions.promotions import end_promotion, put_promotions

__all__ = [
    "change_price",
    "end_promotion",
    "put_items",
    "put_price_lists",
    "put_prices",
    "put_promotions",
    "put_tax_rates",
]
