"""Scan to pay: what is taken from what, once, whoever asks at once; and what goes back."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from datong.customers import api as customers
from datong.customers.types.cards import CardRefused
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.wallet import api
from datong.wallet.tests.stored import BY, balance, code, gift, pay, person, phone, purse
from datong.wallet.tests.test_stored import CNY, put, why
from datong.wallet.types.paying import NotEnough, PayAsk, PaymentState, Resolution, SoldFromWallet, TakeKind, Tender
from datong.wallet.types.stored import PurseRefused, PurseState


@pytest.fixture
def brand(db, make_brand):
    return make_brand(**CNY)


def clearing(brand) -> int:
    """What still stands on the wallet's clearing account, over all orders."""
    return sum(b.debits_minor - b.credits_minor for b in ledger.balances(brand.id, ["clearing:wallet"]))


def settle(brand, payment, order, amount):
    [done] = api.settle_sales([SoldFromWallet(payment, order, amount, "CNY")], brand=brand.id)
    return done


def refund_of(brand, order, amount, key="r"):
    return api.give_back_payment(order, amount, "CNY", brand=brand.id, key=key)


@pytest.mark.requirement("S-166", "S-198")
def test_a_scanned_code_holds_money_once_and_the_order_takes_it(brand):
    ann = person(brand, "ann")
    mine, key = purse(brand, ann, 10_000), phone(brand, ann)
    ask = {"code": code(key), "key": "till-1"}
    made = pay(brand, 6_000, **ask)
    assert (made.state, made.due_minor, [t.amount_minor for t in made.takes]) == (PaymentState.HELD, 0, [6_000])
    assert pay(brand, 6_000, **ask) == made, "sent again, though the code is used"
    with pytest.raises(Conflict):
        pay(brand, 6_001, **ask)
    with pytest.raises(CardRefused) as used:
        pay(brand, 100, code=ask["code"])
    assert why(used) == "code_used"
    assert balance(brand, mine.id) == (10_000, 0, 6_000)
    order = uuid7()
    assert api.take_payment(made.id, order, 6_000, brand=brand.id).amount_minor == 6_000
    api.take_payment(made.id, order, 6_000, brand=brand.id)
    assert balance(brand, mine.id) == (4_000, 0, 0) and clearing(brand) == -6_000, "the order's own entry is the rest"
    assert api.wallet_payment(brand.id, made.id).state is PaymentState.CAPTURED
    back = refund_of(brand, order, 6_000)
    assert [(b.purse_id, b.part, b.amount_minor) for b in back] == [(mine.id, "principal", 6_000)]
    assert refund_of(brand, order, 6_000) == back
    assert balance(brand, mine.id) == (10_000, 0, 0) and clearing(brand) == 0
    with pytest.raises(BadValue):
        refund_of(brand, order, 1, key="more")


def test_a_mix_tells_what_was_taken_from_what_and_each_gets_its_share_back(brand):
    ann = person(brand, "ann")
    mine, key, card = purse(brand, ann), phone(brand, ann), gift(brand, 1_500)
    api.put_stored_policy("CNY", {"bonus": [[1_000, 500]], "order": "bonus_first"}, brand=brand.id, **BY)
    put(brand, mine, 1_000)
    with pytest.raises(NotEnough) as short:
        pay(brand, 5_000, code=code(key), gifts=(card.code,), tenders=(Tender(TakeKind.CASH, 1_000),))
    assert (short.value.wanted_minor, short.value.available_minor) == (4_000, 3_000)
    assert balance(brand, mine.id)[2] == 0, "nothing is held, and the code was not used"
    tenders = (Tender(TakeKind.CASH, 1_000), Tender(TakeKind.PROVIDER, 500, "wechat", "wx-1"))
    made = pay(brand, 4_500, code=code(key), gifts=(card.code,), tenders=tenders)
    assert [(t.kind, t.purse_id, t.part, t.amount_minor) for t in made.takes] == [
        ("stored_value", card.purse_id, "principal", 1_500),
        ("stored_value", mine.id, "principal", 1_000),
        ("stored_value", mine.id, "bonus", 500),
        ("cash", None, "", 1_000),
        ("provider", None, "", 500),
    ]
    order = uuid7()
    api.take_payment(made.id, order, 4_500, brand=brand.id)
    back = refund_of(brand, order, 1_001)
    assert sum(b.amount_minor for b in back) == 1_001 and len(back) == 5
    assert clearing(brand) == -3_499
    rest = refund_of(brand, order, 3_499, key="rest")
    assert sum(b.amount_minor for b in rest) == 3_499 and clearing(brand) == 0
    assert balance(brand, mine.id) == (1_000, 500, 0) and balance(brand, card.purse_id) == (1_500, 0, 0)


