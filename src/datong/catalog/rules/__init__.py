"""What a basket costs, and what may be put into the catalogue. Plain functions over frozen values."""

from datong.catalog.rules.changes import check_costs, check_policy, check_wanted, overlaps, policy_of
from datong.catalog.rules.checks import (
    check_asks,
    check_items,
    check_price_lists,
    check_prices,
    check_promotions,
    check_rates,
    is_sku,
)
from datong.catalog.rules.coupons import coupon_promotion
from datong.catalog.rules.explain import explain_ask
from datong.catalog.rules.options import choose, leaving
from datong.catalog.rules.promotion_checks import storable
from datong.catalog.rules.promotions import NOWHERE, applicable, in_force
from datong.catalog.rules.quoting import (
    Terms,
    list_of,
    pick_price,
    pick_rate,
    price_ask,
    tax_of,
    unit_price,
)

__all__ = [
    "NOWHERE",
    "Terms",
    "applicable",
    "check_asks",
    "check_costs",
    "check_items",
    "check_price_lists",
    "check_prices",
    "check_policy",
    "check_promotions",
    "check_rates",
    "check_wanted",
    "choose",
    "coupon_promotion",
    "explain_ask",
    "in_force",
    "leaving",
    "is_sku",
    "list_of",
    "overlaps",
    "pick_price",
    "pick_rate",
    "policy_of",
    "price_ask",
    "storable",
    "tax_of",
    "unit_price",
]
