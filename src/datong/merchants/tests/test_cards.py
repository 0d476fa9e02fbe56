"""Cards of a partner that the brand sells: bought out or for commission, given back, spent, written off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.api import balances
from datong.ledger.types import PostingRule
from datong.merchants import api
from datong.merchants.tests.conftest import Alliance
from datong.merchants.types import EntryKind
from datong.merchants.types.cards import CardBatch, CardDeal, CardsRefused, PartnerCardState
from datong.wallet.types.stored import PurseRefused

BY = {"by": "ann"}
CODES = [f"MALL-0000-{n:04}" for n in range(10)]


def delivery(a: Alliance, deal: CardDeal = CardDeal.BUYOUT, *, codes: list[str] | None = None, **fields: Any) -> UUID:
    """Ten cards of 100.00 that cost a customer 92.00 and us 88.00."""
    batch = CardBatch(uuid7(), a.mall, "Mall 100", deal, a.currency, 10_000, 9_200, 8_800, "licence 7")
    return api.take_in_cards(replace(batch, **fields), codes or CODES, brand=a.brand, **BY).batch.id


def books(a: Alliance) -> dict[str, int]:
    """What our accounts hold, debits above zero; those of partners left out."""
    codes = ["asset:stock:cards", "asset:wallet:cash", "clearing:cards", "income:sales:cards", "expense:cost:cards",
             "income:commission:cards", "expense:waste:cards"]  # fmt: skip
    return {b.account.code: b.debits_minor - b.credits_minor for b in balances(a.brand, codes)
            if b.debits_minor != b.credits_minor}  # fmt: skip


@pytest.mark.requirement("S-126", "S-133")
def test_cards_bought_out_are_stock_at_cost_until_they_are_sold(alliance: Alliance) -> None:
    a = alliance
    batch = delivery(a)
    assert (books(a), a.owes(None, a.mall)) == ({"asset:stock:cards": 88_000}, 88_000)
    sale = api.sell_cards(batch, 3, brand=a.brand, key="k", **BY)
    assert (sale.codes, sale.price_minor) == (tuple(CODES[:3]), 27_600)
    assert api.sell_cards(batch, 3, brand=a.brand, key="k", **BY) == sale
    assert books(a) == {"asset:stock:cards": 61_600, "asset:wallet:cash": 27_600, "income:sales:cards": -27_600,
                        "expense:cost:cards": 26_400}  # fmt: skip
    report = api.card_report(a.brand, batch)
    assert (report.count, report.stock, report.gone) == (10, 7, 3)
    assert (report.revenue_minor, report.cost_minor, report.margin_minor, report.stock_minor) == (
        27_600, 26_400, 1_200, 61_600)  # fmt: skip
    [line] = api.lines(a.brand, company_id=a.mall)
    assert (line.entry.kind, line.entry.net_minor) == (EntryKind.CARDS_BOUGHT, 88_000)
    a.settle()
    assert a.owes(None, a.mall) == 0
    a.sound()


@pytest.mark.requirement("S-126")
def test_cards_sold_for_commission_leave_the_partner_its_part_and_us_the_margin(alliance: Alliance) -> None:
    a = alliance
    batch = delivery(a, CardDeal.COMMISSION)
    assert (books(a), a.owes(None, a.mall)) == ({}, 0)
    sale = api.sell_cards(batch, 2, brand=a.brand, key="k", **BY)
    assert books(a) == {"asset:wallet:cash": 18_400, "income:commission:cards": -800}
    assert a.owes(None, a.mall) == 17_600
    first = api.partner_cards(a.brand, batch, state=PartnerCardState.SOLD)[0]
    for _ in range(2):
        back = api.refund_card(first.id, brand=a.brand, proof="M-1", reason="changed mind", **BY)
    assert back.state is PartnerCardState.LOST
    assert books(a) == {"asset:wallet:cash": 9_200, "income:commission:cards": -400}
    assert a.owes(None, a.mall) == 8_800
    statement = api.statement(a.brand, a.mall, a.currency, a.today, a.today)
    assert [(s.kind, s.net_minor) for s in statement.sums] == [(EntryKind.CARDS_SOLD, 8_800)]
    assert statement.closing_minor == 8_800
    assert api.card_sale(a.brand, sale.id).codes == (CODES[1],)
    a.settle()
    assert a.owes(None, a.mall) == 0
    a.sound()


def test_a_rule_of_the_brand_says_where_the_cards_money_goes_and_it_comes_back_from_there(alliance: Alliance) -> None:
    a = alliance
    tomorrow = ledger.first_day(a.brand)
    own = {
        "cards.sale": ("clearing:cards", "income:sales:gifts"),
        "cards.cost": ("expense:cost:gifts", "asset:stock:cards"),
        "cards.lost": ("expense:waste:gifts", "asset:stock:cards"),
        "cards.commission": ("clearing:cards", "income:commission:gifts"),
    }
    for event, sides in own.items():
        ledger.put_rule(a.brand, PostingRule(event, *sides, tomorrow), by="fin")
    ledger.forget_rulebook(a.brand)
    with clock.held_at(clock.now() + timedelta(days=1)):
        bought, agency = delivery(a), delivery(a, CardDeal.COMMISSION, codes=["COMM-0001", "COMM-0002"])
        sale = api.sell_cards(bought, 2, brand=a.brand, key="k", **BY)
        api.sell_cards(agency, 1, brand=a.brand, key="c", **BY)
        card = next(c for c in api.partner_cards(a.brand, bought) if c.sale_id == sale.id)
        api.refund_card(card.id, brand=a.brand, proof="MALL-1", reason="not wanted", **BY)
        api.write_off_cards(bought, brand=a.brand, reason="over", **BY)
        codes = [side for sides in own.values() for side in sides if "gifts" in side]
        told = {b.account.code: b.debits_minor - b.credits_minor for b in balances(a.brand, codes)}
        assert told == {"income:sales:gifts": -9_200, "expense:cost:gifts": 8_800, "expense:waste:gifts": 79_200,
                        "income:commission:gifts": -400}  # fmt: skip
        assert books(a) == {"asset:wallet:cash": 18_400}
    a.sound()


@pytest.mark.requirement("S-126")
def test_a_card_that_comes_back_is_stock_again_and_sold_under_a_new_code(alliance: Alliance) -> None:
    a = alliance
    batch = delivery(a, codes=CODES[:1])
    api.sell_cards(batch, 1, brand=a.brand, key="one", **BY)
    [card] = api.partner_cards(a.brand, batch)
    api.refund_card(card.id, brand=a.brand, proof="M-2", reason="a gift nobody wants", **BY)
    assert books(a) == {"asset:stock:cards": 8_800}
    with pytest.raises(CardsRefused) as refused:
        api.sell_cards(batch, 1, brand=a.brand, key="two", **BY)
    assert refused.value.why == "none_left"
    for _ in range(2):
        api.renew_card(card.id, "MALL-NEW-1", brand=a.brand, **BY)
    assert api.sell_cards(batch, 1, brand=a.brand, key="three", **BY).codes == ("MALL-NEW-1",)
    a.sound()


def test_a_card_that_was_spent_or_is_too_old_is_not_given_back(alliance: Alliance, monkeypatch: Any) -> None:
    a = alliance
    batch = delivery(a)
    api.sell_cards(batch, 2, brand=a.brand, key="k", **BY)
    assert api.spent_cards(batch, [CODES[0], CODES[5]], brand=a.brand, **BY) == 1
    spent, sold = api.partner_cards(a.brand, batch)[:2]
    before = books(a)
    with pytest.raises(CardsRefused) as refused:
        api.refund_card(spent.id, brand=a.brand, proof="M", reason="x", **BY)
    assert refused.value.why == "spent"
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(CardsRefused) as refused:
        api.refund_card(sold.id, brand=a.brand, proof="M", reason="x", **BY)
    assert (refused.value.why, books(a)) == ("too_late", before)


@pytest.mark.requirement("S-133")
def test_what_was_bought_out_and_not_sold_is_written_off_at_cost(alliance: Alliance) -> None:
    a = alliance
    batch = delivery(a)
    api.sell_cards(batch, 4, brand=a.brand, key="k", **BY)
    for _ in range(2):
        report = api.write_off_cards(batch, brand=a.brand, reason="the mall closed", **BY)
    assert (report.lost, report.stock_minor, report.margin_minor) == (6, 0, 4 * 400 - 6 * 8_800)
    assert books(a) == {"asset:wallet:cash": 36_800, "income:sales:cards": -36_800, "expense:cost:cards": 35_200,
                        "expense:waste:cards": 52_800}  # fmt: skip
    with pytest.raises(CardsRefused):
        api.sell_cards(batch, 1, brand=a.brand, key="late", **BY)
    a.sound()


@pytest.mark.requirement("S-126")
def test_the_place_is_asked_before_another_brands_card_is_sold(make_brand: Callable[..., Any]) -> None:
    from datong.merchants.tests.conftest import open_alliance

    a = open_alliance(make_brand(country="CN", currency="CNY"))
    with pytest.raises(PurseRefused):
        delivery(a, licence="")
    with pytest.raises(PurseRefused):
        delivery(a, face_minor=100_001)
    with pytest.raises(BadInput):
        delivery(a, expires_at=clock.now() + timedelta(days=300))
    assert (api.card_reports(a.brand), a.owes(None, a.mall)) == ([], 0)
    assert api.card_report(a.brand, delivery(a)).stock == 10


def test_a_delivery_is_taken_in_once_and_a_code_is_sold_once(alliance: Alliance) -> None:
    a = alliance
    batch = delivery(a)
    assert delivery(a, id=batch) == batch and a.owes(None, a.mall) == 88_000
    with pytest.raises(Conflict):
        delivery(a, id=batch, codes=CODES[:5])
    with pytest.raises(CardsRefused) as refused:
        delivery(a, codes=["MALL-OTHER", CODES[3]])
    assert refused.value.why == "used_codes"
    with pytest.raises(BadInput) as wrong:
        delivery(a, price_minor=10_001, refund_days=-1)
    assert [p.field for p in wrong.value.problems] == ["price_minor", "refund_days"]
    with pytest.raises(CardsRefused) as theirs:
        api.sell_cards(batch, 1, brand=a.brand, key="k", store_id=a.mall_store, **BY)
    assert theirs.value.why == "their_store"


def test_of_many_buyers_at_once_each_gets_a_card_of_their_own(
    committed_alliance: Alliance, in_parallel: Callable[..., Any]
) -> None:
    a = committed_alliance
    batch = delivery(a)

    def buy() -> str:
        try:
            return api.sell_cards(batch, 1, brand=a.brand, key=str(uuid7()), **BY).codes[0]
        except CardsRefused as refused:
            return refused.why

    got = in_parallel(13, buy)
    assert sorted(got) == sorted([*CODES, *["none_left"] * 3])
    a.sound()
