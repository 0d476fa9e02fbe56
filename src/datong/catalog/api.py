"""The public face of the catalogue."""

from datong.catalog.actions import (
    change_price,
    end_promotion,
    put_items,
    put_price_lists,
    put_prices,
    put_promotions,
    put_tax_rates,
)
from datong.catalog.queries import (
    explain,
    items_by_id,
    items_by_sku,
    list_items,
    list_rules,
    price_history,
    quote,
    search_items,
)
from datong.catalog.rules import coupon_promotion

__all__ = [
    "change_price",
    "coupon_promotion",
    "end_promotion",
    "explain",
    "items_by_id",
    "items_by_sku",
    "list_items",
    "list_rules",
    "price_history",
    "put_items",
    "put_price_lists",
    "put_prices",
    "put_promotions",
    "put_tax_rates",
    "quote",
    "search_items",
]
