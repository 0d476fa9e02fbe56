"""A merged customer's orders: each with the record that was shown, all of them counted as one person's."""

import pytest

from datong.customers.api import merge, unmerge
from datong.customers.types import Identity, IdentityKind
from datong.kernel.db import in_brand, rows
from datong.orders import api
from datong.orders.api import BoardFilter
from datong.orders.tests.conftest import phone
from datong.orders.types import Contact
from datong.risk.api import put_limits
from datong.risk.types import Decision, Limit, LimitKind

CARD = Identity(IdentityKind.CARD, "M-7", verified=True)
NOBODY = {"contact": Contact()}


@pytest.fixture
def merged(shop):
    """Two orders of two customers, who are one from now on: (first order, second order, the merge)."""
    first = shop.place_one(("TEA", 1), identities=(phone(),), **NOBODY)
    second = shop.place_one(("TEA", 1), identities=(CARD,), **NOBODY)
    records = [shop.page(order).customer_id for order in (first, second)]
    made = merge(*records, brand=shop.brand.id, by="kim", reason="one")
    return first, second, made


def numbers(shop, customer_id):
    return [row.number for row in api.board(shop.brand.id, BoardFilter(customer_id=customer_id)).rows]


@pytest.mark.requirement("S-98")
def test_orders_of_a_person_are_one_list_and_go_back_to_whom_they_belong(shop, merged):
    first, second, made = merged
    later = shop.place_one(("TEA", 1), identities=(CARD,), **NOBODY)
    assert numbers(shop, made.a) == numbers(shop, made.b) == [later.number, second.number, first.number]
    unmerge(made.id, brand=shop.brand.id, by="kim", reason="two")
    owner = shop.page(first).customer_id
    other = made.b if owner == made.a else made.a
    assert (numbers(shop, owner), numbers(shop, other)) == ([first.number], [later.number, second.number])


def test_a_person_is_counted_once_by_the_risk_gate_whichever_record_is_shown(shop, merged):
    busy = Limit("busy", LimitKind.ORDERS_IN_WINDOW, 2, Decision.BLOCK, window_s=3600)
    put_limits(shop.brand.id, [busy], by="kim", reason="test")
    assert shop.place_one(("TEA", 1), identities=(phone(),), **NOBODY).state == "assigned"
    refused = shop.place(shop.intent(("TEA", 1), identities=(CARD,), **NOBODY))[0]
    assert refused.code == "risk_blocked"


def test_what_a_person_holds_is_counted_together_whichever_record_is_shown(shop, merged):
    for sign in (phone(), CARD):
        shop.place_one(("TEA", 1), identities=(sign,), **NOBODY)
    with in_brand(shop.brand.id):
        held = rows("SELECT customer_key, sum(units)::int FROM inventory_hold GROUP BY 1 ORDER BY 2 DESC")
    owner = shop.page(merged[0]).customer_id
    assert held[0] == (str(owner), 3)  # one before the merge, two after it; the other's first stays where it was
