"""Cash at the door: the order is paid, the courier owes the money until a store has it, and the books balance."""

from __future__ import annotations

from datong.fulfilment.types import Courier
from datong.kernel.ids import uuid7
from datong.ledger.api import balances
from datong.orders import api
from datong.orders.tests.conftest import sound


def books(shop) -> dict[str, int]:
    nets = {b.account.code: b.credits_minor - b.debits_minor for b in balances(shop.brand.id)}
    return {code: net for code, net in nets.items() if net}


def test_cash_from_the_door_stands_with_the_courier_until_it_is_handed_in(shop):
    order = shop.place_one(("TEA", 2))
    kim = Courier(uuid7(), "Kim")
    said = {"amount_minor": 1000, "task_id": uuid7(), "courier_id": kim.id, "store_id": shop.near.id,
            "brand": shop.brand.id}  # fmt: skip
    api.take_courier_cash(order.order_id, **said)
    assert shop.page(order).paid
    assert books(shop) == {f"asset:cash:courier:{kim.id.hex}": -1000, "liability:sales": 1000}
    api.store_courier_cash(order.order_id, **said)
    assert books(shop) == {"asset:till:web": -1000, "liability:sales": 1000}
    sound(shop)


def test_what_was_paid_online_meanwhile_is_questioned_and_the_courier_owes_the_cash(shop):
    order = shop.place_one(("TEA", 2))
    api.pay(order.order_id, amount_minor=1000, provider_ref="ch_1", brand=shop.brand.id, who="provider")
    kim = uuid7()
    api.take_courier_cash(order.order_id, amount_minor=1000, task_id=uuid7(), courier_id=kim, store_id=shop.near.id,
                          brand=shop.brand.id)  # fmt: skip
    assert books(shop)[f"asset:cash:courier:{kim.hex}"] == -1000
