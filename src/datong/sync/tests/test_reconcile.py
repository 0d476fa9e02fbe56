"""A channel's day: the differences that were planted are found, all of them and no other, and they add up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.access.api import create_client
from datong.access.types import Scope
from datong.integration import api as integration
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.sync.inward.pull import pull
from datong.sync.local.orders import LocalOrders
from datong.sync.reconcile import rules
from datong.sync.reconcile.decide import accept, ask, put_totals, read_totals, take_now
from datong.sync.reconcile.make import make_due, make_report
from datong.sync.reconcile.queries import differences, reports
from datong.sync.reconcile.types import DifferenceKind, DifferenceState, Side, Verdict
from datong.sync.tests.world import World, open_world, shopify

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 18, tzinfo=UTC)  # 12:00 in Chicago
LATER = datetime(2026, 11, 21, 18, tzinfo=UTC)
BEGINS, ENDS = rules.day_of(DAY, "America/Chicago")


@pytest.fixture
def world(brand: Any) -> World:
    return open_world(brand)


def _cancel(world: World, external_id: str) -> None:
    with in_brand(world.brand.id):
        execute("UPDATE orders_order SET state = 'cancelled' WHERE external_id = %s", [external_id])


def _planted(world: World, shop: LocalOrders) -> Any:
    """Ten orders, and one difference of each kind."""
    channel = world.connect("shopify", shop.url)
    for n in range(1, 11):
        shop.put(shopify(n, at=NOON + timedelta(minutes=n)), updated_at=NOON + timedelta(minutes=n))
    with clock.held_at(NOON + timedelta(hours=2)):
        pull(world.brand.id, channel)
    late = LATER - timedelta(hours=1)
    broken = [{"id": 1, "sku": "", "quantity": 1, "price": "7.00"}]
    shop.put(shopify(11, at=NOON, total="7.00", line_items=broken), updated_at=late)  # lost and unreadable
    shop.put(shopify(2, at=NOON + timedelta(minutes=2), total="4.00"), updated_at=late)  # refunded in part there
    shop.put(shopify(5, at=datetime(2026, 11, 21, 6, 30, tzinfo=UTC)), updated_at=late)  # 00:30 of the next day
    del shop.orders["6"]
    _cancel(world, "4")
    return channel


@pytest.mark.requirement("S-163")
def test_a_day_equals_the_planted_differences_exactly_to_the_cent(world: World) -> None:
    with LocalOrders("shopify") as shop, clock.held_at(LATER):
        channel = _planted(world, shop)
        pull(world.brand.id, channel, full=True)
        with in_brand(world.brand.id):  # cancelled there, and what the reading handed over is not through yet
            execute("UPDATE sync_theirs SET cancelled = true WHERE external_id = '3'")
        made = make_report(world.brand.id, channel, DAY)
        found = {d.difference.external_id: d.difference for d in differences(world.brand.id, channel, DAY)}
    assert {key: (d.kind.value, d.delta_count, d.delta_minor) for key, d in found.items()} == {
        "11": ("missing_here", 1, 700),
        "2": ("amount_differs", 0, -100),
        "3": ("cancelled_there", -1, -500),
        "4": ("cancelled_here", 1, 500),
        "5": ("other_day", -1, -500),
        "6": ("missing_there", -1, -500),
    }
    assert (made.their_count, made.their_minor, made.our_count, made.our_minor) == (8, 4100, 9, 4500)
    assert sum(d.delta_minor for d in found.values()) == made.delta_minor == -400
    assert sum(d.delta_count for d in found.values()) == made.delta_count == -1
    assert (made.verdict, made.open) == (Verdict.DIFFERS, 6)


@pytest.mark.requirement("S-163")
def test_a_day_is_green_only_when_their_list_was_read_after_it_ended(world: World) -> None:
    with LocalOrders("shopify") as shop:
        channel = world.connect("shopify", shop.url)
        shop.put(shopify(1, at=NOON), updated_at=NOON)
        with clock.held_at(NOON + timedelta(hours=1)):
            pull(world.brand.id, channel)
            assert make_report(world.brand.id, channel, DAY).verdict is Verdict.UNREAD
        with clock.held_at(LATER):
            pull(world.brand.id, channel)
            assert make_report(world.brand.id, channel, DAY).verdict is Verdict.AGREES


@pytest.mark.requirement("S-163")
def test_each_difference_has_one_action_and_what_was_accepted_opens_again_when_it_changes(world: World) -> None:
    with LocalOrders("shopify") as shop, clock.held_at(LATER):
        channel = _planted(world, shop)
        pull(world.brand.id, channel, full=True)
        make_report(world.brand.id, channel, DAY)
        ids = {d.difference.external_id: d.id for d in differences(world.brand.id, channel, DAY)}
        accept(world.brand.id, ids["2"], reason="1.00 given back by the shop", by="ann")
        ask(world.brand.id, ids["6"], question="Who deleted it?", by="ann")
        with pytest.raises(Conflict):
            take_now(world.brand.id, ids["2"], by="ann")
        with pytest.raises(BadValue):
            accept(world.brand.id, ids["4"], reason="  ", by="ann")
        shop.put(shopify(11, at=NOON, total="7.00"), updated_at=LATER)  # mended there
        with pytest.raises(Conflict):
            take_now(world.brand.id, ids["11"], by="ann")  # what we have is still the old, unreadable one
        pull(world.brand.id, channel)
        states = {d.difference.external_id: d.state for d in _again(world, channel)}
        assert "11" not in states
        assert states["2"] is DifferenceState.ACCEPTED and states["6"] is DifferenceState.ASKED
        shop.put(shopify(2, at=NOON + timedelta(minutes=2), total="3.00"), updated_at=LATER)
        pull(world.brand.id, channel)
        assert {d.difference.external_id: d.state for d in _again(world, channel)}["2"] is DifferenceState.OPEN


def _again(world: World, channel: Any) -> Any:
    make_report(world.brand.id, channel, DAY)
    return differences(world.brand.id, channel, DAY)


def test_a_missing_order_is_taken_from_the_page_when_its_entry_can_be_read(world: World) -> None:
    with LocalOrders("shopify") as shop, clock.held_at(LATER):
        channel = world.connect("shopify", shop.url)
        lines = [{"id": 1, "sku": "", "quantity": 1, "price": "5.00"}]
        shop.put(shopify(1, at=NOON, line_items=lines), updated_at=NOON)
        pull(world.brand.id, channel)
        make_report(world.brand.id, channel, DAY)
        (missing,) = differences(world.brand.id, channel, DAY)
        entry = integration.inbox_entry(world.brand.id, missing.inbox_id) if missing.inbox_id else None
        assert entry is not None
        integration.correct(world.brand.id, entry.id, entry.body.replace('"sku": ""', '"sku": "TEA"'), "ann")
        assert make_due(world.brand.id) == 3
        (made,) = [r for r in reports(world.brand.id) if r.day == DAY]
    assert made.verdict is Verdict.AGREES


@pytest.mark.requirement("S-163")
def test_a_till_declares_its_day_and_a_wrong_file_names_row_column_and_fix(world: World) -> None:
    channel = world.connect("shopify", "http://127.0.0.1:9", code="till-1")
    with clock.held_at(LATER):
        text = 'channel,day,orders,amount\ntill-1,2026-11-20,2,"1,010.00"\n'
        assert put_totals(world.brand.id, read_totals(world.brand.id, text), by="ann") == 1
        (made,) = reports(world.brand.id)
        assert (made.their_count, made.their_minor, made.our_count, made.verdict) == (2, 101_000, 0, Verdict.DIFFERS)
        (line,) = differences(world.brand.id, channel, DAY)
        assert (line.difference.kind, line.difference.delta_minor) == (DifferenceKind.TOTAL_DIFFERS, 101_000)
    with pytest.raises(BadInput) as refused:
        read_totals(world.brand.id, "channel,day,orders,amount\nx,2026-11-20,2,1\ntill-1,20/11/2026,a,1.001\n")
    assert [p.field for p in refused.value.problems] == ["/2/channel", "/3/orders"]
    with pytest.raises(BadInput, match="no column day"):
        read_totals(world.brand.id, "channel,date,orders,amount\n")


SIDES = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(
        Side,
        external_id=st.just(""),
        placed_at=st.sampled_from([BEGINS, ENDS - timedelta(seconds=1), ENDS, BEGINS - timedelta(seconds=1)]),
        amount_minor=st.integers(0, 10_000),
        cancelled=st.booleans(),
        counts=st.booleans(),
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(SIDES, SIDES)
def test_the_lines_always_add_up_to_the_difference_of_the_totals(theirs: Any, ours: Any) -> None:
    found = rules.compare(theirs, ours, BEGINS, ENDS)
    t, o = rules.totals(theirs, BEGINS, ENDS), rules.totals(ours, BEGINS, ENDS)
    assert sum(d.delta_count for d in found) == t[0] - o[0]
    assert sum(d.delta_minor for d in found) == t[1] - o[1]
    assert len({d.external_id for d in found}) == len(found)


def test_a_day_is_23_or_25_hours_long_when_the_clock_is_changed() -> None:
    for day, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25)):
        begins, ends = rules.day_of(day, "America/Chicago")
        assert (ends.astimezone(UTC) - begins.astimezone(UTC)) == timedelta(hours=hours)


@pytest.mark.requirement("S-163")
def test_a_machine_reads_the_days_and_what_differs(world: World, client: Any) -> None:
    with LocalOrders("shopify") as shop, clock.held_at(LATER):
        channel = _planted(world, shop)
        pull(world.brand.id, channel, full=True)
        make_report(world.brand.id, channel, DAY)
    key = create_client(world.brand.id, channel, "erp", frozenset({Scope.CHANNELS_READ}), by="ann").key
    head = {"authorization": f"Bearer {key}"}
    (day,) = client.get("/api/v1/reconciliation/shopify", headers=head).json()
    assert (day["day"], day["verdict"], day["open"]) == ("2026-11-20", "differs", 5)
    lines = client.get("/api/v1/reconciliation/shopify/2026-11-20", headers=head).json()
    assert sum(line["delta_minor"] for line in lines) == day["their_minor"] - day["our_minor"]
    assert client.get("/api/v1/reconciliation/nope", headers=head).status_code == 404
