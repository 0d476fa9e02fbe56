"""The worker as `datong worker` runs it: what nobody asks for by a call comes about by itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from datong.inventory.api import receive
from datong.inventory.types import StockRow
from datong.kernel.db import execute, in_brand
from datong.kernel.jobs import Job
from datong.kernel.worker import Worker
from datong.orders.tests.conftest import Shop, open_shop, sound
from datong.payments.types import PaymentMethod
from datong.site.wiring import worker

BOUND_S = 60


@contextmanager
def working(one: Worker) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=one.run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(BOUND_S)
        assert not thread.is_alive()


def state(shop: Shop, order: Any, wanted: str) -> str:
    """The state of an order when it has become `wanted`, or at the end of waiting."""
    until = time.monotonic() + BOUND_S
    while (found := str(shop.page(order).state)) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.mark.requirement("S-146")
def test_the_worker_serves_who_waits_and_lets_go_of_what_nobody_paid_though_a_job_fails(
    committed_db: str, make_brand: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shop = open_shop(make_brand())
    waiting = shop.place_one(("TEA", 11))  # each of the two stores has 10
    unpaid = shop.place_one(("CUP", 2), payment=PaymentMethod.PREPAID)
    assert (waiting.state, unpaid.state, shop.stock("CUP").reserved) == ("backorder", "assigned", 2)
    receive(shop.brand.id, [StockRow(shop.far.id, shop.items["TEA"].id, 5)])
    with in_brand(shop.brand.id):
        sql = "UPDATE inventory_hold SET expires_at = now() - interval '1 second' WHERE brand_id = %s AND order_id = %s"
        assert execute(sql, [shop.brand.id, unpaid.order_id]) == 1
    one = worker([shop.brand.slug])

    def fail(brand: UUID) -> None:
        raise ValueError("no luck")

    one.jobs = (Job("test.fails", 0.1, fail), *one.jobs)
    with caplog.at_level(logging.ERROR), working(one):
        assert state(shop, waiting, "assigned") == "assigned"
        assert state(shop, unpaid, "cancelled") == "cancelled"
    assert (shop.page(waiting).store_id, shop.stock("CUP").reserved) == (shop.far.id, 0)
    assert {(r.message, getattr(r, "job", "")) for r in caplog.records} == {("job failed", "test.fails")}
    sound(shop)


def test_a_long_job_holds_up_neither_orders_nor_quick_jobs(committed_db: str, make_brand: Any) -> None:
    shop, held = open_shop(make_brand()), threading.Event()
    unpaid = shop.place_one(("CUP", 2), payment=PaymentMethod.PREPAID)
    one = worker([shop.brand.slug])
    one.jobs = (Job("test.takes_an_hour", 3600, lambda brand: held.wait(BOUND_S) and None, long=True), *one.jobs)
    with in_brand(shop.brand.id):
        sql = "UPDATE inventory_hold SET expires_at = now() - interval '1 second' WHERE brand_id = %s AND order_id = %s"
        assert execute(sql, [shop.brand.id, unpaid.order_id]) == 1
    with working(one):
        try:
            waiting = shop.place_one(("TEA", 11))
            receive(shop.brand.id, [StockRow(shop.far.id, shop.items["TEA"].id, 5)])
            assert state(shop, unpaid, "cancelled") == "cancelled" and state(shop, waiting, "assigned") == "assigned"
            assert not held.is_set()
        finally:
            held.set()


def test_no_job_is_declared_twice_and_every_module_that_declares_some_is_heard() -> None:
    names = [job.name for job in worker().jobs]
    assert sorted(names) == [
        "books.companies", "customers.erase", "customers.forget_looks", "customers.sweep_sign_ins",
        "fulfilment.dispatch", "fulfilment.forget_positions", "fulfilment.raise_late",
        "insight.value_customers",
        "inventory.back_when_due", "inventory.expire", "ledger.expire_holds", "ledger.seal", "ledger.verify",
        "matching.nightly", "merchants.adopt", "merchants.adverts",
        "merchants.draft_due", "orders.end_unpaid", "orders.retry_waiting", "orders.sweep_baskets",
        "orders.take_defaults",
        "purchasing.coverage", "shadow.daily",
        "sync.prices", "sync.reconcile", "wallet.coupons", "wallet.groups", "wallet.lapse_points", "wallet.lapse_tiers",
        "wallet.packets",
        "wallet.stored_value",
        "wallet.vouchers",
    ]  # fmt: skip
