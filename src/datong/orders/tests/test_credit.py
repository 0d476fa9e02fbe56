"""Whose sale it is: shares that sum to the order, whatever the rules and what comes back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel import clock
from datong.kernel.db import count_statements
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.orders import api
from datong.orders.rules.credit import split_credit, standing, stands
from datong.orders.types.credit import CreditLine, CreditRole, CreditShares

STORES = [UUID(int=n) for n in range(1, 5)]
TODAY = clock.now().date()
SHARES = (
    st.tuples(st.integers(0, 100), st.integers(0, 100))
    .map(lambda p: sorted(p))
    .map(lambda p: CreditShares(p[0], p[1] - p[0], 100 - p[1]))
)


@pytest.mark.requirement("S-170")
@given(
    shares=SHARES,
    nets=st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
    served=st.dictionaries(st.sampled_from(STORES), st.integers(0, 10**6), max_size=4),
    selling=st.one_of(st.none(), st.sampled_from(STORES)),
    associate=st.sampled_from(["", "mia"]),
    changed=st.lists(SHARES, min_size=6, max_size=6),
)
def test_the_credits_of_an_order_sum_to_its_net_amount_whatever_comes_back_and_whatever_rule_comes(
    shares, nets, served, selling, associate, changed
):
    lines: list[CreditLine] = []
    for net, _later in zip(nets, changed, strict=False):
        if stands(lines, net):
            continue
        kept = lines[0].shares if lines else shares
        back = [
            CreditLine(uuid7(), STORES[0], old.role, old.store_id, old.associate, -old.amount_minor, "USD", TODAY, kept,
                       old.id)
            for old in standing(lines)
        ]  # fmt: skip
        parts = split_credit(net, kept, selling=selling, served=served, associate=associate)
        assert sum(part.amount_minor for part in parts) == net and all(part.amount_minor > 0 for part in parts)
        lines += back
        lines += [
            CreditLine(uuid7(), STORES[0], p.role, p.store_id, p.associate, p.amount_minor, "USD", TODAY, kept)
            for p in parts
        ]
        assert sum(line.amount_minor for line in lines) == net == sum(line.amount_minor for line in standing(lines))
        assert {line.shares for line in lines} == {shares}


def test_the_share_of_nobody_falls_to_who_sold():
    thirds = CreditShares(34, 33, 33)
    (sold,) = split_credit(1000, thirds, selling=STORES[0], served={}, associate="")
    assert (sold.role, sold.store_id, sold.amount_minor) == (CreditRole.SELLING, STORES[0], 1000)
    parts = split_credit(1001, thirds, selling=None, served={STORES[1]: 3, STORES[2]: 1}, associate="mia")
    assert [(p.role, p.store_id, p.amount_minor) for p in parts] == [
        ("selling", None, 341),
        ("fulfilling", STORES[1], 248),
        ("fulfilling", STORES[2], 82),
        ("associate", None, 330),
    ]


def sold(shop, **fields):
    """A till sale of two cups at the near store."""
    (outcome,) = shop.place(shop.till_sale(("CUP", 2), **fields))
    assert api.credit_orders([outcome.order_id], brand=shop.brand.id)
    return outcome


def said(shop, outcome) -> list[tuple[str, UUID | None, str, int]]:
    lines = api.credit_lines_of(shop.brand.id, [outcome.order_id]).get(outcome.order_id, [])
    return [(line.role.value, line.store_id, line.associate, line.amount_minor) for line in lines]


def test_a_till_sale_is_split_by_the_rule_of_its_time_once_and_keeps_it(shop):
    brand, near = shop.brand.id, shop.near.id
    api.put_credit_rule(brand, CreditShares(60, 30, 10), clock.now(), by="ann")
    outcome = sold(shop, associate="mia", placed_at=clock.now() + timedelta(seconds=1))
    total = outcome.total_minor
    expected = [
        ("selling", near, "", total * 60 // 100),
        ("fulfilling", near, "", total * 30 // 100),
        ("associate", near, "mia", total * 10 // 100),
    ]
    assert said(shop, outcome) == expected and sum(row[-1] for row in expected) == total
    assert api.credit_orders([outcome.order_id], brand=brand) == 0
    api.put_credit_rule(brand, CreditShares(100, 0, 0), clock.now(), by="ann")
    assert api.credit_orders([outcome.order_id], brand=brand) == 0 and said(shop, outcome) == expected


def test_what_comes_back_is_taken_back_by_rows_that_mirror_it(shop):
    outcome = sold(shop, associate="mia")
    total = outcome.total_minor
    api.give_back(
        outcome.order_id, amount_minor=500, brand=shop.brand.id, who="ann", reason="chipped", key="one", done=True
    )
    with count_statements() as seen:
        assert api.credit_orders([outcome.order_id], brand=shop.brand.id) == 4
    assert len(seen) <= 12
    rows = said(shop, outcome)
    assert sum(row[-1] for row in rows) == total - 500
    assert rows[2:4] == [(role, store, who, -amount) for role, store, who, amount in rows[:2]]
    today = api.credit_lines_of(shop.brand.id, [outcome.order_id])[outcome.order_id][0].day
    (mine,) = api.credit_sums(shop.brand.id, today, today, stores=[shop.near.id])
    assert (mine.total_minor, mine.orders) == (total - 500, 1)


def test_an_order_that_is_not_done_credits_nobody_and_one_led_here_by_a_store_credits_it(shop):
    waiting = shop.place_one(("CUP", 1))
    assert api.credit_orders([waiting.order_id], brand=shop.brand.id) == 0 and said(shop, waiting) == []
    led = sold(shop, referred_by=shop.far.code)
    half = led.total_minor // 2
    assert said(shop, led) == [
        ("selling", shop.far.id, "", led.total_minor - half),
        ("fulfilling", shop.near.id, "", half),
    ]


def test_a_rule_whose_shares_do_not_sum_or_that_begins_yesterday_is_refused(shop):
    with pytest.raises(BadInput):
        api.put_credit_rule(shop.brand.id, CreditShares(60, 30, 20), clock.now(), by="ann")
    with pytest.raises(BadInput):
        api.put_credit_rule(shop.brand.id, CreditShares(60, 40, 0), clock.now() - timedelta(days=1), by="ann")
