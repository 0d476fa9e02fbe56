"""What a basket costs, and what may be put into the catalogue. Plain functions over frozen values."""

from datong.catalog.rules.assortment import EVERYWHERE, Range, is_open, path_of, problems_of_tree
from datong.catalog.rules.changes import check_costs, check_policy, check_wanted, overlaps, policy_of
from datong.catalog.rules.checks import (
    check_asks,
    check_items,
    check_price_lists,
    check_prices,
    check_promotions,
    is_sku,
)
from datong.catalog.rules.coupons import coupon_promotion
from datong.catalog.rules.dated_rates import check_dated_rates, read_rate
from datong.catalog.rules.explain import explain_ask
from datong.catalog.rules.gtin import check_digit, gtin_fix
from datong.catalog.rules.lifecycle import NEXT, diff, missing_for, problems_of_state
from datong.catalog.rules.options import choose, leaving, named
from datong.catalog.rules.parts import Shelf, cycle_in, offer_of
from datong.catalog.rules.pictures import MAX_PICTURE_BYTES, MAX_PICTURES, check_alt, draw
from datong.catalog.rules.products import (
    ALLERGENS,
    is_code,
    problems_of_product,
    problems_of_template,
    sku_title,
    sku_titles,
    skus_used,
    unknown_parts,
)
from datong.catalog.rules.promotion_checks import storable
from datong.catalog.rules.promotions import NOWHERE, applicable, in_force
from datong.catalog.rules.quoting import (
    Terms,
    list_of,
    pick_price,
    price_ask,
    unit_price,
)
from datong.catalog.rules.tax_checks import (
    MAX_JURISDICTIONS,
    MAX_RATES,
    check_certificate,
    check_jurisdictions,
    check_tax_rates,
    plain_jurisdiction,
    read_tax_rate,
)
from datong.catalog.rules.taxes import (
    NO_TAXES,
    TaxMap,
    covers,
    exempt_of,
)
from datong.catalog.rules.templates import built_in

__all__ = [
    "named",
    "MAX_PICTURES",
    "MAX_PICTURE_BYTES",
    "check_alt",
    "draw",
    "ALLERGENS",
    "EVERYWHERE",
    "NEXT",
    "NOWHERE",
    "Range",
    "Shelf",
    "Terms",
    "applicable",
    "built_in",
    "check_asks",
    "check_costs",
    "check_dated_rates",
    "check_digit",
    "check_items",
    "check_policy",
    "check_price_lists",
    "check_prices",
    "check_promotions",
    "check_tax_rates",
    "check_jurisdictions",
    "check_certificate",
    "plain_jurisdiction",
    "read_tax_rate",
    "MAX_JURISDICTIONS",
    "MAX_RATES",
    "NO_TAXES",
    "TaxMap",
    "covers",
    "exempt_of",
    "check_wanted",
    "choose",
    "coupon_promotion",
    "cycle_in",
    "diff",
    "explain_ask",
    "gtin_fix",
    "in_force",
    "is_code",
    "is_open",
    "is_sku",
    "leaving",
    "list_of",
    "missing_for",
    "offer_of",
    "overlaps",
    "path_of",
    "pick_price",
    "policy_of",
    "price_ask",
    "problems_of_product",
    "problems_of_state",
    "problems_of_template",
    "problems_of_tree",
    "sku_title",
    "sku_titles",
    "skus_used",
    "read_rate",
    "storable",
    "unit_price",
    "unknown_parts",
]
