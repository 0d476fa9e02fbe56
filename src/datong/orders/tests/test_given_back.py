"""Money that goes back before the goods do: whatever is given back, when, and how it ends, the books come out even."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.catalog.api import put_tax_rates
from datong.catalog.types import TaxedPart, TaxRate, TaxShare
from datong.kernel.ids import uuid7
from datong.ledger.api import rulebook, totals, transfers_of
from datong.ledger.types import Account, Rulebook, Transfer
from datong.orders import api, rules
from datong.orders.tests.conftest import LONG_AGO, Shop, phone, sound
from datong.orders.tests.test_rewards import has, hear, rewarding
from datong.orders.types import Amounts, News
from datong.payments.api import refund_done, refunds_of
from datong.payments.types import PaymentMethod, RefundState
from datong.wallet import api as wallet

DAY = date(2026, 11, 23)
ORDER = uuid7()
__all__ = ["rewarding"]
FEES = st.integers(0, 900)
AMOUNTS = st.builds(
    lambda goods, packaging, delivery, ours, theirs, added: Amounts(
        goods=goods,
        paid=goods - ours - theirs + packaging + delivery + added,
        platform_subsidy=theirs,
        merchant_subsidy=ours,
        packaging=packaging,
        delivery=delivery,
        tax_added=added,
    ),
    st.integers(1000, 9000),
    FEES,
    FEES,
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 300),
)


def transfer(debit: str, credit: str, amount: int, kind: str) -> Transfer:
    return Transfer(uuid7(), Account(debit, "USD"), Account(credit, "USD"), amount, kind, ORDER, DAY)


def net(posted: list[Transfer]) -> dict[str, int]:
    """Debits less credits."""
    return {account.code: row.net_minor for account, row in totals(posted).items() if row.net_minor}


def give(book: Rulebook, posted: list[Transfer], amount: int, before: int, done: bool = False) -> None:
    parts = rules.given_back(amount, posted, before_minor=before, completed=done, book=book, day=DAY)
    assert sum(p.amount_minor for p in parts) == amount and all(p.amount_minor > 0 for p in parts)
    posted += [transfer(p.debit, p.credit, p.amount_minor, "refund") for p in parts]


def sold(book: Rulebook, amounts: Amounts, tax: int) -> list[Transfer]:
    inside = tax - amounts.tax_added
    shares = [(code, n) for code, n in (("", inside), (rules.ADDED, amounts.tax_added)) if n]
    booked = rules.Booked((), amounts, tuple(TaxShare(TaxedPart.GOODS, "", code, 0, 0, n) for code, n in shares))
    made = rules.postings(booked, PaymentMethod.PREPAID, paid=True, channel="web", completed=False, book=book, day=DAY)
    return [transfer(p.debit, p.credit, p.amount_minor, p.kind) for p in made]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), amounts=AMOUNTS)
def test_no_account_of_an_order_goes_below_zero_and_only_what_was_kept_is_earned(brand, data, amounts):
    book = rulebook(brand.id)
    tax = data.draw(st.integers(0, amounts.goods // 5)) + amounts.tax_added
    posted, back = sold(book, amounts, tax), 0
    after = data.draw(st.booleans())
    for _ in range(data.draw(st.integers(1, 5))):
        amount = data.draw(st.integers(0, amounts.paid - back))
        if amount:
            give(book, posted, amount, back)
            back += amount
        assert all(owed >= 0 for owed in rules.still_owed(posted).values())
    posted += [transfer(d, c, n, "earned") for _, d, c, n in rules.earned(posted, book, defaultdict(lambda: DAY))]
    rest = amounts.paid - back
    if after and rest:
        give(book, posted, rest, back, done=True)
        back += rest
    stands = net(posted)
    assert all(code.split(":")[0] != "liability" or code in ("liability:refunds", "liability:tax") for code in stands)
    assert stands.get("liability:refunds", 0) == -back
    worth = amounts.goods + amounts.packaging + amounts.delivery + amounts.tax_added
    kept_tax = -stands.get("liability:tax", 0)
    assert kept_tax == tax - (back * tax * 2 + worth) // (2 * worth), "many refunds lower the tax as one does"
    income = -sum(n for code, n in stands.items() if code.startswith("income:"))
    assert income == worth - tax - (back - (tax - kept_tax))


def books(shop: Shop, order_id) -> dict[str, int]:
    """What the order stands at, in money, without what its points are worth."""
    posted = (posted.transfer for posted in transfers_of(shop.brand.id, [order_id]))
    return net([transfer for transfer in posted if not transfer.kind.startswith("points_")])


def paid(shop: Shop, ref: str):
    return shop.place_one(("CUP", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref=ref, identities=(phone(),))


def back(shop: Shop, order, amount: int, key: str, **more):
    return api.give_back(
        order.order_id, amount_minor=amount, reason="short", key=key, brand=shop.brand.id, who="ann", **more
    )


@pytest.mark.requirement("S-209")
def test_what_is_given_back_before_the_goods_are_handed_over_is_not_earned_with_them(rewarding):
    shop = rewarding
    put_tax_rates(shop.brand.id, [TaxRate("standard", 80_000, LONG_AGO)], inclusive=False)
    order = shop.place_one(
        ("CUP", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref="p1", identities=(phone(),)
    )
    assert order.total_minor == 2592
    hear(shop, order, "orders.placed")
    made = [back(shop, order, 864, "1"), back(shop, order, 864, "2")]
    assert books(shop, order.order_id) == {
        "asset:provider:web": 2592,
        "liability:refunds": -1728,
        "liability:sales": -800,
        "liability:tax": -64,
    }
    for refund in made:
        hear(shop, order, "payments.refund_due", refund_id=str(refund.id), amount_minor=864)
    assert has(shop, order) == (0, 8), "a third of 25 points waits for the rest of the order"
    finish(shop, order)
    hear(shop, order, "orders.completed")
    assert has(shop, order) == (8, 0) and wallet.check_points(shop.brand.id) == []
    assert books(shop, order.order_id)["income:sales"] == -800
    earned = [p.transfer for p in transfers_of(shop.brand.id, [order.order_id]) if p.transfer.kind == "earned"]
    assert [t.dimensions for t in earned] == [{"channel": str(shop.web), "store": str(shop.near.id)}]
    sound(shop)


def finish(shop: Shop, order) -> None:
    """The goods are handed over and arrive."""
    from datong.fulfilment.api import open_tasks, tasks_of
    from datong.fulfilment.types import FulfilmentKind, Task, TaskState
    from datong.site.testing.steps import walk

    open_tasks([Task(uuid7(), order.order_id, shop.near.id, FulfilmentKind.DELIVERY, None)], brand=shop.brand.id)
    for task in tasks_of(shop.brand.id, [order.order_id]):
        walk(task.id, TaskState.DONE, brand=shop.brand.id, by="ann")
    api.follow([order.order_id], brand=shop.brand.id)
    assert shop.page(order).state == "completed"


@pytest.mark.parametrize("paid_out", [False, True])
def test_an_order_of_which_part_was_given_back_is_cancelled_and_only_the_rest_is_owed(rewarding, paid_out):
    shop = rewarding
    order = shop.place_one(
        ("CUP", 2), payment=PaymentMethod.PREPAID, paid=True, provider_ref="p2", identities=(phone(),)
    )
    hear(shop, order, "orders.placed")
    part = back(shop, order, 900, "1")
    if paid_out:
        refund_done(part.id, provider_ref="r1", brand=shop.brand.id)
        api.settle_refunds([(order.order_id, 900)], brand=shop.brand.id)
    hear(shop, order, "payments.refund_due", refund_id=str(part.id), amount_minor=900)
    assert api.cancel(order.order_id, brand=shop.brand.id, who="ann", reason="the rest too")
    hear(shop, order, "orders.cancelled")
    assert [(r.amount_minor, r.state) for r in refunds_of(shop.brand.id, [order.order_id])] == [
        (900, RefundState.DONE if paid_out else RefundState.DUE),
        (1500, RefundState.DUE),
    ]
    owing = 1500 if paid_out else 2400
    assert books(shop, order.order_id) == {"asset:provider:web": owing, "liability:refunds": -owing}
    assert shop.stock("CUP").reserved == 0 and has(shop, order) == (0, 0)
    api.settle_refunds([(order.order_id, owing)], brand=shop.brand.id)
    assert books(shop, order.order_id) == {}
    sound(shop)


def test_all_was_given_back_and_then_it_is_cancelled_nothing_more_is_owed(shop):
    order = shop.place_one(("CUP", 1), payment=PaymentMethod.PREPAID, paid=True, provider_ref="p3")
    back(shop, order, 1200, "1")
    assert api.cancel(order.order_id, brand=shop.brand.id, who="ann", reason="asked")
    assert [r.amount_minor for r in refunds_of(shop.brand.id, [order.order_id])] == [1200]
    assert books(shop, order.order_id) == {"asset:provider:web": 1200, "liability:refunds": -1200}
    sound(shop)


def test_a_platform_gives_part_back_and_cancels_later_and_owes_us_nothing(shop):
    (order,) = shop.place(shop.sold_elsewhere(("TEA", 2, 500)))
    claim = api.claimed([(shop.platform, "W-1")], brand=shop.brand.id)[shop.platform, "W-1"]
    part = News(shop.platform, "W-1", refunds=(("9", 300, ""),))
    assert api.hear(claim, part, brand=shop.brand.id, who="meituan") == ("refunded",)
    api.settle_refunds([(order.order_id, 300)], brand=shop.brand.id)
    assert books(shop, order.order_id) == {"asset:platform:platform": 700, "liability:sales": -700}
    gone = replace(part, cancelled="the rest too")
    assert api.hear(claim, gone, brand=shop.brand.id, who="meituan") == ("cancelled",)
    api.settle_refunds([(order.order_id, 700)], brand=shop.brand.id)
    assert books(shop, order.order_id) == {}
    sound(shop)