def test_money_that_nobody_takes_goes_back_by_itself_and_an_order_may_take_a_part(brand):
    ann = person(brand, "ann")
    mine, key = purse(brand, ann, 10_000), phone(brand, ann)
    made = pay(brand, 8_000, code=code(key))
    api.take_payment(made.id, uuid7(), 3_000, brand=brand.id)
    with pytest.raises(BadValue):
        api.take_payment(made.id, uuid7(), 5_001, brand=brand.id)
    later = clock.now() + timedelta(minutes=16)
    with clock.held_at(later):
        with pytest.raises(Conflict):
            api.take_payment(made.id, uuid7(), 1_000, brand=brand.id)
        assert (api.release_overdue(brand.id), api.release_overdue(brand.id)) == (1, 0)
    assert balance(brand, mine.id) == (7_000, 0, 0)
    with clock.held_at(later):
        partial = pay(brand, 9_000, code=code(key), partial=True)
    assert (partial.covered_minor, partial.due_minor) == (7_000, 2_000)
    assert api.release_payment(partial.id, brand=brand.id).state is PaymentState.RELEASED
    assert balance(brand, mine.id) == (7_000, 0, 0)


def test_frozen_and_ended_cards_pay_nothing_and_money_finds_the_card_in_the_place_of_a_lost_one(brand):
    card = gift(brand, 2_000)
    made = pay(brand, 1_500, gifts=(card.code,))
    with pytest.raises(PurseRefused) as busy:
        api.replace_gift(card.purse_id, brand=brand.id, reason="lost", **BY)
    assert why(busy) == "purse_held"
    order = uuid7()
    api.take_payment(made.id, order, 1_500, brand=brand.id)
    new = api.replace_gift(card.purse_id, brand=brand.id, reason="lost", **BY)
    with pytest.raises(PurseRefused) as ended:
        pay(brand, 100, gifts=(card.code,))
    assert why(ended) == "purse_replaced"
    [back] = refund_of(brand, order, 1_500)
    assert back.purse_id == new.purse_id and balance(brand, new.purse_id) == (2_000, 0, 0)
    api.freeze_purse(new.purse_id, brand=brand.id, reason="stolen", **BY)
    with pytest.raises(PurseRefused) as cold:
        pay(brand, 100, gifts=(new.code,))
    assert why(cold) == "purse_frozen"


def test_money_that_comes_back_after_the_cards_time_can_be_spent_for_ninety_days(brand):
    card, order = gift(brand, 2_000), uuid7()
    api.take_payment(pay(brand, 2_000, gifts=(card.code,)).id, order, 2_000, brand=brand.id)
    later = clock.now() + timedelta(days=365 * 5)
    with clock.held_at(later):
        api.expire_purses(brand.id)
        refund_of(brand, order, 2_000)
        found = api.get_purse(brand.id, card.purse_id)
        assert (found.state, found.principal_minor) == (PurseState.ACTIVE, 2_000)
        assert found.expires_at == later + timedelta(days=90)


def test_what_a_till_took_without_network_is_booked_and_what_was_gone_is_a_row_that_a_person_closes(brand):
    ann = person(brand, "ann")
    mine, key = purse(brand, ann, 1_000), phone(brand, ann)
    api.put_stored_policy("CNY", {"offline_limit_minor": 5_000}, brand=brand.id, **BY)
    then, order = clock.now() - timedelta(hours=3), uuid7()
    pay(brand, 200, code=code(key))  # the member paid elsewhere meanwhile
    made = pay(brand, 3_000, code=code(key, then), taken_at=then, key="offline-7")
    assert (made.covered_minor, made.short_minor, made.expires_at) == (800, 2_200, None)
    assert pay(brand, 3_000, code=code(key, then), taken_at=then, key="offline-7") == made
    done = settle(brand, made.id, order, 3_000)
    assert (done.amount_minor, done.short_minor) == (800, 2_200)
    assert settle(brand, made.id, order, 3_000).order_id == order
    assert balance(brand, mine.id) == (200, 0, 200) and clearing(brand) == -3_000
    [row] = api.open_shortfalls(brand.id)
    assert (row.amount_minor, row.order_id, row.customer_id) == (2_200, order, ann)
    close = {"brand": brand.id, "by": "kim", "note": "paid in cash"}
    closed = api.close_shortfall(row.id, Resolution.COLLECTED, **close)
    assert api.close_shortfall(row.id, Resolution.COLLECTED, **close) == closed
    with pytest.raises(Conflict):
        api.close_shortfall(row.id, Resolution.WRITTEN_OFF, **close)
    books = {b.account.code: b.debits_minor - b.credits_minor for b in ledger.balances(brand.id)}
    assert books["asset:shortfall:wallet"] == 0 and api.open_shortfalls(brand.id) == []
    with pytest.raises(CardRefused):
        pay(brand, 100, code=code(key, then - timedelta(hours=1)), taken_at=then)
    unknown = settle(brand, None, uuid7(), 500)
    assert (unknown.amount_minor, unknown.short_minor) == (0, 500)


