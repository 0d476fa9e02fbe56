"""The outbox loses nothing, applies nothing twice and keeps the order of each aggregate."""

import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from datong.kernel import outbox, relay
from datong.kernel.db import as_relay, execute, in_brand, rows
from datong.kernel.ids import uuid7


@dataclass(frozen=True)
class Counted:
    name: ClassVar[str] = "test.counted"
    version: ClassVar[int] = 1
    aggregate: UUID
    n: int


def consumer(handler, name="test"):
    return relay.Consumer(name, handler)


def deliver_all(brand_id, one, seconds=20):
    """Deliver until nothing is left; an open write transaction anywhere in the cluster holds the horizon back."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (brand_id, one.name) in relay.work():
            relay.deliver(brand_id, one, limit=50)
        elif horizon_passed(brand_id, one):
            return
        else:
            time.sleep(0.02)
    raise AssertionError("the relay did not get through")


def horizon_passed(brand_id, one):
    with in_brand(brand_id):
        return rows(
            "SELECT NOT EXISTS (SELECT 1 FROM kernel_outboxevent o JOIN kernel_cursor c USING (brand_id, lane)"
            " WHERE c.consumer = %s AND (o.xid, o.id) > (c.xid, c.last))",
            [one.name],
        )[0][0]


def test_an_event_is_written_with_its_transaction_or_not_at_all(brand):
    with pytest.raises(ZeroDivisionError), in_brand(brand.id):
        outbox.emit(Counted(uuid7(), 1))
        raise ZeroDivisionError
    with in_brand(brand.id):
        assert rows("SELECT count(*) FROM kernel_outboxevent WHERE name = 'test.counted'") == [(0,)]


def test_events_cannot_be_emitted_outside_a_brand(db):
    with pytest.raises(RuntimeError, match="not inside a brand"):
        outbox.emit(Counted(uuid7(), 1))


def test_nothing_is_skipped_however_late_a_transaction_commits(committed_db, make_brand):
    """A reader by sequence would pass over what an older transaction commits later."""
    brand = make_brand()
    got = []
    one = consumer(lambda events: got.extend(e.payload["n"] for e in events))
    relay.enrol(brand.id, [one])
    early_is_open, go_on = threading.Event(), threading.Event()

    def early():
        with in_brand(brand.id):
            outbox.emit(Counted(uuid7(), 1))
            early_is_open.set()
            go_on.wait(10)
        connections.close_all()

    thread = threading.Thread(target=early)
    thread.start()
    early_is_open.wait(10)
    with in_brand(brand.id):
        outbox.emit(Counted(uuid7(), 2))
    relay.deliver(brand.id, one)
    assert got == []  # the later event waits behind the open transaction
    go_on.set()
    thread.join()
    deliver_all(brand.id, one)
    assert sorted(got) == [1, 2]


@pytest.mark.requirement("S-63")
def test_four_writers_and_three_readers_apply_each_event_once_in_the_order_of_its_aggregate(
    committed_db, make_brand, in_parallel
):
    brand = make_brand()
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE applied (aggregate uuid, n int, at serial)")
        cursor.execute("GRANT ALL ON applied, applied_at_seq TO PUBLIC")

    def apply(events):
        for event in events:
            execute("INSERT INTO applied (aggregate, n) VALUES (%s, %s)", [event.aggregate, event.payload["n"]])

    one = consumer(apply)
    relay.enrol(brand.id, [one])
    left_lock = threading.Lock()
    roles = iter(["write"] * 4 + ["read"] * 3)

    def work():
        with left_lock:
            role = next(roles)
        if role == "read":
            for _ in range(150):
                relay.deliver(brand.id, one, limit=7)
                time.sleep(0.005)
            return
        mine = [uuid7() for _ in range(5)]
        for n in range(60):
            with in_brand(brand.id):
                outbox.emit(*(Counted(aggregate, n) for aggregate in mine))
                time.sleep(random.random() / 500)
                if random.random() < 0.1:
                    transaction.set_rollback(True)

    in_parallel(7, work)
    deliver_all(brand.id, one)
    order = defaultdict(list)
    for aggregate, n in rows("SELECT aggregate, n FROM applied ORDER BY at"):
        order[aggregate].append(n)
    with in_brand(brand.id):
        written = dict(
            rows("SELECT aggregate, count(*) FROM kernel_outboxevent WHERE name = 'test.counted' GROUP BY 1")
        )
    assert {a: len(ns) for a, ns in order.items()} == written
    assert all(ns == sorted(set(ns)) for ns in order.values())


def test_an_event_that_cannot_be_applied_is_set_aside_and_the_others_go_on(committed_db, make_brand):
    brand = make_brand()
    got = []

    def handle(events):
        for event in events:
            if event.payload["n"] == 2:
                raise ValueError("no such order")
        got.extend(e.payload["n"] for e in events)

    one = consumer(handle)
    relay.enrol(brand.id, [one])
    with in_brand(brand.id):
        outbox.emit(*(Counted(uuid7(), n) for n in range(4)))
    deliver_all(brand.id, one)
    with in_brand(brand.id):
        dead = rows("SELECT consumer, name, reason FROM kernel_deadletter")
    assert sorted(got) == [0, 1, 3]
    assert dead == [("test", "test.counted", "ValueError('no such order')")]


@pytest.mark.parametrize(
    ("sql", "buried"),
    [
        ("INSERT INTO kernel_cursor SELECT * FROM kernel_cursor RETURNING lane", True),  # a row that is there already
        ("SELECT 1 / 0", True),
        ("SELECT pg_terminate_backend(pg_backend_pid())", False),
    ],
)
def test_what_a_constraint_refuses_is_set_aside_and_what_the_database_lost_comes_again(
    committed_db, make_brand, sql, buried
):
    brand = make_brand()
    one = consumer(lambda events: rows(sql))
    relay.enrol(brand.id, [one])
    with in_brand(brand.id):
        outbox.emit(Counted(uuid7(), 1))
    if buried:
        deliver_all(brand.id, one)
    else:
        with pytest.raises(OperationalError):
            deliver_all(brand.id, one)
        connections.close_all()
    with in_brand(brand.id):
        assert rows("SELECT count(*) FROM kernel_deadletter") == [(int(buried),)]


def test_when_the_worker_dies_before_its_commit_the_events_come_again(committed_db, make_brand):
    brand = make_brand()
    seen = []

    class PowerCutError(BaseException):
        pass

    def handle(events):
        seen.append([e.payload["n"] for e in events])
        if len(seen) == 1:
            raise PowerCutError

    one = consumer(handle)
    relay.enrol(brand.id, [one])
    with in_brand(brand.id):
        outbox.emit(Counted(uuid7(), 7))
    with pytest.raises(PowerCutError):
        deliver_all(brand.id, one)
    deliver_all(brand.id, one)
    assert seen == [[7], [7]]


def test_after_a_restore_the_unread_is_read_and_the_read_is_not(committed_db, make_brand):
    brand = make_brand()
    got = []
    one = consumer(lambda events: got.extend(e.payload["n"] for e in events))
    relay.enrol(brand.id, [one])
    aggregate = uuid7()
    with in_brand(brand.id):
        outbox.emit(Counted(aggregate, 1))
    deliver_all(brand.id, one)
    with in_brand(brand.id):
        outbox.emit(Counted(aggregate, 2))
    with connections["owner"].cursor() as cursor:  # as if the rows came from a cluster that was far ahead
        cursor.execute("UPDATE kernel_outboxevent SET xid = (xid::text::bigint + 1000000000)::text::xid8")
        cursor.execute(
            "UPDATE kernel_cursor SET xid = (xid::text::bigint + 1000000000)::text::xid8 WHERE xid > '0'::xid8"
        )
        with transaction.atomic(using="owner"):
            outbox.restamp(cursor)
    deliver_all(brand.id, one)
    assert got == [1, 2]


def test_the_relay_role_finds_work_of_every_brand_but_reads_nothing_else(committed_db, make_brand):
    brands = [make_brand(), make_brand()]
    one = consumer(lambda events: None)
    for brand in brands:
        relay.enrol(brand.id, [one])
        with in_brand(brand.id):
            outbox.emit(Counted(uuid7(), 1))
    until = time.monotonic() + 10
    while len(relay.work()) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert {b for b, _ in relay.work()} == {b.id for b in brands}

    with as_relay(), pytest.raises(DatabaseError, match="permission denied"):
        rows("SELECT count(*) FROM inventory_stock")
