"""An order becomes the delivery note of each store that brings a part of it."""

from __future__ import annotations

import json

import pytest

from datong.fulfilment.api import notes_of, tasks_of
from datong.fulfilment.types import FulfilmentKind, Goods
from datong.kernel.db import in_brand, rows
from datong.kernel.relay import Delivered
from datong.orders.subscribers import hand_to_stores
from datong.orders.tests.conftest import HOME, Shop
from datong.payments.types import PaymentMethod


def hear(shop: Shop) -> None:
    with in_brand(shop.brand.id):
        found = rows("SELECT id, aggregate, name, version, payload::text FROM kernel_outboxevent ORDER BY id")
        hand_to_stores(
            [
                Delivered(id_, aggregate, name, version, json.loads(payload), "")
                for id_, aggregate, name, version, payload in found
                if name.startswith("orders.")
            ]
        )


@pytest.mark.requirement("S-183")
@pytest.mark.requirement("S-184")
@pytest.mark.requirement("S-188")
def test_the_matched_store_gets_a_note_with_the_orders_address_goods_and_cash(shop):
    order = shop.place_one(("TEA", 2), ("CUP", 1), note="ring twice")
    hear(shop)
    (note,), (task,) = notes_of(shop.brand.id, [order.order_id]), tasks_of(shop.brand.id, [order.order_id])
    assert (note.task_id, note.store_id, note.number) == (task.id, shop.near.id, order.number)
    assert (note.address, note.place, note.remark) == ("1 Main St, Minneapolis", HOME, "ring twice")
    assert (note.contact_name, note.contact_phone) == ("Ann Lee", "+16125550100")
    assert note.goods == (Goods("TEA", "Green tea", 2), Goods("CUP", "Cup", 1))
    assert (note.due_minor, note.currency) == (order.total_minor, "USD")
    assert note.distance_m and 700 < note.distance_m < 900


def test_what_is_paid_has_nothing_to_collect_and_what_is_fetched_has_no_note(shop):
    paid = shop.place_one(("TEA", 1), payment=PaymentMethod.PREPAID, paid=True, provider_ref="ch_1")
    fetched = shop.place_one(("TEA", 1), fulfilment=FulfilmentKind.PICKUP, store_code="NEAR", destination=None)
    hear(shop)
    assert [note.due_minor for note in notes_of(shop.brand.id, [paid.order_id])] == [0]
    assert notes_of(shop.brand.id, [fetched.order_id]) == []
