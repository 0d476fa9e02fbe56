"""Writes of the catalogue: items, prices, promotions."""

from datong.catalog.actions.assortment import drop_category, put_categories, set_assortment
from datong.catalog.actions.choices import sell_choices_again, sell_choices_out
from datong.catalog.actions.costs import put_costs
from datong.catalog.actions.items import put_items
from datong.catalog.actions.new_prices import change_price, change_prices, drop_change, gather_prices, undo_change
from datong.catalog.actions.pictures import add_picture, arrange_pictures, remove_picture, restore_picture
from datong.catalog.actions.policies import end_policy, open_policy
from datong.catalog.actions.price_changes import (
    KIND,
    apply_change,
    decide_change,
    preview_change,
    refuse_change,
    submit_change,
)
from datong.catalog.actions.prices import put_price_lists, put_prices
from datong.catalog.actions.products import derive, put_products, set_state
from datong.catalog.actions.promotions import end_promotion, put_promotions
from datong.catalog.actions.removal import remove_items, remove_prices
from datong.catalog.actions.tables import KIND as KIND_OF_TABLE
from datong.catalog.actions.tables import apply_table, publish_table, put_rates, put_table
from datong.catalog.actions.taxes import (
    end_certificate,
    keep_certificate,
    put_jurisdictions,
    put_tax_rates,
    put_tax_terms,
    remove_tax_rates,
)
from datong.catalog.actions.templates import put_template, remove_template

__all__ = [
    "sell_choices_again",
    "sell_choices_out",
    "remove_template",
    "add_picture",
    "arrange_pictures",
    "remove_picture",
    "restore_picture",
    "KIND_OF_TABLE",
    "apply_table",
    "publish_table",
    "put_rates",
    "put_table",
    "KIND",
    "apply_change",
    "change_price",
    "change_prices",
    "drop_change",
    "gather_prices",
    "refuse_change",
    "decide_change",
    "derive",
    "drop_category",
    "end_policy",
    "end_promotion",
    "open_policy",
    "preview_change",
    "put_categories",
    "put_costs",
    "put_items",
    "put_price_lists",
    "put_prices",
    "put_products",
    "put_promotions",
    "put_tax_rates",
    "put_tax_terms",
    "remove_tax_rates",
    "put_jurisdictions",
    "keep_certificate",
    "end_certificate",
    "remove_items",
    "remove_prices",
    "put_template",
    "set_assortment",
    "set_state",
    "submit_change",
    "undo_change",
]
