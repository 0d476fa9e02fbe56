"""A dead letter comes back: its event is applied once, however often and from wherever it is asked for."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import connections

from datong.kernel import audit, letters, outbox, relay
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7


@dataclass(frozen=True)
class Counted:
    name: ClassVar[str] = "test.counted"
    version: ClassVar[int] = 1
    aggregate: UUID
    n: int


class Book:
    """A consumer that writes what it gets, and cannot take the numbers in `refused`."""

    def __init__(self, brand_id: UUID) -> None:
        self.brand_id = brand_id
        self.refused = {1, 3}
        self.consumer = relay.Consumer("test", self.handle, frozenset({"test.counted"}))
        relay.enrol(brand_id, [self.consumer])

    def handle(self, events) -> None:
        for event in events:
            execute("INSERT INTO applied (aggregate, n) VALUES (%s, %s)", [event.aggregate, event.payload["n"]])
            if event.payload["n"] in self.refused:
                raise ValueError(f"cannot take {event.payload['n']}")

    def read(self, count: int, seconds: float = 20) -> None:
        """Let the relay hand `count` events over; an open write transaction of the cluster holds it back a while."""
        until = time.monotonic() + seconds
        while count > 0 and time.monotonic() < until:
            did = relay.deliver(self.brand_id, self.consumer)
            count -= did
            if not did:
                time.sleep(0.02)
        assert count == 0

    def again(self) -> list[str]:
        return [tried.reason for tried in letters.hand_over_again(self.brand_id, [self.consumer])]


@pytest.fixture
def book(committed_db, make_brand) -> Book:
    """A book whose relay has read the numbers 0 to 4 and set 1 and 3 aside."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE applied (aggregate uuid, n int, at serial)")
        cursor.execute("GRANT ALL ON applied, applied_at_seq TO PUBLIC")
    made = Book(make_brand().id)
    with in_brand(made.brand_id):
        before = len(rows("SELECT 1 FROM kernel_outboxevent"))
        outbox.emit(*(Counted(uuid7(), n) for n in range(5)))
    made.read(before + 5)
    return made


def applied() -> list[int]:
    return [n for (n,) in rows("SELECT n FROM applied ORDER BY at")]


def settled(brand_id) -> list[bool]:
    with in_brand(brand_id):
        return [done for (done,) in rows("SELECT settled_at IS NOT NULL FROM kernel_deadletter ORDER BY id")]


def test_a_letter_says_who_could_not_take_what_and_why(book):
    assert [(one.consumer, one.name, one.reason) for one in letters.waiting(book.brand_id)] == [
        ("test", "test.counted", "ValueError('cannot take 1')"),
        ("test", "test.counted", "ValueError('cannot take 3')"),
    ]
    first, second = letters.waiting(book.brand_id)
    assert letters.waiting(book.brand_id, limit=1) == [first]
    assert letters.waiting(book.brand_id, after=first.id) == [second]


def test_once_the_cause_is_mended_the_event_is_applied_once_and_the_letter_settled(book):
    assert applied() == [0, 2, 4]
    book.refused = set()
    assert book.again() == ["", ""]
    assert applied() == [0, 2, 4, 1, 3]
    assert settled(book.brand_id) == [True, True]
    assert book.again() == []
    assert (applied(), letters.waiting(book.brand_id)) == ([0, 2, 4, 1, 3], [])


def test_one_that_fails_again_leaves_nothing_behind_stays_and_does_not_stop_the_next(book):
    book.refused = {1}
    with in_brand(book.brand_id):
        execute("UPDATE kernel_deadletter SET reason = 'long ago'")
    assert book.again() == ["ValueError('cannot take 1')", ""]
    assert applied() == [0, 2, 4, 3]
    assert settled(book.brand_id) == [False, True]
    assert [one.reason for one in letters.waiting(book.brand_id)] == ["ValueError('cannot take 1')"]


def test_an_event_that_is_given_up_is_settled_without_effect_and_the_trail_says_why(book):
    first, second = letters.waiting(book.brand_id)
    with pytest.raises(BadValue):
        letters.drop(book.brand_id, first.event_id, by="ada", reason=" ")
    assert letters.drop(book.brand_id, first.event_id, by="ada", reason="booked by hand") == [first]
    assert letters.drop(book.brand_id, first.event_id, by="ada", reason="booked by hand") == []
    assert letters.waiting(book.brand_id) == [second]
    assert applied() == [0, 2, 4]
    [entry] = audit.page(book.brand_id, subject=f"event {first.event_id}").entries
    assert (entry.actor, entry.verb, entry.reason) == ("ada", "event.dropped", "booked by hand")
    assert (entry.before or {})["consumer"] == "test"


def test_four_terminals_at_once_apply_it_once(book, in_parallel):
    book.refused = set()
    took = in_parallel(4, book.again)
    assert sorted(applied()) == [0, 1, 2, 3, 4]
    assert sum(map(len, took)) == 2


def test_a_death_between_effect_and_settlement_undoes_both(book, monkeypatch):
    class PowerCutError(BaseException):
        pass

    def cut():
        raise PowerCutError

    book.refused = set()
    monkeypatch.setattr(letters.clock, "now", cut)
    with pytest.raises(PowerCutError):
        book.again()
    assert applied() == [0, 2, 4]
    monkeypatch.undo()
    assert book.again() == ["", ""]
    assert applied() == [0, 2, 4, 1, 3]


def test_while_a_letter_is_applied_the_relay_leaves_its_lane_alone(book):
    inside, go_on = threading.Event(), threading.Event()

    def slow(events):
        inside.set()
        go_on.wait(10)

    def work():
        list(letters.hand_over_again(book.brand_id, [relay.Consumer("test", slow)]))
        connections.close_all()

    with in_brand(book.brand_id):
        lane = rows("SELECT lane FROM kernel_outboxevent WHERE id = %s", [letters.waiting(book.brand_id)[0].event_id])
    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert inside.wait(10)
        with in_brand(book.brand_id):
            free = rows(relay.LOCK, {"brand": book.brand_id, "consumer": "test"})
    finally:
        go_on.set()
        thread.join()
    assert lane[0] not in free
    assert len(free) == outbox.LANES - 1


def test_a_letter_for_nobody_or_about_nothing_says_so_and_stays(book):
    assert [tried.reason for tried in letters.hand_over_again(book.brand_id, [])] == [
        "this version has no consumer 'test'"
    ] * 2
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('datong.brand', %s, false)", [str(book.brand_id)])
        cursor.execute("DELETE FROM kernel_outboxevent WHERE name = 'test.counted'")
    assert book.again() == ["its event is not in the outbox any more: the month was taken out"] * 2
    assert settled(book.brand_id) == [False, False]


def test_a_brand_sees_and_applies_its_own_letters_only(book, make_brand):
    book.refused = set()
    assert list(letters.hand_over_again(make_brand().id, [book.consumer])) == []
    assert settled(book.brand_id) == [False, False]
