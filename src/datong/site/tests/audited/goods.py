"""Products, prices, promotions, tables, taxes, and what risk limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.rules.forms import DELIVERY_FEE, FIRST
from datong.catalog.types import (
    About,
    AssortmentLine,
    Category,
    Certificate,
    Cost,
    Formula,
    Item,
    Jurisdiction,
    Modifier,
    ModifierChoice,
    NewPrice,
    Place,
    Price,
    PriceList,
    PricePolicy,
    Product,
    ProductState,
    Promotion,
    PromotionKind,
    Rate,
    RateKind,
    TaxLevel,
    TaxRate,
    Template,
    Wanted,
)
from datong.kernel.ids import uuid7
from datong.risk import api as risk
from datong.risk.types import Decision, Limit, LimitKind, ListEntry, ListKind
from datong.site.tests.audited.world import BY, LATER, NOW, VERBS, World, verb

TENTH = Wanted("", Formula.PERCENT, 1000, everything=True, begins=LATER)
STATE = Jurisdiction("US-MN", "Minnesota", TaxLevel.REGION, "US", ("MN",))
HALF = Promotion(uuid7(), "half", "Half", PromotionKind.PERCENTAGE, value=5000)


def preview(w: World, wanted: Wanted = TENTH) -> Any:
    return catalog.preview_change(w.brand, wanted, by=w.owner.username, reason="spring")


def waiting(w: World) -> Any:
    """A change of prices above what its asker does alone."""
    dear = replace(TENTH, value=90_000)
    return catalog.submit_change(w.brand, preview(w, dear).id, by=w.staff(Role.MERCHANDISER), reason="spring")


def policy(w: World) -> UUID:
    catalog.put_price_lists(w.brand, [PriceList("airport", "USD")], **BY)
    return catalog.open_policy(
        w.brand, PricePolicy(uuid7(), "airport", "rent", "ann", NOW, stores=frozenset({w.near}))
    ).id


def product(w: World, state: ProductState = ProductState.IDEA) -> str:
    made = Product(uuid7(), "MUG", "retail", "Mug", state, owner="ann", category="", tax_class="standard")
    catalog.put_products(w.brand, [made], **BY)
    return "MUG"


def choice_out(w: World) -> int:
    group = Modifier("top", "Topping", 0, 1, (ModifierChoice("pearl", "Pearls"),))
    catalog.put_products(w.brand, [Product(uuid7(), "TEA", "food", "Tea", modifiers=(group,))], **BY)
    return catalog.sell_choices_out(w.brand, ["pearl"], **BY)


def certificate() -> Certificate:
    return Certificate(uuid7(), uuid7(), "ST3", "school", NOW.date())


def category(w: World) -> str:
    catalog.put_categories(w.brand, [Category("cups", "Cups")], **BY)
    return "cups"


def entry(w: World) -> object:
    return risk.put_entries(w.brand, [ListEntry(ListKind.BLOCK, "phone:+16125550100", "fraud", "ann")])


VERBS |= {
    "catalog.change_price": lambda w: catalog.change_price(w.brand, "CUP", 1300, LATER, by=w.owner, reason="rent"),
    "catalog.change_prices": lambda w: catalog.change_prices(
        w.brand, [NewPrice("CUP", 1300, LATER)], by=w.owner, reason="rent"
    ),
    "catalog.decide_change": lambda w: catalog.decide_change(w.brand, waiting(w).id, by=w.owner, approve=True),
    "catalog.derive": lambda w: catalog.derive(w.brand, product(w), "MUG-2", "Mug, large", **BY),
    "catalog.drop_category": lambda w: catalog.drop_category(w.brand, category(w), **BY),
    "catalog.end_policy": lambda w: catalog.end_policy(w.brand, policy(w), **BY),
    "catalog.end_promotion": lambda w: (
        catalog.put_promotions(w.brand, [HALF], **BY), catalog.end_promotion(w.brand, "half", **BY),
    ),
    "catalog.open_policy": policy,
    "catalog.publish_table": lambda w: catalog.publish_table(
        w.brand, catalog.put_table(w.brand, FIRST[DELIVERY_FEE], **BY).id, by=w.owner
    ),
    "catalog.put_categories": category,
    "catalog.put_costs": lambda w: catalog.put_costs(w.brand, [Cost("CUP", 500, NOW)], **BY),
    "catalog.put_items": lambda w: catalog.put_items(w.brand, [Item(uuid7(), "MUG", "Mug")], **BY),
    "catalog.put_price_lists": lambda w: catalog.put_price_lists(w.brand, [PriceList("airport", "USD")], **BY),
    "catalog.put_prices": lambda w: catalog.put_prices(w.brand, [Price("CUP", 1300, LATER)], **BY),
    "catalog.put_products": product,
    "catalog.put_promotions": lambda w: catalog.put_promotions(w.brand, [HALF], **BY),
    "catalog.put_rates": lambda w: catalog.put_rates(
        w.brand, [Rate(RateKind.EXCHANGE, "EUR/USD", 110_000_000, LATER)], reason="month", **BY
    ),
    "catalog.put_tax_rates": lambda w: catalog.put_tax_rates(
        w.brand, [TaxRate("standard", 82_500, NOW)], inclusive=True, **BY
    ),
    "catalog.put_jurisdictions": lambda w: catalog.put_jurisdictions(w.brand, [STATE], **BY),
    "catalog.put_tax_terms": lambda w: catalog.put_tax_terms(w.brand, PriceList("", "USD", tax_inclusive=False), **BY),
    "catalog.remove_tax_rates": lambda w: (
        catalog.put_tax_rates(w.brand, [TaxRate("standard", 82_500, NOW)], **BY),
        catalog.remove_tax_rates(w.brand, [TaxRate("standard", 82_500, NOW)], **BY),
    ),
    "catalog.keep_certificate": lambda w: catalog.keep_certificate(w.brand, certificate(), **BY),
    "catalog.end_certificate": lambda w: (
        catalog.keep_certificate(w.brand, (one := certificate()), **BY),
        catalog.end_certificate(w.brand, one.id, **BY),
    ),
    "catalog.put_template": lambda w: catalog.put_template(w.brand, Template("mugs", "Mugs", based_on="retail"), **BY),
    "catalog.remove_items": lambda w: (
        catalog.put_items(w.brand, [Item(uuid7(), "MUG", "Mug")], **BY), catalog.remove_items(w.brand, ["MUG"], **BY),
    ),
    "catalog.remove_template": lambda w: (
        catalog.put_template(w.brand, Template("mugs", "Mugs", based_on="retail"), **BY),
        catalog.remove_template(w.brand, "mugs", **BY),
    ),
    "catalog.sell_choices_again": lambda w: (
        choice_out(w), catalog.sell_choices_again(w.brand, ["pearl"], **BY),
    ),
    "catalog.sell_choices_out": lambda w: choice_out(w),
    "catalog.set_assortment": lambda w: catalog.set_assortment(
        w.brand, [AssortmentLine(Place.STORE, w.near, About.ALL, "", listed=False)], **BY
    ),
    "catalog.set_state": lambda w: catalog.set_state(w.brand, product(w), ProductState.DEVELOPMENT, **BY),
    "catalog.submit_change": waiting,
    "risk.put_entries": entry,
    "risk.put_limits": lambda w: risk.put_limits(
        w.brand, [Limit("big", LimitKind.ORDER_AMOUNT, 100, Decision.REVIEW, "USD")], reason="new", **BY
    ),
    "risk.remove_entry": lambda w: (
        entry(w), risk.remove_entry(w.brand, ListKind.BLOCK, "phone:+16125550100", reason="wrong", **BY),
    ),
}  # fmt: skip


@verb("catalog.remove_prices")
def remove_prices(w: World) -> object:
    catalog.put_prices(w.brand, [Price("CUP", 1300, LATER)], **BY)
    return catalog.remove_prices(w.brand, [("", "CUP", LATER)], **BY)


@verb("catalog.undo_change")
def undo_change(w: World) -> object:
    now = replace(TENTH, begins=None)
    change = catalog.submit_change(w.brand, preview(w, now).id, by=w.owner, reason="spring")
    return catalog.undo_change(w.brand, change.id, by=w.owner, reason="wrong")


@verb("catalog.drop_change")
def drop_change(w: World) -> object:
    return catalog.drop_change(w.brand, waiting(w).id, by=w.staff(Role.MERCHANDISER), note="not now")
