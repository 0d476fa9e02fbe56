"""Money, ids, places, cursors, traces, keys: the ground everything stands on."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel import clock, locks, partitions, trace
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.geo import Point, distance_m, within
from datong.kernel.ids import time_of, uuid7, uuid7_floor
from datong.kernel.money import Money, minor_of, part_minor, split_minor
from datong.kernel.once import once
from datong.kernel.pages import read_cursor, write_cursor

MINOR = st.integers(-(10**15), 10**15)


def test_money_of_two_currencies_does_not_add():
    with pytest.raises(BadValue, match="two currencies"):
        Money(1, "USD") + Money(1, "CNY")


@pytest.mark.parametrize("wrong", [1.0, True, "1", Decimal(1)])
def test_money_is_whole_minor_units_only(wrong):
    with pytest.raises(TypeError):
        Money(wrong, "USD")


def test_a_float_never_becomes_an_amount():
    with pytest.raises(BadValue, match="float"):
        minor_of(12.5, "USD")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.50", "USD", 1250), ("-0.01", "CNY", -1), ("1250", "JPY", 1250), ("1.234", "BHD", 1234), (7, "USD", 700)],
)
def test_decimals_are_read_exactly_by_the_currencys_own_digits(text, currency, minor):
    assert minor_of(text, currency) == minor


@pytest.mark.parametrize("text", ["12.505", "NaN", "1e30", "1e99999999", "abc", "", "Infinity"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadValue):
        minor_of(text, "USD")


@given(MINOR, st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_the_parts_of_a_split_are_the_whole(amount, weights):
    parts = split_minor(amount, weights)
    assert sum(parts) == amount
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(MINOR, st.integers(-10_000, 10_000), st.integers(1, 10_000))
def test_a_part_is_rounded_half_away_from_zero(amount, numerator, denominator):
    exact = Decimal(amount * numerator) / denominator
    assert abs(Decimal(part_minor(amount, numerator, denominator)) - exact) <= Decimal("0.5")
    assert part_minor(-amount, numerator, denominator) == -part_minor(amount, numerator, denominator)


def test_money_is_written_as_its_reader_writes_it():
    assert Money(123456, "USD").format("en-US") == "$1,234.56"
    assert Money(123456, "CNY").format("zh-Hans-CN") == "¥1,234.56"
    assert Money(1234, "JPY").format("en-US") == "¥1,234"
    assert Money(1234, "PTS").format("zh-Hans-CN") == "1,234 PTS"


def test_the_revenue_of_the_figures_is_exact_to_the_fen():
    assert Money(10529200000000, "CNY") + Money(1, "CNY") == Money(10529200000001, "CNY")


def test_ids_increase_and_carry_their_time():
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(set(ids)) and all(i.version == 7 and i.variant == "specified in RFC 4122" for i in ids[:10])
    assert before <= time_of(ids[0]) <= datetime.now(UTC)
    assert uuid7_floor(before) < ids[0]


def test_distance_is_that_of_the_globe():
    # London Heathrow to New York JFK: 5,540 km by the great circle.
    assert abs(distance_m(Point(-0.4543, 51.4700), Point(-73.7781, 40.6413)) - 5_540_000) < 15_000


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_square_contains_what_is_inside_it(x, y):
    square = [Point(-0.5, -0.5), Point(0.5, -0.5), Point(0.5, 0.5), Point(-0.5, 0.5)]
    if abs(abs(x) - 0.5) > 1e-9 and abs(abs(y) - 0.5) > 1e-9:
        assert within(square, Point(x, y)) == (abs(x) < 0.5 and abs(y) < 0.5)


def test_a_partition_is_a_month_and_the_year_turns():
    december = datetime(2026, 12, 15, 12, tzinfo=UTC)
    assert [partitions.month(december, n).strftime("%Y-%m") for n in range(3)] == ["2026-12", "2027-01", "2027-02"]


@given(st.uuids())
def test_a_cursor_comes_back_as_its_key(key):
    assert read_cursor(write_cursor(key)) == key


@pytest.mark.parametrize("text", ["x", "!!!!", "AAAA"])
def test_a_cursor_of_somebody_elses_making_is_refused(text):
    with pytest.raises(BadValue):
        read_cursor(text)


def test_a_trace_is_continued_and_a_malformed_one_begins_anew():
    header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with trace.continued(header) as context:
        assert context.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736" and context.span_id != "00f067aa0ba902b7"
    for bad in ("", "00-0-0-00", header.upper(), "00-" + "0" * 32 + "-" + "0" * 16 + "-01"):
        with trace.continued(bad) as context:
            assert context.trace_id != "4bf92f3577b34da6a3ce929d0e0e4736" and set(context.trace_id) != {"0"}


def test_the_clock_can_be_held():
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    with clock.held_at(moment):
        assert clock.now() == moment
    assert clock.now() > moment - timedelta(days=10_000)


def test_a_repeated_call_is_carried_out_once_and_another_under_its_key_is_a_conflict(brand):
    done = []

    def work():
        done.append(1)
        return {"n": len(done)}

    with in_brand(brand.id):
        assert [once("s", "k", {"a": 1}, work) for _ in range(3)] == [{"n": 1}] * 3
        with pytest.raises(Conflict):
            once("s", "k", {"a": 2}, work)
        assert once("s", "", {"a": 1}, work) == {"n": 2}
        assert once("other", "k", {"a": 1}, work) == {"n": 3}


def test_a_key_used_at_the_same_moment_is_carried_out_once(committed_db, make_brand, in_parallel):
    brand = make_brand()
    done = []
    guard = threading.Lock()

    def work():
        with guard:
            done.append(1)
        return len(done)

    def call():
        with in_brand(brand.id):
            return once("s", "k", None, work)

    assert in_parallel(6, call) == [1] * 6 and done == [1]


def test_locks_are_taken_inside_a_transaction_and_in_one_order(committed_db, make_brand, in_parallel):
    brand = make_brand()
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        locks.take("a")
    turn = iter([("a", "b"), ("b", "a")] * 3)
    guard = threading.Lock()

    def both():
        with guard:
            names = next(turn)
        for _ in range(20):
            with in_brand(brand.id):
                locks.take(*names)
        return True

    assert in_parallel(6, both) == [True] * 6


def test_a_lock_somebody_has_is_not_waited_for(committed_db, make_brand):
    brand = make_brand()
    got = []

    def other():
        with in_brand(brand.id):
            got.append(locks.try_take("a"))
        connections.close_all()

    with in_brand(brand.id):
        assert locks.try_take("a")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert got == [False]
