"""What our own doors ask for bringing an order: by the brand's decision table, on the order, in payment and ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from datong.access.types import Role, Staff
from datong.catalog import api as catalog
from datong.catalog.types import Row, TableState
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand
from datong.kernel.ids import uuid7
from datong.ledger.api import balances
from datong.orders import api
from datong.orders.tests.conftest import sound
from datong.orders.types import Accepted, Amounts, OrderState
from datong.payments.api import payments_of
from datong.wallet import api as wallet
from datong.wallet.types import Sale, SaleLine, Tier, TierPlan

FIRST = catalog.FIRST_TABLES["delivery_fee"]


def owner(shop) -> Staff:
    return Staff(uuid7(), shop.brand.id, "owner", Role.OWNER)


def decide(shop, *rows: Row, since=None) -> None:
    """A table of these rows goes live."""
    version = catalog.put_table(shop.brand.id, replace(FIRST, rows=rows) if rows else FIRST, by="test")
    done = catalog.publish_table(shop.brand.id, version.id, by=owner(shop), valid_from=since, reason="test")
    assert done.state is TableState.LIVE


def flat(minor: int) -> Row:
    return Row(("", "", ""), (str(minor),), "one fee")


def test_a_delivery_costs_what_the_table_says_from_the_store_that_brings_it(shop):
    decide(
        shop, Row(("<= 20000", ">= 3000", ""), ("0",), "enough"), Row(("<= 20000", "< 3000", ""), ("500",), "near"),
        Row(("> 20000", "", ""), ("900",), "far"),
    )  # fmt: skip
    outcome = shop.place_one(("TEA", 2), ("CUP", 1), placed_at=clock.now())
    assert isinstance(outcome, Accepted)
    assert outcome.total_minor == 2200 + 500
    view = shop.page(outcome)
    assert (view.total_minor, view.delivery_minor, view.quoted_minor, view.amounts) == (2700, 500, 2200, None)
    told = view.timeline[0].detail["delivery"]
    assert (told["minor"], told["distance_m"], told["note"], told["version"]) == (500, view.distance_m, "near", 1)
    with in_brand(shop.brand.id):
        (payment,) = payments_of(shop.brand.id, [outcome.order_id])[outcome.order_id]
    assert payment.amount_minor == 2700
    nets = {b.account.code: b.debits_minor - b.credits_minor for b in balances(shop.brand.id)}
    assert (nets["liability:delivery"], nets["clearing:order"]) == (-500, 0)
    large = shop.place_one(("CUP", 3), placed_at=clock.now())
    assert (large.total_minor, shop.page(large).delivery_minor) == (3600, 0)
    sound(shop)


def test_a_tier_with_free_delivery_pays_none_and_the_order_tells_why(shop):
    decide(shop, flat(500))
    sign = (Identity(IdentityKind.PHONE, "+16125550188", verified=True),)
    first = shop.place_one(("TEA", 2), placed_at=clock.now(), identities=sign)
    assert shop.page(first).delivery_minor == 500
    brand = shop.brand.id
    who = shop.page(first).customer_id
    club = wallet.put_programme(brand, wallet.new_programme("club", "Club"), by="kim")
    gold = Tier("gold", "Gold", 100, free_delivery=True)
    wallet.put_tier_plan(brand, club.code, TierPlan(tiers=(gold,)), by="kim")
    wallet.earn_sales([Sale(uuid7(), who, clock.now(), (SaleLine(1, "TEA", 5_000),), "web", done=True)], brand=brand)
    again = shop.place_one(("TEA", 2), placed_at=clock.now(), identities=sign)
    told = shop.page(again).timeline[0].detail["delivery"]
    assert (again.total_minor, shop.page(again).delivery_minor, told["note"]) == (1000, 0, "gold: free delivery")
    assert shop.page(shop.place_one(("TEA", 2), placed_at=clock.now())).delivery_minor == 500
    sound(shop)


def test_without_a_table_there_is_no_fee(shop):
    outcome = shop.place_one(("TEA", 2), placed_at=clock.now())
    assert (outcome.total_minor, shop.page(outcome).delivery_minor) == (1000, 0)
    assert shop.page(outcome).timeline[0].detail["delivery"] is None


@pytest.mark.parametrize("fulfilment", [FulfilmentKind.PICKUP])
def test_who_fetches_it_pays_for_no_delivery(shop, fulfilment):
    decide(shop, flat(500))
    outcome = shop.place_one(
        ("TEA", 1), fulfilment=fulfilment, store_code="NEAR", destination=None, placed_at=clock.now()
    )
    assert outcome.total_minor == 500


def test_an_order_paid_elsewhere_keeps_the_platforms_fee(shop):
    decide(shop, flat(500))
    amounts = Amounts(goods=1000, paid=1200, delivery=200)
    (outcome,) = shop.place(shop.sold_elsewhere(("TEA", 2, 500), amounts=amounts))
    assert (outcome.total_minor, shop.page(outcome).delivery_minor) == (1200, 200)
    sound(shop)


def test_a_new_table_holds_from_its_date_for_orders_placed_from_then_on(shop):
    decide(shop, flat(500))
    later = clock.now() + timedelta(hours=1)
    decide(shop, flat(700), since=later)
    assert shop.place_one(("TEA", 1), placed_at=clock.now()).total_minor == 1000
    with clock.held_at(later + timedelta(seconds=1)):
        assert shop.place_one(("TEA", 1), placed_at=clock.now()).total_minor == 1200


def test_the_fee_costs_no_statement(shop):
    def least():
        """Of three batches: the picture of the stock may be renewed in one of them."""
        counts = []
        for _ in range(3):
            with count_statements() as seen:
                outcomes = shop.place(*(shop.intent(("TEA", 1), placed_at=clock.now()) for _ in range(2)))
            counts.append(len(seen))
        return min(counts), {outcome.total_minor for outcome in outcomes}

    shop.place_one(("TEA", 1))
    without, _ = least()
    decide(shop, flat(500))
    assert least() == (without, {1000})


def test_the_same_order_again_is_told_the_same_total(shop):
    decide(shop, flat(500))
    intent = shop.intent(("TEA", 1), placed_at=clock.now())
    (first,) = shop.place(intent)
    decide(shop, flat(900))
    (again,) = shop.place(intent)
    assert (again.repeat, again.total_minor) == (True, first.total_minor)


def test_an_order_that_waits_pays_by_the_nearest_store_looked_at(shop):
    decide(shop, flat(500))
    outcome = shop.place_one(("TEA", 10_000), placed_at=clock.now())
    assert outcome.state is OrderState.BACKORDER
    assert shop.page(outcome).delivery_minor == 500
    sound(shop)


def test_a_cancelled_order_gives_the_fee_back(shop):
    decide(shop, flat(500))
    outcome = shop.place_one(("TEA", 1), placed_at=clock.now())
    api.cancel(outcome.order_id, brand=shop.brand.id, who="ann", reason="changed my mind")
    nets = {b.account.code: b.debits_minor - b.credits_minor for b in balances(shop.brand.id)}
    assert nets["liability:delivery"] == 0
    sound(shop)
