"""Reads of the catalogue: quotes, items, prices, search."""

from datong.catalog.queries.categories import assortment_of, categories_of, coverage, stores_without
from datong.catalog.queries.choices import choices_of, choices_out
from datong.catalog.queries.compare import compare_prices
from datong.catalog.queries.explaining import explain
from datong.catalog.queries.items import item_by_gtin, items_by_id, items_by_sku, list_items, search_items
from datong.catalog.queries.new_prices import change_marked, waiting_prices
from datong.catalog.queries.offers import bundles_using, parts_of
from datong.catalog.queries.pictures import picture_file, pictures_of
from datong.catalog.queries.price_changes import change_lines, get_change, list_changes, price_overlaps
from datong.catalog.queries.price_table import item_categories, price_policies, price_table
from datong.catalog.queries.prices import price_history, price_pulse
from datong.catalog.queries.products import (
    choice_names,
    count_products,
    list_products,
    product_history,
    products_by_code,
    products_of_skus,
    templates_of,
    used_in,
)
from datong.catalog.queries.quoting import RuleBook, list_rules, quote
from datong.catalog.queries.rates import named_rates, rate_keys
from datong.catalog.queries.shelf import browse, forget_counts, on_shelf, search_shelf, shelf_counts
from datong.catalog.queries.standing import price_rows, prices_in_force, prices_of
from datong.catalog.queries.tables import (
    decide_by_table,
    delivery_fee,
    delivery_fees,
    least_orders,
    list_rates,
    rate,
    table_version,
    table_versions,
    try_table,
)
from datong.catalog.queries.taxes import (
    anybody_certified,
    certificates_of,
    exemptions,
    list_certificates,
    list_jurisdictions,
    list_tax_rates,
    taxes_of,
)

__all__ = [
    "browse",
    "forget_counts",
    "on_shelf",
    "search_shelf",
    "shelf_counts",
    "anybody_certified",
    "certificates_of",
    "exemptions",
    "list_certificates",
    "list_jurisdictions",
    "list_tax_rates",
    "taxes_of",
    "compare_prices",
    "choices_of",
    "choices_out",
    "decide_by_table",
    "delivery_fee",
    "delivery_fees",
    "least_orders",
    "named_rates",
    "rate_keys",
    "list_rates",
    "rate",
    "table_version",
    "table_versions",
    "try_table",
    "RuleBook",
    "assortment_of",
    "bundles_using",
    "categories_of",
    "change_lines",
    "change_marked",
    "waiting_prices",
    "choice_names",
    "count_products",
    "coverage",
    "explain",
    "get_change",
    "item_categories",
    "item_by_gtin",
    "items_by_id",
    "items_by_sku",
    "list_changes",
    "list_items",
    "list_products",
    "list_rules",
    "parts_of",
    "picture_file",
    "pictures_of",
    "price_history",
    "price_pulse",
    "price_overlaps",
    "price_policies",
    "price_rows",
    "price_table",
    "prices_in_force",
    "prices_of",
    "product_history",
    "products_by_code",
    "products_of_skus",
    "quote",
    "search_items",
    "stores_without",
    "templates_of",
    "used_in",
]