def test_many_sales_of_a_till_cost_the_statements_of_one_and_share_what_there_is(brand):
    api.put_stored_policy("CNY", {"hold_minutes": 60}, brand=brand.id, **BY)

    def sales(count: int) -> list[SoldFromWallet]:
        made = [pay(brand, 500, gifts=(gift(brand, 500).code,)) for _ in range(count)]
        twice = SoldFromWallet(made[0].id, uuid7(), 300, "CNY")
        unknown = SoldFromWallet(uuid7(), uuid7(), 70, "CNY")
        return [*(SoldFromWallet(one.id, uuid7(), 450, "CNY") for one in made), twice, unknown]

    counts = []
    for count in (2, 12):
        sold = sales(count)
        with count_statements() as many:
            done = api.settle_sales(sold, brand=brand.id)
        counts.append(len(many))
        assert [(one.amount_minor, one.short_minor) for one in done] == [*[(450, 0)] * count, (50, 250), (0, 70)]
        assert api.settle_sales(sold, brand=brand.id)[0].amount_minor == 450, "told again: nothing new"
    assert counts[0] == counts[1], counts
    assert clearing(brand) == -sum(n * 450 + 300 + 70 for n in (2, 12))
    assert sorted(row.amount_minor for row in api.open_shortfalls(brand.id)) == [70, 70, 250, 250]
    assert api.stored_differences(brand.id) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": -5}, "amount_minor"),
        ({"amount_minor": 2**63}, "amount_minor"),
        ({"currency": "cny"}, "currency"),
        ({"code": ""}, "code"),
        ({"key": ""}, "Idempotency-Key"),
        ({"tenders": (Tender(TakeKind.CASH, 0),)}, "tenders/0/amount_minor"),
        ({"tenders": (Tender(TakeKind.CASH, 100),)}, "tenders"),
        ({"tenders": (Tender(TakeKind.PROVIDER, 10),)}, "tenders/0/ref"),
    ],
)
def test_amounts_that_cannot_be_name_their_field(brand, wrong, field):
    ask = PayAsk(**{"amount_minor": 100, "currency": "CNY", "key": "k", "code": "1234567", **wrong})
    with pytest.raises(BadInput) as refusal:
        api.authorise(ask, brand=brand.id, by="till", asker="till")
    assert field in [problem.field for problem in refusal.value.problems]


def test_fifty_tills_spend_exactly_the_balance_of_one_card(committed_db, make_brand, in_parallel):
    brand = make_brand(**CNY)
    card = gift(brand, 10_000)
    orders = []

    def buy() -> int:
        try:
            made, order = pay(brand, 250, gifts=(card.code,)), uuid7()
            api.take_payment(made.id, order, 250, brand=brand.id)
        except NotEnough:
            return 0
        orders.append(order)
        return 250

    assert sum(in_parallel(50, buy)) == 10_000
    assert balance(brand, card.purse_id) == (0, 0, 0) and clearing(brand) == -10_000
    for order in orders:
        refund_of(brand, order, 250, key=str(order))
    assert balance(brand, card.purse_id) == (10_000, 0, 0) and api.stored_differences(brand.id) == []


def test_a_storm_of_repeats_out_of_order_pays_each_once(committed_db, make_brand, in_parallel):
    brand = make_brand(**CNY)
    ann = person(brand, "ann")
    mine, phones = purse(brand, ann, 100_000), [phone(brand, ann) for _ in range(4)]
    asks = [{"code": code(key), "key": f"sale-{n}", "amount": 1_000 * (n + 1)} for n, key in enumerate(phones)]

    def storm() -> list:
        seen = []
        for ask in random.sample(asks, len(asks)):
            seen.append(pay(brand, ask["amount"], code=ask["code"], key=ask["key"]).id)
        return sorted(seen)

    assert len({tuple(ids) for ids in in_parallel(5, storm)}) == 1
    assert balance(brand, mine.id) == (100_000, 0, 10_000)


def test_people_are_merged_and_parted_while_they_pay(committed_db, make_brand, in_parallel):
    brand = make_brand(**CNY)
    ann, ben = person(brand, "ann"), person(brand, "ben")
    purses = [purse(brand, who, 50_000) for who in (ann, ben)]
    turn = iter(range(100))

    def work() -> int:
        mine = next(turn)
        if mine % 2:
            for _ in range(6):
                made = customers.merge(ann, ben, brand=brand.id, by="kim", reason="one")
                customers.unmerge(made.id, brand=brand.id, by="kim", reason="two")
            return 0
        paid = 0
        for _ in range(3):
            key = phone(brand, ann if mine % 4 else ben)
            try:
                made = pay(brand, 9_000, code=code(key))
            except NotEnough:
                continue
            api.take_payment(made.id, uuid7(), 9_000, brand=brand.id)
            paid += 9_000
        return paid

    paid = sum(in_parallel(6, work))
    has = [balance(brand, each.id) for each in purses]
    assert paid > 0 and sum(principal for principal, _, _ in has) == 100_000 - paid
    assert all(principal >= 0 and held == 0 for principal, _, held in has) and clearing(brand) == -paid
    assert api.stored_differences(brand.id) == []
    with in_brand(brand.id):
        assert ledger.check(brand.id) is not None
