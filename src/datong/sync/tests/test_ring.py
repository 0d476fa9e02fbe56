"""Workers, buttons and comparisons write the same messages at the same time: none waits for the other in a ring."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.kernel.relay import Delivered
from datong.sync import api
from datong.sync.actions.claim import claim
from datong.sync.actions.record import record
from datong.sync.masters.compare import set_master
from datong.sync.masters.types import FieldName, Master
from datong.sync.subscribers import mark_prices
from datong.sync.tests.shops import SKUS, TwoWay
from datong.sync.types import Kind, Outcome, Result

ROUNDS = 25


@pytest.fixture
def many(committed_two_way: TwoWay) -> TwoWay:
    """Sixteen products at both channels, and steps of as many orders."""
    two_way = committed_two_way
    with in_brand(two_way.brand):
        rows(COUNTERPARTS, {"brand": two_way.brand, "items": [uuid7() for _ in range(14)]})
    return two_way


COUNTERPARTS = """
    INSERT INTO sync_counterpart (brand_id, channel_id, item_id, sku, product_ref, variant_ref, stock_ref, title, fault,
                                  found, learned_at)
    SELECT %(brand)s, l.channel_id, i, 'S' || n, 'p' || n, '', '', '', '', '', now()
      FROM sync_link l, unnest(%(items)s::uuid[]) WITH ORDINALITY u(i, n) WHERE l.brand_id = %(brand)s
    RETURNING item_id
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def priced(items: list[UUID], what: str = "catalog.price_changed") -> list[Delivered]:
    payload = {"valid_from": clock.now().isoformat(), "what": "prices"}
    return [Delivered(uuid7(), i, what, 1, {**payload, "item_id": str(i)}, "") for i in items]


def steps(two_way: TwoWay, orders: list[UUID], kind: Kind) -> list[api.Step]:
    return [api.Step(at, kind, one, str(one), {}, clock.now()) for one in orders for at in two_way.links]


def answered(two_way: TwoWay, channel: UUID) -> None:
    """What a worker does without the call: claim, and write that everything was done."""
    if claimed := claim(two_way.brand, channel):
        results = [Result(m.id, Outcome.DONE) for m in claimed.messages]
        record(claimed, [*claimed.known, *results], {m.id: m for m in claimed.messages}, None, dice=0.5)


def doing(two_way: TwoWay, items: list[UUID], orders: list[UUID]) -> Iterator[Callable[[], Any]]:
    """What happens at the same time, one verb a thread, again and again in another order of the same things."""
    rnd = random.Random(4)  # noqa: S311 repeatable

    def mixed(things: list[UUID]) -> list[UUID]:
        return rnd.sample(things, len(things))

    brand, now = two_way.brand, clock.now

    def handed(events: list[Delivered]) -> None:
        with in_brand(brand):
            mark_prices(events)

    def connected() -> None:
        for master in (Master.CHANNEL, Master.DATONG):
            set_master(brand, two_way.at_woo, FieldName.PRICE, master, by="test")

    yield lambda: handed(priced(mixed(items)))
    yield lambda: handed(priced(mixed(items)))
    yield lambda: handed(priced(items[:1], "catalog.put"))
    yield lambda: api.mark_changes(brand, {None: mixed(items)}, at=now())
    yield lambda: api.resend(brand, two_way.at_woo, all_failed=True, by="test")
    yield lambda: api.resume(brand, two_way.at_woo, by="test")
    yield lambda: answered(two_way, two_way.at_woo)
    yield lambda: api.say(brand, steps(two_way, mixed(orders), Kind.ACCEPTED))
    yield lambda: api.say(brand, steps(two_way, mixed(orders), Kind.READY))
    yield lambda: api.say(brand, steps(two_way, mixed(orders), Kind.CANCELLED))
    yield connected


@pytest.mark.requirement("S-62")
def test_nobody_who_writes_messages_waits_in_a_ring(many: TwoWay, in_parallel: Any) -> None:
    """PostgreSQL counts the rings it had to break: none, though eleven verbs write the same rows in random order."""
    with in_brand(many.brand):
        items = [i for (i,) in rows("SELECT DISTINCT item_id FROM sync_counterpart")]
        (before,) = rows(DEADLOCKS)[0]
    assert len(items) == 14 + len(SKUS)
    verbs = iter(list(doing(many, items, [uuid7() for _ in range(8)])))

    def again() -> None:
        verb = next(verbs)
        for _ in range(ROUNDS):
            verb()

    in_parallel(11, again)
    with in_brand(many.brand):
        assert rows(DEADLOCKS)[0][0] == before
