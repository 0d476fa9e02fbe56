"""What a shop says later about its order reaches the order: paid, cancelled, given back; late, twice or first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from datong.fulfilment.api import open_tasks
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.integration import api
from datong.integration.tests.conftest import House
from datong.integration.types import Request
from datong.integration.wire.send import shopify, woocommerce
from datong.integration.wire.send.common import secret
from datong.integration.wire.signing import hmac_text
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.api import check
from datong.orders.api import BoardFilter, board, order_page
from datong.payments.api import refunds_of
from datong.payments.types import PaymentMethod
from datong.site.testing.steps import walk

pytestmark = pytest.mark.requirement("S-163", "S-175", "S-176")

KINDS = {
    "shopify": (shopify, "x-shopify-topic", "x-shopify-hmac-sha256", "orders/updated"),
    "woocommerce": (woocommerce, "x-wc-webhook-topic", "x-wc-webhook-signature", "order.updated"),
}
PAID = {
    "shopify": {"financial_status": "paid"},
    "woocommerce": {"status": "processing", "date_paid_gmt": "2026-11-22T10:00:00", "transaction_id": "ch_77"},
}
CANCELLED = {
    "shopify": {"cancelled_at": "2026-11-22T10:00:00Z", "cancel_reason": "customer"},
    "woocommerce": {"status": "cancelled"},
}


class Shop:
    """One shop's door; `says(...)` sends its order as it stands now, signed."""

    def __init__(self, house: House, kind: str) -> None:
        self.house, self.kind = house, kind
        self.builder, self.topic, self.signature, self.later = KINDS[kind]
        self.token, self.context = house.door(kind)
        self.order = house.order(payment=PaymentMethod.PREPAID, paid=False, provider_ref="")

    def says(self, *, first: bool = False, **fields: Any) -> None:
        request = self.builder.build(self.order, self.context)
        body = msgspec.json.encode(msgspec.json.decode(request.body) | fields)
        topic = request.headers[self.topic] if first else self.later
        signed = {self.topic: topic, self.signature: hmac_text(secret(self.context), body)}
        api.receive(self.token, Request(body, {**request.headers, **signed}))

    def page(self) -> Any:
        (row,) = board(self.house.brand.id, BoardFilter()).rows
        return order_page(self.house.brand.id, row.id)


@pytest.fixture(params=["shopify", "woocommerce"])
def shop(house: House, request: pytest.FixtureRequest) -> Shop:
    return Shop(house, request.param)


def test_an_order_that_is_paid_later_is_paid_once_however_often_the_shop_says_so(shop: Shop) -> None:
    shop.says(first=True)
    assert shop.house.drain() == {"placed": 1} and not shop.page().paid
    for _ in range(3):
        shop.says(**PAID[shop.kind])
        shop.house.drain()
    assert shop.house.states() == ["placed", "updated", "updated", "updated"]
    assert shop.page().paid and [e.kind for e in shop.page().timeline] == ["placed", "paid"]
    assert check(shop.house.brand.id) == []


def test_news_that_comes_before_its_order_is_the_order_and_the_order_is_old_news(shop: Shop) -> None:
    shop.says(**PAID[shop.kind])
    shop.says(first=True)
    assert shop.house.drain() == {"placed": 1}  # the other waits for it
    assert shop.house.drain() == {"updated": 1}
    page = shop.page()
    assert page.paid and "conflicting_repeat" not in [f.kind for f in page.findings] and len(shop.house.orders()) == 1


def test_an_order_that_the_shop_cancels_is_cancelled_and_its_stock_is_free(shop: Shop) -> None:
    shop.says(first=True)
    shop.house.drain()
    shop.says(**CANCELLED[shop.kind])
    assert shop.house.drain() == {"updated": 1}
    assert shop.page().state == "cancelled"
    with in_brand(shop.house.brand.id):
        assert rows("SELECT sum(reserved) FROM inventory_stock") == [(0,)]
    shop.says(first=True)  # the first message once more, late
    assert shop.house.drain() == {"repeat": 1}
    assert shop.page().state == "cancelled" and check(shop.house.brand.id) == []


def test_a_cancelled_order_that_never_came_is_no_order(shop: Shop) -> None:
    shop.says(**CANCELLED[shop.kind])
    assert shop.house.drain() == {"ignored": 1} and shop.house.orders() == []


def test_what_is_cancelled_too_late_is_shown_to_a_person(shop: Shop) -> None:
    shop.says(first=True)
    shop.house.drain()
    page = shop.page()
    task = Task(uuid7(), page.id, shop.house.store.id, FulfilmentKind.DELIVERY, None)
    open_tasks([task], brand=shop.house.brand.id)
    walk(task.id, TaskState.HANDED_OVER, brand=shop.house.brand.id, by="ann")
    for _ in range(2):
        shop.says(**CANCELLED[shop.kind])
        shop.house.drain()
    page = shop.page()
    assert page.state != "cancelled" and [f.kind for f in page.findings].count("cancelled_elsewhere") == 1


def test_what_the_shop_gives_back_is_booked_once(shop: Shop) -> None:
    shop.says(first=True, **PAID[shop.kind])
    shop.house.drain()
    refunds = {
        "shopify": [
            {"id": 9, "note": "cold", "transactions": [{"kind": "refund", "status": "success", "amount": "5.00"}]}
        ],
        "woocommerce": [{"id": 9, "reason": "cold", "total": "-5.00"}],
    }[shop.kind]
    for _ in range(2):
        shop.says(**PAID[shop.kind], refunds=refunds)
        shop.house.drain()
    assert [(r.amount_minor, r.state.value, r.reason) for r in refunds_of(shop.house.brand.id, [shop.page().id])] == [
        (500, "done", "cold")
    ]


def test_another_order_under_the_same_number_is_still_a_conflict(shop: Shop) -> None:
    shop.says(first=True)
    shop.house.drain()
    line = shop.order.lines[0]
    shop.order = replace(shop.order, lines=(replace(line, units=line.units + 1), *shop.order.lines[1:]), amounts=None)
    shop.says()
    assert shop.house.drain() == {"conflict": 1}
    assert [f.kind for f in shop.page().findings][-1] == "conflicting_repeat"
