"""Orders of companies' stores: commission, stored value of the brand, points; cancelled, refunded, moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.kernel import clock
from datong.kernel.db import count_statements
from datong.kernel.ids import uuid7
from datong.merchants import api, rules
from datong.merchants.tests.conftest import Alliance, terms_of_inn
from datong.merchants.types import Commission, Deal, DealLine, EntryKind, Terms, Use
from datong.wallet import api as wallet
from datong.wallet.types import Good, Sale, SaleLine
from datong.wallet.types.paying import PayAsk
from datong.wallet.types.places import NotAcceptedHere
from datong.wallet.types.stored import Opening, PurseKind


def deal(alliance: Alliance, store: UUID | None, *amounts: tuple[str, int], **fields: Any) -> Deal:
    return order_of(alliance.currency, store, *amounts, **fields)


def order_of(currency: str, store: UUID | None, *amounts: tuple[str, int], **fields: Any) -> Deal:
    lines = tuple(DealLine((category, "drinks"), amount) for category, amount in amounts)
    plain: dict[str, Any] = {"done": True, "total_minor": sum(amount for _, amount in amounts)}
    return Deal(uuid7(), store, clock.now(), currency, lines=lines, **plain | fields)


@pytest.mark.parametrize(
    ("amounts", "back", "fee"),
    [
        ((("tea", 5000),), 0, 50 + 400),  # 8 % of 50.00 and 0.50
        ((("tea", 500),), 0, 50 + 100),  # the least fee
        ((("tea", 600), ("tea", 700)), 0, 50 + 104),  # a category is taken together
        ((("tea", 5000), ("cups", 2000)), 0, 50 + 400 + 100),
        ((("tea", 5000),), 2500, 225),
        ((("tea", 5000),), 5000, 0),
    ],
)
def test_commission_follows_the_contract_line_by_category(amounts: Any, back: int, fee: int):
    made = order_of("CNY", None, *amounts, back_minor=back)
    assert rules.commission_of(made, terms_of_inn("CNY")) == fee


def test_fixed_and_least_fees_hold_in_the_currency_of_the_contract():
    made = Deal(uuid7(), None, clock.now(), "USD", 1000, (DealLine(("tea",), 1000),), done=True)
    assert rules.commission_of(made, Terms("CNY", commission=(Commission("tea", 500, 900),), fixed_minor=70)) == 50


@pytest.mark.requirement("S-205", "S-208")
def test_a_completed_order_of_a_partner_pays_commission_and_shows_where_it_stands(alliance: Alliance):
    order = deal(alliance, alliance.inn_store, ("tea", 5000))
    assert api.enter_deals([replace(order, done=False)], brand=alliance.brand) == 0
    assert api.enter_deals([order], brand=alliance.brand) == 1
    assert api.enter_deals([order, order], brand=alliance.brand) == 0
    assert alliance.owes(alliance.inn) == 450
    run = alliance.settle()
    [line] = api.order_states(alliance.brand, [order.order_id])[order.order_id]
    assert (line.state.value, line.entry.kind) == ("settled", EntryKind.COMMISSION)
    api.mark_paid(run.id, alliance.today, "B-1", brand=alliance.brand, by="boss")
    [line] = api.order_states(alliance.brand, [order.order_id])[order.order_id]
    assert line.state.value == "paid"
    api.enter_deals([replace(order, back_minor=5000)], brand=alliance.brand)
    assert alliance.owes(alliance.inn) == -450
    alliance.sound()


def test_an_order_that_moves_to_another_companys_store_moves_its_dues(alliance: Alliance):
    order = deal(alliance, alliance.inn_store, ("tea", 5000))
    api.enter_deals([order], brand=alliance.brand)
    api.enter_deals([replace(order, store_id=alliance.own)], brand=alliance.brand)
    assert alliance.owes(alliance.inn) == 0
    assert len(api.lines(alliance.brand)) == 2


@pytest.mark.requirement("S-93")
def test_stored_value_spent_at_a_partner_makes_the_brand_owe_it_and_money_back_takes_it_back(alliance: Alliance):
    order = deal(alliance, alliance.mall_store, ("tea", 3000))
    opening = Opening(PurseKind.GIFT, alliance.currency)
    [card] = wallet.issue_gifts(1, 5000, opening, brand=alliance.brand, by="test")
    ask = PayAsk(3000, alliance.currency, "till 1", gifts=(card.code,), store_id=alliance.mall_store)
    payment = wallet.authorise(ask, brand=alliance.brand, by="till", asker="till")
    wallet.take_payment(payment.id, order.order_id, 3000, brand=alliance.brand)
    api.enter_deals([order], brand=alliance.brand)
    assert alliance.owes(None, alliance.mall) == 3000
    wallet.give_back_payment(order.order_id, 1000, alliance.currency, brand=alliance.brand, key="back")
    api.enter_deals([order], brand=alliance.brand)
    assert alliance.owes(None, alliance.mall) == 2000
    assert [line.entry.kind for line in api.lines(alliance.brand)] == [EntryKind.CARD, EntryKind.CARD]
    assert api.merchant_differences(alliance.brand) == []


@pytest.mark.requirement("S-93")
def test_a_voucher_of_the_brand_that_pays_at_a_partner_makes_the_brand_owe_it(alliance: Alliance):
    brand, order = alliance.brand, deal(alliance, alliance.inn_store, ("tea", 3000), done=False)
    wallet.put_offer(brand, wallet.new_offer("five", "Five off", Good.MONEY, amount_minor=500), by="kim")
    voucher = wallet.issue_voucher("five", brand=brand, by="kim", id=uuid7())
    gift = wallet.issue_gifts(1, 2_500, Opening(PurseKind.GIFT, alliance.currency), brand=brand, by="kim")[0]
    ask = PayAsk(3_000, alliance.currency, "t-1", gifts=(gift.code,), vouchers=(voucher.code,))
    paid = wallet.authorise(ask, brand=brand, by="till", asker="till")
    wallet.take_payment(paid.id, order.order_id, 3_000, brand=brand)
    assert api.enter_deals([order], brand=brand) == 2
    assert api.enter_deals([order], brand=brand) == 0
    kinds = {line.entry.kind: line.entry.net_minor for line in api.lines(brand)}
    assert kinds == {EntryKind.CARD: 2_500, EntryKind.VOUCHER: 500}
    assert alliance.owes(None, alliance.inn) == 3_000
    wallet.give_back_payment(order.order_id, 3_000, alliance.currency, brand=brand, key="b-1")
    api.enter_deals([replace(order, back_minor=3_000)], brand=brand)
    assert alliance.owes(None, alliance.inn) == 0
    alliance.sound()


def test_money_a_company_takes_for_a_card_is_owed_to_the_brand_until_it_is_paid_back(alliance: Alliance):
    purse = alliance.purse(alliance.person())
    top = wallet.top_up(purse, 10000, brand=alliance.brand, by="inn", key="t1", store_id=alliance.inn_store)
    assert api.enter_top_ups([top.id, top.id], brand=alliance.brand) == 1
    assert alliance.owes(alliance.inn) == 10000
    wallet.pay_out(purse, 4000, brand=alliance.brand, by="inn", key="o1", reason="asked for")
    api.enter_top_ups([top.id], brand=alliance.brand)
    assert alliance.owes(alliance.inn) == 6000
    alliance.settle()
    assert alliance.owes(alliance.inn) == 0
    alliance.sound()


def test_a_partner_whose_contract_leaves_out_the_card_takes_none_from_its_day_on(alliance: Alliance):
    terms = Terms(alliance.currency, accepts=frozenset({Use.EARN}))
    tomorrow = alliance.today + timedelta(days=1)
    api.put_contract(alliance.inn, tomorrow, terms, brand=alliance.brand, by="test")
    purse = alliance.purse(alliance.person())

    def top_up(key: str) -> None:
        wallet.top_up(purse, 100, brand=alliance.brand, by="inn", key=key, store_id=alliance.inn_store)

    top_up("today")
    with clock.held_at(clock.now() + timedelta(days=2)):
        with pytest.raises(NotAcceptedHere):
            top_up("later")
        top_up("today")  # a retry gets its answer whatever the contract says now


def test_points_of_an_order_follow_its_store(alliance: Alliance):
    ann, order = alliance.person(), deal(alliance, alliance.inn_store, ("tea", 10000))
    sale = Sale(order.order_id, ann, clock.now(), (SaleLine(1, "TEA", 10000),), "web", done=True)
    wallet.earn_sales([sale], brand=alliance.brand)
    api.enter_deals([order], brand=alliance.brand)
    kinds = {line.entry.kind: line.entry.net_minor for line in api.lines(alliance.brand)}
    assert kinds == {EntryKind.EARN: -90, EntryKind.COMMISSION: -850}
    wallet.take_back_sales([wallet.MoneyBack(order.order_id, "back")], brand=alliance.brand)
    api.enter_deals([replace(order, back_minor=10000)], brand=alliance.brand)
    assert alliance.owes(alliance.inn) == 0
    alliance.sound()


def test_a_hundred_orders_take_as_many_statements_as_one(alliance: Alliance):
    def statements(count: int) -> int:
        orders = [deal(alliance, alliance.inn_store, ("tea", 5000)) for _ in range(count)]
        with count_statements() as found:
            api.enter_deals(orders, brand=alliance.brand)
        return _own(found)

    assert statements(1) == statements(100) == 10


def test_brands_without_companies_read_twice_and_write_nothing(alliance: Alliance):
    with count_statements() as found:
        api.enter_deals([deal(alliance, alliance.own, ("tea", 5000))], brand=alliance.brand)
    assert _own(found) == 2


def _own(statements: list[str]) -> int:
    """Without what opens and closes a transaction."""
    return sum(not s.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config")) for s in statements)
