"""SC-01, the basic loop: paid online in advance, had in the store, seen by the merchant at once, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from datong.access.types import Role
from datong.brand.types.entries import EntryType
from datong.fulfilment import api as fulfilment
from datong.integration.local.payproviders import LocalStripe
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.types import OrderState
from datong.orders.types.ways import Loop
from datong.payments import api as payments
from datong.payments.types.online import Provider
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
PHONE = "+16125550104"


@pytest.fixture
def stripe(doors: Doors) -> Iterator[LocalStripe]:
    """The provider, speaking its protocol on this machine, and the brand's account there."""
    with LocalStripe() as server:
        put = {"secrets": server.secrets, "base_url": server.url}
        payments.put_provider(Provider.STRIPE, brand=doors.brand, by="kim", **put)  # type: ignore[arg-type]
        yield server


@pytest.mark.requirement("SC-01", "S-154", "S-155", "S-156", "S-171", "S-177", "S-266")
def test_sc_01_paid_online_had_in_the_store_tracked_and_closed(doors: Doors, stripe: LocalStripe) -> None:
    begun = clock.now() - timedelta(minutes=1)
    customer = doors.logged_in(PHONE)
    customer.get(f"/q/{doors.entry(EntryType.SOCIAL, 'WeChat menu', store_id=None).code}", follow=True)
    # 1 the customer looks, chooses and buys on the online platform: an order with its source
    order = doors.buy(customer, pay="stripe", phone=PHONE)
    assert (order.channel_id, order.paid, order.store_id) == (doors.channel, False, doors.house.near.id)

    # 2 and pays there in advance: a payment, and the right to have it, a code
    (intent,) = payments.intents_of(doors.brand, [order.id])
    stripe.pay(intent.ref)
    headers, body = stripe.notice(intent.ref)
    url = reverse("pay-hook", args=[doors.house.brand.slug, "stripe"])
    mark = {"Stripe-Signature": headers["stripe-signature"]}
    assert Client().post(url, body, content_type="application/json", headers=mark).status_code == 200
    doors.hear()
    order = orders.order_page(doors.brand, order.id)
    assert order.paid
    (calling,) = fulfilment.callings_of(doors.brand, [order.id]).values()
    assert _loop(doors, order.number, begun) is Loop.PAID  # and not used: the open loops list it
    assert order.number in doors.staff().get("/flows/").content.decode()

    # 3 goes to the store and has it; the code is worth it once
    store = doors.staff(Role.STORE)
    for to in ("accepted", "ready"):
        store.post("/store/step/", {"store": "NEAR", "to": to, "task": [str(calling.task_id)]})
    form = {"store": "NEAR", "number": calling.said, "code": calling.code}
    assert store.post("/store/hand/", {**form, "code": "000000"}).status_code == 422
    assert store.post("/store/hand/", form).status_code == 302
    assert store.post("/store/hand/", form).status_code == 422, "a second time it is refused"
    doors.hear()

    # 4 the merchant follows it as it happens
    effect = orders.effect(doors.brand, begun, clock.now() + timedelta(minutes=1))
    assert (effect.orders, effect.paid, effect.used) == (1, 1, 1)
    # 5 and the loop is closed
    assert orders.order_page(doors.brand, order.id).state == OrderState.COMPLETED
    assert _loop(doors, order.number, begun) is Loop.CLOSED


def _loop(doors: Doors, number: str, begun: object) -> Loop | None:
    later = clock.now() + timedelta(minutes=1)
    every = [row for loop in Loop for row in orders.loops(doors.brand, begun, later, loop=loop)]  # type: ignore[arg-type]
    return next((row.loop for row in every if row.number == number), None)
