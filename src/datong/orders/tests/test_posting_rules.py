from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from datong.kernel import clock
from datong.ledger import api as ledger
from datong.ledger.types import PostingRule
from datong.orders import api
from datong.orders.tests.conftest import forget, sound
from datong.payments.types import AttemptOutcome, PaymentMethod

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = (
    PostingRule("sale.goods.owed", "clearing:order", "liability:orders", date(2026, 11, 22)),
    PostingRule("receivable", "asset:receivable:guests", "", date(2026, 11, 22)),
    PostingRule("refunds", "liability:payback", "", date(2026, 11, 22)),
    PostingRule("sale.discount", "income:discounts", "income:sales", date(2026, 11, 22)),
)


def books(shop, order) -> dict[str, int]:
    found = ledger.totals(posted.transfer for posted in ledger.transfers_of(shop.brand.id, [order]))
    return {account.code: row.net_minor for account, row in found.items() if row.net_minor}


@pytest.fixture
def ruled(shop, django_capture_on_commit_callbacks):
    with clock.held_at(BEFORE), django_capture_on_commit_callbacks(execute=True):
        for rule in RULES:
            ledger.put_rule(shop.brand.id, rule, by="fin")
    ledger.forget_rulebook(shop.brand.id)
    forget(shop)
    return shop


@pytest.mark.requirement("S-209")
def test_the_brand_s_own_rules_say_where_an_order_is_booked_and_money_given_back(ruled):
    order = ruled.place_one(payment=PaymentMethod.PREPAID).order_id
    assert books(ruled, order) == {"asset:receivable:guests": 500, "liability:orders": -500}
    assert api.pay(order, amount_minor=500, provider_ref="P1", brand=ruled.brand.id, who="t") is AttemptOutcome.PAID
    api.cancel(order, brand=ruled.brand.id, who="t", reason="asked")
    assert books(ruled, order) == {"asset:provider:web": 500, "liability:payback": -500}
    api.settle_refunds([(order, 500)], brand=ruled.brand.id)
    assert books(ruled, order) == {}
    sound(ruled)


def test_an_order_that_was_open_when_the_rule_changed_is_paid_where_it_stands(ruled):
    with clock.held_at(BEFORE + timedelta(minutes=1)):
        order = ruled.place_one(payment=PaymentMethod.PREPAID, placed_at=BEFORE).order_id
    assert books(ruled, order) == {"asset:receivable": 500, "liability:sales": -500}
    api.pay(order, amount_minor=500, provider_ref="P1", brand=ruled.brand.id, who="t")
    assert books(ruled, order) == {"asset:provider:web": 500, "liability:sales": -500}
    sound(ruled)


def test_the_business_day_is_the_brand_s_own_and_follow_ups_keep_the_store(ruled):
    order = ruled.place_one(payment=PaymentMethod.PREPAID, paid=True, provider_ref="P2").order_id
    api.give_back(order, amount_minor=100, reason="late", key="1", brand=ruled.brand.id, who="t")
    posted = [p.transfer for p in ledger.transfers_of(ruled.brand.id, [order])]
    assert {t.dimensions["store"] for t in posted} == {str(ruled.near.id)}
    assert {t.dimensions["channel"] for t in posted} == {str(ruled.web)}
