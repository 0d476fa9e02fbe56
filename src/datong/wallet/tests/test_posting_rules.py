"""Stored value, points and vouchers post by the brand's rules of the business day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Asked, PostingRule, Template
from datong.wallet import api
from datong.wallet.tests.stored import BY, gift, purse
from datong.wallet.tests.test_stored import CNY
from datong.wallet.tests.test_tenders import Member, join
from datong.wallet.types.packets import Giving, Split
from datong.wallet.types.paying import PointsAsk, TakeKind, Tender
from datong.wallet.types.vouchers import Basket

TODAY = datetime(2026, 11, 23, 4, tzinfo=UTC)  # noon in Shanghai
DAYS = (date(2026, 11, 23), date(2026, 11, 24))
P, B = "liability:purse:{purse}:principal", "liability:purse:{purse}:bonus"
OWN = {
    "wallet.cash": ("asset:till:wallet", ""),
    "wallet.provider": ("asset:bank:{method}", ""),
    "wallet.bonus": ("expense:bonus:new", B),
    "wallet.bonus.back": (B, "income:bonus"),
    "wallet.lapsed": (P, "income:breakage:cards"),
    "points.adjusted": ("expense:points:{programme}", "liability:points"),
    "points.spent": ("liability:points", "income:points"),
    "points.lapsed": ("liability:points", "income:breakage:points"),
    "points.paid": ("income:points", "clearing:wallet"),
    "voucher.sold": ("asset:till:{method}", "liability:vouchers"),
    "voucher.used": ("liability:vouchers", "expense:vouchers:{offer}"),
    "voucher.paid": ("expense:vouchers:paid", "clearing:wallet"),
    "voucher.alone": ("expense:vouchers:{offer}", "income:sales:vouchers"),
}
OLD = {"asset:wallet:cash", "asset:wallet:wechat", "asset:cash", "expense:bonus", "expense:points", "expense:vouchers",
       "income:breakage", "income:vouchers"}  # fmt: skip
NEW = {"asset:till:wallet", "asset:bank:wechat", "asset:till:cash", "expense:bonus:new", "income:bonus",
       "income:breakage:cards", "income:breakage:points", "expense:points:club", "income:points",
       "expense:vouchers:ten", "expense:vouchers:paid", "income:sales:vouchers"}  # fmt: skip


@pytest.fixture
def ann(db: Any, make_brand: Any) -> Iterator[Member]:
    with clock.held_at(TODAY):
        yield join(make_brand(**CNY), points=0, stored=0)


@contextmanager
def next_day() -> Iterator[None]:
    with clock.held_at(TODAY + timedelta(days=1)):
        yield


def everything(ann: Member) -> None:
    """Each event that posts to an account a rule may name, once; what was paid in the end comes back."""
    brand = ann.brand.id
    for method in ("cash", "wechat"):
        key = str(uuid7())
        api.top_up(ann.purse_id, 10_000, brand=brand, key=key, method=method, bonus_minor=1_000, **BY)
    api.pay_out(ann.purse_id, 5_000, brand=brand, key=str(uuid7()), reason="moves away", **BY)
    ann.earn(2_000)
    alone, paid = (ann.voucher("ten", paid_to="cash") for _ in range(2))
    api.redeem_voucher(alone.code, key=str(uuid7()), brand=brand, by="till", basket=Basket(1_000), subject_id=uuid7())
    made = ann.pay(4_000, vouchers=(paid.code,), points=PointsAsk(800), tenders=(Tender(TakeKind.CASH, 200),))
    ann.orders = [*getattr(ann, "orders", []), ann.take(made, 4_000)]  # type: ignore[attr-defined]


def accounts_of(brand: Any, day: date) -> set[str]:
    """What is neither a purse nor counted in pieces, as posted on a day."""
    moved = ledger.report(brand.id, Asked(day, day)).rows
    codes = {row.account.code for row in moved if row.debits_minor or row.credits_minor}
    return {code for code in codes if code.startswith(("asset:", "expense:", "income:"))}


@pytest.mark.requirement("S-211")
def test_the_same_events_on_both_sides_of_a_day_are_posted_to_two_accounts(ann: Member) -> None:
    brand = ann.brand
    old_card = gift(brand, 3_000)
    for event, sides in OWN.items():
        ledger.put_rule(brand.id, PostingRule(event, *sides, DAYS[1]), by="fin")
    ledger.forget_rulebook(brand.id)
    everything(ann)
    with next_day():
        everything(ann)
        [first, second] = ann.orders  # type: ignore[attr-defined]
        assert [ann.clearing(order) for order in (first, second)] == [-4_000, -4_000]
        for order in (first, second):
            assert sum(ann.back(order, 4_000).values()) == 4_000
            assert ann.clearing(order) == 0, "whatever the rule was when it was paid"
    with clock.held_at(TODAY + timedelta(days=4 * 365 + 1)):
        api.expire_purses(brand.id)
        api.lapse_points(brand.id)
        ended = ledger.rulebook(brand.id).business_date(clock.now())
    assert api.get_purse(brand.id, old_card.purse_id).principal_minor == 0
    assert accounts_of(brand, DAYS[0]) == OLD - {"income:breakage"}
    assert accounts_of(brand, DAYS[1]) == NEW - {"income:breakage:cards", "income:breakage:points"}
    assert accounts_of(brand, ended) == {"income:breakage:cards", "income:breakage:points"}
    ann.sound()
    assert ledger.check(brand.id) == [] and ledger.verify(brand.id).sound


def test_what_the_brand_gives_in_packets_is_posted_where_its_rule_says_and_the_rest_goes_back_there(
    ann: Member,
) -> None:
    brand = ann.brand.id
    own = PostingRule("packet.budget", "expense:bonus:festival", "liability:vouchers:packets", DAYS[1])
    ledger.put_rule(brand, own, by="fin")
    ledger.forget_rulebook(brand)
    giving = Giving(shares=2, total_minor=1_000, currency="CNY", how=Split.EQUAL)
    api.give_packet(giving, brand=brand, key="today", **BY)
    with next_day():
        packet = api.give_packet(giving, brand=brand, key="tomorrow", **BY)
        api.claim_packet(api.packet_code(brand, packet.id), ann.who, brand=brand, asker="app", **BY)
        assert accounts_of(ann.brand, DAYS[1]) == {"expense:bonus:festival"}
    assert accounts_of(ann.brand, DAYS[0]) == {"expense:bonus:packets"}
    with clock.held_at(TODAY + timedelta(days=5)):
        assert api.end_packets(brand) == 2
        stands = {b.account.code: b.debits_minor - b.credits_minor for b in ledger.balances(brand)}
    assert stands["liability:vouchers:packets"] == 0
    assert stands["expense:bonus:packets"] + stands["expense:bonus:festival"] == 500
    assert ledger.check(brand) == [] and api.packet_differences(brand) == []


FIXED = [
    (PostingRule("wallet.topup", "{received}", "liability:deposits"), "credit", "purse"),
    (PostingRule("wallet.lapsed", "liability:other", "income:breakage"), "debit", "purse"),
    (PostingRule("points.earned", "expense:points", "liability:other"), "credit", "liability:points"),
    (PostingRule("wallet.short.written", "expense:shortfall", "asset:lost"), "credit", "asset:shortfall:wallet"),
    (PostingRule("wallet.spend", "liability:purse:{purse}:{part}", "income:sales"), "credit", "clearing:wallet"),
    (PostingRule("receivable", "liability:purse:abc:principal"), "debit", "counted piece by piece"),
    (PostingRule("wallet.provider", "asset:wallet:{purse}"), "debit", "{method}"),
    (PostingRule("wallet.bonus", "expense:marketing", B), "debit", "whatever store"),
    (PostingRule("packet.budget", "expense:bonus:packets", "liability:other"), "credit", "liability:vouchers:packets"),
    (PostingRule("packet.budget", "expense:marketing", "liability:vouchers:packets"), "debit", "whatever store"),
    (PostingRule("coupon.lapsed", "liability:other", "income:breakage"), "debit", "{platform}"),
    (PostingRule("cards.cost", "expense:cost:cards", "asset:stock"), "credit", "asset:stock:cards"),
    (PostingRule("cards.price", "asset:till:cards", "clearing:cards"), "debit", "fixed"),
    (PostingRule("voucher.sold", "asset:{programme}", "liability:vouchers"), "debit", "{method} and {offer}"),
]


@pytest.mark.parametrize(("rule", "field", "said"), FIXED, ids=lambda v: getattr(v, "event", ""))
def test_no_rule_sends_a_purse_or_what_is_counted_by_the_piece_elsewhere(ann: Member, rule, field, said) -> None:
    wanted = PostingRule(rule.event, rule.debit, rule.credit, DAYS[1])
    with pytest.raises(BadInput) as caught:
        ledger.put_rule(ann.brand.id, wanted, by="fin")
    [problem] = caught.value.problems
    assert problem.field == field and said in problem.fix


def test_a_kind_of_business_begins_with_its_rules_and_another_takes_their_place(ann: Member) -> None:
    brand = ann.brand.id
    put = ledger.adopt_rules(brand, Template.RETAIL, DAYS[1], by="fin")
    assert (put, ledger.adopt_rules(brand, Template.RETAIL, DAYS[1], by="fin")) == (12, 0)
    ledger.forget_rulebook(brand)
    book = ledger.rulebook(brand)
    assert book.legs("points.earned", DAYS[1]) == ("income:points", "liability:points")
    assert book.account("wallet.cash", DAYS[1]) == "asset:till:wallet"
    assert book.legs("sale.discount", DAYS[1]) == ("income:discounts", "income:sales")
    assert ledger.adopt_rules(brand, Template.SERVICE, DAYS[1], by="fin") == 12
    ledger.forget_rulebook(brand)
    book = ledger.rulebook(brand)
    assert book.legs("points.earned", DAYS[1]) == ("expense:points", "liability:points")
    assert book.legs("sale.discount", DAYS[1]) == ("", "")
    assert book.account("wallet.cash", DAYS[1]) == "asset:cash:deposits"
    with pytest.raises(BadInput):
        ledger.adopt_rules(brand, Template.RETAIL, DAYS[0], by="fin")


def test_cash_for_stored_value_that_lies_in_the_drawer_is_counted_at_the_day_close(ann: Member) -> None:
    brand = ann.brand.id
    ledger.adopt_rules(brand, Template.RESTAURANT, DAYS[1], by="fin")
    ledger.forget_rulebook(brand)
    with next_day():
        mine = purse(ann.brand, ann.who, 2_500)
        assert mine.principal_minor == 2_500
        prefix = ledger.rulebook(brand).rule("received.counter", DAYS[1]).debit.partition("{")[0]
        stands = {b.account.code: b.debits_minor for b in ledger.balances(brand)}
        assert [stands[code] for code in stands if code.startswith(prefix)] == [2_500]
