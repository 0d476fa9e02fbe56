"""Making good: within a limit for each agent and day, once, and really reserved when it is sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import ApprovalState, Role, Staff
from datong.inventory.api import stock_of
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.orders.api import order_page
from datong.service import api
from datong.service.tests.conftest import Shop, phone
from datong.service.types import Give, Giving, NewCase
from datong.wallet.api import new_offer, new_programme, points_of, purses_of, put_offer, put_programme, vouchers_of
from datong.wallet.types.vouchers import Good


def agent(shop: Shop, name: str = "mia") -> Staff:
    return Staff(uuid7(), shop.brand.id, name, Role.AGENT)


def gave(shop: Shop, giving: Giving, by: Staff, key: str = "") -> Any:
    return api.ask_to_compensate(giving, brand=shop.brand.id, by=by, key=key or uuid7().hex, shown=str, href="/")


def customer(shop: Shop) -> tuple[UUID, UUID]:
    made = shop.place_one(identities=(phone(),))
    known = shop.page(made).customer_id
    assert known
    return known, made.order_id


@pytest.mark.requirement("S-249", "S-252")
def test_points_a_voucher_and_stored_value_are_given_once_and_stand_on_the_case(shop: Shop) -> None:
    brand, mia = shop.brand.id, agent(shop)
    person, order = customer(shop)
    put_programme(brand, new_programme("club", "Club"), by="ann", fresh=True)
    put_offer(brand, new_offer("sorry", "Sorry", Good.MONEY, amount_minor=500), by="ann", fresh=True)
    case = api.open_case(NewCase("late", "Late", customer_id=person, order_ids=(order,)), brand=brand, by="mia").case
    about = {"customer_id": person, "order_id": order, "case_id": case.id, "reason": "an hour late"}
    for _twice in range(2):
        gave(shop, Giving(Give.POINTS, points=100, **about), mia, "p")
        gave(shop, Giving(Give.VOUCHER, offer="sorry", **about), mia, "v")
        gave(shop, Giving(Give.STORED_VALUE, amount_minor=300, **about), mia, "m")
    assert points_of(brand, person)[0].spendable == 100
    assert len(vouchers_of(brand, person)) == 1
    assert [purse.bonus_minor for purse in purses_of(brand, person)] == [300]
    assert api.get_case(brand, case.id).case.given_minor == 80 + 500 + 300 == api.given_today(brand, "mia")
    assert [one.give for one in api.given_for(brand, order)] == [Give.POINTS, Give.VOUCHER, Give.STORED_VALUE]


def test_what_an_agent_gives_in_a_day_counts_together(shop: Shop) -> None:
    person, order = customer(shop)
    big = Giving(Give.STORED_VALUE, "broken", customer_id=person, order_id=order, amount_minor=15_000)
    assert gave(shop, big, agent(shop)).state is ApprovalState.APPROVED
    assert gave(shop, big, agent(shop)).state is ApprovalState.PENDING
    assert gave(shop, big, agent(shop, "kim")).state is ApprovalState.APPROVED
    assert purses_of(shop.brand.id, person)[0].bonus_minor == 30_000


def test_goods_are_sent_again_for_nothing_with_stock_really_reserved(shop: Shop) -> None:
    order = shop.place_one(2)
    again = Giving(Give.GOODS, "one was broken", order_id=order.order_id, units=((1, 1),), channel_id=shop.web)
    before = sum(row.reserved for row in stock_of(shop.brand.id, items=[shop.cup]))
    for _twice in range(2):
        gave(shop, again, agent(shop), "again")
    number = shop.page(order).number
    (made,) = [e.detail["order"] for e in shop.page(order).timeline if e.kind == "sent_again"]
    new = order_page(shop.brand.id, made)
    assert (new.total_minor, new.state, new.units, new.note) == (0, "assigned", 1, f"for {number}")
    assert sum(row.reserved for row in stock_of(shop.brand.id, items=[shop.cup])) == before + 1
    assert not [f for f in new.findings if f.closed_at is None]
    assert api.given_today(shop.brand.id, "mia") == 1200
    with pytest.raises(BadValue):
        gave(shop, Giving(Give.GOODS, "x", order_id=order.order_id, units=((1, 3),), channel_id=shop.web), agent(shop))


def test_nothing_is_given_to_nobody_or_without_a_reason(shop: Shop) -> None:
    for wrong in (Giving(Give.POINTS, "late", points=5), Giving(Give.GOODS, " ", order_id=uuid7(), units=((1, 1),))):
        with pytest.raises(BadValue):
            gave(shop, wrong, agent(shop))


def test_an_agent_at_two_screens_stays_within_the_day(committed_shop: Shop, in_parallel: Callable[..., Any]) -> None:
    shop = committed_shop
    person, order = customer(shop)
    giving = Giving(Give.STORED_VALUE, "broken", customer_id=person, order_id=order, amount_minor=8_000)
    states = in_parallel(6, lambda: gave(shop, giving, agent(shop)).state)
    assert sorted(states) == [ApprovalState.APPROVED] * 2 + [ApprovalState.PENDING] * 4
    assert api.given_today(shop.brand.id, "mia") == 16_000
