"""Two records that are one person, and choices of a product that run out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.access import api as access
from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.types import Modifier, ModifierChoice, Product, ProductState, Template, Variant
from datong.customers import api as customers
from datong.customers.types import (
    BondKind,
    CustomerKind,
    Details,
    Feedback,
    FeedbackKind,
    Field,
    Idea,
    Identity,
    IdentityKind,
    Rule,
    Survivorship,
)
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.ids import uuid7
from datong.matching import api as matching
from datong.orders import api as orders
from datong.site.tests.audited.world import BY, VERBS, World, verb

SAME = {"by": "ann", "reason": "one card"}


def customer(w: World, phone: str) -> UUID:
    order = w.house.place(w.house.intent(identities=(Identity(IdentityKind.PHONE, phone, verified=True),)))
    found = orders.order_page(w.brand, order.order_id).customer_id
    assert found
    return found


def two(w: World) -> tuple[UUID, UUID]:
    return customer(w, "+16125550101"), customer(w, "+16125550102")


def merged(w: World) -> Any:
    return customers.merge(*two(w), brand=w.brand, **SAME)


def pearls(w: World) -> list[str]:
    top = Modifier("top", "Topping", 0, 2, (ModifierChoice("pearl", "Pearls", 200),))
    tea = Product(uuid7(), "TEA", "food", "Tea", ProductState.ON_SALE, variants=(Variant("TEA"),), modifiers=(top,))
    catalog.put_products(w.brand, [tea], **BY)
    return ["pearl"]


def out(w: World) -> object:
    return catalog.sell_choices_out(w.brand, pearls(w), **BY)


def member_card(w: World) -> Any:
    return customers.issue_card(customer(w, "+16125550107"), brand=w.brand, by="ann")


def company(w: World) -> Details:
    made = Details(two(w)[0], CustomerKind.ORGANISATION, legal_name="Plum")
    return customers.put_details(made, brand=w.brand, by="ann")


def bound(w: World) -> Any:
    firm = company(w).customer_id
    return customers.bind(two(w)[1], firm, BondKind.CONTACT, brand=w.brand, by="ann")


def asked(w: World) -> Any:
    """Somebody whose orders are all done asks to be erased."""
    found = customer(w, "+16125550103")
    with in_brand(w.brand):
        execute("UPDATE orders_order SET state = 'completed' WHERE brand_id = %s", [w.brand])
    return customers.ask_erasure(found, brand=w.brand, by=w.staff(Role.AGENT), reason="asked by letter")


def erased(w: World) -> Any:
    access.decide(asked(w).approval_id, brand=w.brand, by=w.owner, approve=True)
    return customers.erase_next(brand=w.brand)


def unpinned(w: World) -> object:
    one = two(w)[0]
    customers.pin(one, Field.NAME, "Ann", brand=w.brand, **SAME)
    return customers.unpin(one, Field.NAME, brand=w.brand, **SAME)


def idea(w: World) -> Idea:
    return customers.put_idea(Idea(uuid7(), "A tight lid"), brand=w.brand, by="ann")


def linked(w: World) -> object:
    said = Feedback(uuid7(), FeedbackKind.PAIN, "the lid leaks", uuid7(), clock.now())
    customers.record_feedback([said], brand=w.brand)
    return customers.link_feedback([said.id], idea(w).id, brand=w.brand, by="ann")


VERBS |= {
    "matching.ask_run": lambda w: matching.ask_run(brand=w.brand, by="ann"),
    "matching.say_setting": lambda w: matching.say_setting(
        brand=w.brand, merges=True, nightly=True, auto=8.0, review=1.0, **SAME
    ),
    "customers.put_details": lambda w: company(w),
    "customers.bind": bound,
    "customers.unbind": lambda w: customers.unbind(bound(w).id, brand=w.brand, by="ann"),
    "customers.keep": lambda w: customers.keep(two(w)[0], "mia", brand=w.brand, by="ann"),
    "customers.ask_erasure": asked,
    "customers.erase_next": erased,
    "customers.export_person": lambda w: customers.export_person(two(w)[0], brand=w.brand, by="ann", reason="asked"),
    "customers.issue_card": member_card,
    "customers.freeze_card": lambda w: customers.freeze_card(member_card(w).id, brand=w.brand, **SAME),
    "customers.unfreeze_card": lambda w: customers.unfreeze_card(
        customers.freeze_card(member_card(w).id, brand=w.brand, **SAME).id, brand=w.brand, **SAME
    ),
    "customers.replace_card": lambda w: customers.replace_card(member_card(w).id, brand=w.brand, **SAME),
    "catalog.sell_choices_out": out,
    "catalog.sell_choices_again": lambda w: (out(w), catalog.sell_choices_again(w.brand, ["pearl"], **BY)),
    "customers.put_idea": idea,
    "customers.link_feedback": linked,
    "customers.merge": merged,
    "customers.pin": lambda w: customers.pin(two(w)[0], Field.NAME, "Ann", brand=w.brand, **SAME),
    "customers.unpin": unpinned,
    "customers.say_fields": lambda w: customers.say_fields(
        two(w)[0], uuid7(), {Field.NAME: "Ann"}, brand=w.brand, by="ann"
    ),
    "customers.say_survivorship": lambda w: customers.say_survivorship(
        Survivorship(Field.NAME, (Rule.LONGEST,)), brand=w.brand, **SAME
    ),
    "customers.unmerge": lambda w: customers.unmerge(merged(w).id, brand=w.brand, **SAME),
}


@verb("catalog.remove_template")
def remove_template(w: World) -> object:
    catalog.put_template(w.brand, Template("mugs", "Mugs", based_on="retail"), **BY)
    return catalog.remove_template(w.brand, "mugs", **BY)


@verb("customers.refuse_merge")
def refuse_merge(w: World) -> object:
    """The hub proposes two whose phones one order names."""
    first, second = two(w)
    both = tuple(Identity(IdentityKind.PHONE, f"+1612555010{n}", verified=True) for n in (1, 2))
    w.house.place(w.house.intent(identities=both))
    return customers.refuse_merge(first, second, brand=w.brand, **SAME)
