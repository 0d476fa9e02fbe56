"""How an order came is kept with it and is no part of what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind
from datong.kernel.ids import uuid7
from datong.orders.rules import intent_hash
from datong.orders.types import Contact, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod


def test_an_order_taken_before_there_were_entries_is_known_again():
    old = OrderIntent(
        UUID(int=7),
        "w-1",
        datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "USD",
        (IntentLine(1, "CUP", 2),),
        FulfilmentKind.PICKUP,
        PaymentMethod.PREPAID,
        store_code="NEAR",
        contact=Contact("Ann"),
    )
    assert intent_hash(old).hex() == "d616d8c94b255b574f56a87f1086fe5c79552c19aebbf38fdab1e0b197f77b36"


def test_how_an_order_came_does_not_count_in_its_hash_which_is_that_of_before(shop):
    plain = shop.intent(external_id="w-1")
    came = replace(plain, entry_id=uuid7(), visit_id=uuid7(), associate="mia")
    assert intent_hash(plain) == intent_hash(came) != intent_hash(replace(plain, note="no sugar"))


def test_an_order_keeps_its_associate_and_the_same_order_without_is_the_same(shop):
    first = shop.intent(external_id="w-2", associate="mia")
    (taken,) = shop.place(first)
    (again,) = shop.place(replace(first, associate="", entry_id=uuid7()))
    assert (again.order_id, again.repeat) == (taken.order_id, True)
    assert shop.page(taken).associate == "mia"
