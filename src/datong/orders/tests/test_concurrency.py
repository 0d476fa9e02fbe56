"""Every operation runs at the same time as itself; the rows afterwards say what happened."""

import itertools
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from datong.brand.api import put_stores
from datong.fulfilment.api import tasks_of
from datong.kernel import relay
from datong.kernel.db import in_brand
from datong.kernel.tests.test_outbox import deliver_all
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.subscribers import CONSUMERS
from datong.orders.tests.conftest import phone, sound
from datong.orders.types import Accepted, OrderState
from datong.site.testing.databases import url_of


@pytest.mark.requirement("S-146", "S-161")
def test_eight_doors_race_for_the_last_units_and_each_unit_is_promised_once(committed_shop, in_parallel):
    shop = committed_shop
    numbers = itertools.count()
    guard = threading.Lock()

    def door():
        states = []
        for _ in range(6):
            with guard:
                intent = shop.intent(("TEA", 1), ("CUP", 1), external_id=f"T-{next(numbers)}")
            states += [o.state for o in shop.place(intent)]
        return states

    states = [state for result in in_parallel(8, door) for state in result]
    assert states.count(OrderState.ASSIGNED) == 20 and states.count(OrderState.BACKORDER) == 28
    assert shop.stock("TEA").reserved == shop.stock("TEA", shop.far).reserved == 10
    sound(shop)


def test_the_same_order_through_eight_doors_at_once_is_one_order(committed_shop, in_parallel):
    shop = committed_shop
    intents = [
        shop.intent(("TEA", 1), external_id=f"SAME-{n}", identities=(phone(f"+161255520{n:02}"),)) for n in range(5)
    ]
    outcomes = [o for result in in_parallel(8, lambda: shop.place(*intents)) for o in result]
    assert all(isinstance(o, Accepted) for o in outcomes)
    assert len({o.order_id for o in outcomes}) == 5 and sum(not o.repeat for o in outcomes) == 5
    assert shop.stock("TEA").reserved == 5
    sound(shop)


def test_tills_and_web_orders_in_mixed_batches_neither_deadlock_nor_lose_anything(committed_shop, in_parallel):
    shop = committed_shop
    numbers = itertools.count()
    guard = threading.Lock()

    def door():
        for _ in range(5):
            with guard:
                n = next(numbers)
                lines = [("TEA", 1), ("CUP", 1)][:: 1 if n % 2 else -1]
                batch = [
                    shop.till_sale(*lines, external_id=f"P-{n}", store_code=("NEAR", "FAR")[n % 2]),
                    shop.intent(*lines, external_id=f"O-{n}"),
                ]
            shop.place(*batch)

    in_parallel(6, door)
    assert api.proof(shop.brand.id).orders == 60
    sound(shop)


def test_a_store_never_takes_more_than_its_order_limit(committed_shop, in_parallel):
    shop = committed_shop
    put_stores(shop.brand.id, [replace(shop.near, order_limit=5), replace(shop.far, order_limit=5)])
    supply.forget(shop.brand.id)
    numbers = itertools.count()

    def door():
        return [
            o.state for _ in range(4) for o in shop.place(shop.intent(("FIX", 1), external_id=f"L-{next(numbers)}"))
        ]

    def inside_a_transaction_of_its_own():
        with in_brand(shop.brand.id):  # as the inbox does: what was read is settled with what was placed
            return door()

    doors = iter([door, inside_a_transaction_of_its_own] * 2)
    guard = threading.Lock()

    def either():
        with guard:
            work = next(doors)
        return work()

    states = [state for result in in_parallel(4, either) for state in result]
    assert states.count(OrderState.ASSIGNED) == 10 and states.count(OrderState.BACKORDER) == 6


PROCESS = """
import sys
from datong.site import bootstrap
bootstrap.prepare()
from uuid import UUID
from datong.orders import api
from datong.orders.tests.conftest import HOME
from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.orders.types import *
from datong.payments.types import PaymentMethod
brand, channel, me = UUID(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3]
won = 0
for n in range(12):
    intent = OrderIntent(channel, f"{me}-{n}", clock.now(), "USD", (IntentLine(1, "TEA", 1),), FulfilmentKind.DELIVERY,
                         PaymentMethod.CASH_ON_DELIVERY, destination=Destination(AddressText(), HOME))
    (outcome,) = api.place([intent], brand=brand, actor=me)
    won += outcome.state == "assigned"
print(won)
"""


@pytest.mark.requirement("S-161")
def test_three_processes_with_pictures_of_their_own_sell_each_unit_once(committed_shop, committed_db):
    shop = committed_shop
    env = {**os.environ, "DATABASE_URL": url_of(committed_db)}
    command = [sys.executable, "-W", "ignore", "-c", PROCESS, str(shop.brand.id), str(shop.web)]
    running = [subprocess.Popen([*command, f"door{n}"], env=env, stdout=subprocess.PIPE, text=True) for n in range(3)]
    won = [int(process.communicate(timeout=120)[0]) for process in running]
    assert sum(won) == 20 and all(process.returncode == 0 for process in running)
    sound(shop)


def test_a_clash_at_the_counter_is_sourced_again_by_its_event(committed_shop):
    shop = committed_shop
    online = shop.place_one(("TEA", 6))
    shop.place(shop.till_sale(("TEA", 5)))
    for consumer in (*CONSUMERS, CONSUMERS[0]):
        relay.enrol(shop.brand.id, [consumer])
        deliver_all(shop.brand.id, consumer)
    assert shop.page(online).store_id == shop.far.id
    tasks = tasks_of(shop.brand.id, [online.order_id])
    assert {(t.store_id, t.state.value) for t in tasks} == {(shop.near.id, "cancelled"), (shop.far.id, "new")}
    sound(shop)
