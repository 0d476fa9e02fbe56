"""The business day: where it ends, what a change moves and what it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.access.api import assign, create_user, staff_of
from datong.access.types import Role
from datong.brand.api import always_open, put_stores
from datong.brand.types import Store
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.types import LATEST, BusinessDays, DayEnd, PostingRule

DAY = date(2026, 11, 23)
BAR = uuid7()
SHANGHAI, CHICAGO = "Asia/Shanghai", "America/Chicago"


def at(text: str, zone: str = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def days(*ends: DayEnd, zone: str = SHANGHAI) -> BusinessDays:
    listed: dict[Any, tuple[DayEnd, ...]] = {}
    for end in sorted(ends, key=lambda end: end.valid_from, reverse=True):
        listed[end.store_id] = (*listed.get(end.store_id, ()), end)
    return BusinessDays(ZoneInfo(zone), listed)


@pytest.mark.parametrize(
    ("moment", "day", "bar"),
    [
        ("2026-11-23 23:59:59", 23, 23),
        ("2026-11-24 00:00:00", 24, 23),
        ("2026-11-24 03:59:59", 24, 23),
        ("2026-11-24 04:00:00", 24, 24),
        ("2026-11-24 12:00:00", 24, 24),
    ],
)
def test_what_a_restaurant_sells_until_four_belongs_to_the_day_before(moment, day, bar):
    told = days(DayEnd(BAR, 4, date(2026, 1, 1), SHANGHAI))
    assert told.business_date(at(moment)).day == told.business_date(at(moment), uuid7()).day == day
    assert told.business_date(at(moment), BAR).day == bar
    assert told.today_of_all(at(moment)) == (date(2026, 11, min(day, bar)), date(2026, 11, max(day, bar)))


def test_the_night_the_clocks_go_back_and_the_one_they_go_forward_each_have_one_end():
    two = days(DayEnd(None, 2, date(2026, 1, 1)), zone=CHICAGO)
    assert two.business_date(at("2026-03-08 01:59:59", CHICAGO)) == date(2026, 3, 7)
    assert two.business_date(at("2026-03-08 03:00:00", CHICAGO)) == date(2026, 3, 8), "there is no two o'clock"
    one = days(DayEnd(None, 1, date(2026, 1, 1)), zone=CHICAGO)
    assert one.business_date(at("2026-11-01 00:59:59", CHICAGO)) == date(2026, 10, 31)
    assert one.business_date(at("2026-11-01 01:00:00", CHICAGO)) == date(2026, 11, 1)
    assert one.business_date(at("2026-11-01 01:30:00", CHICAGO, fold=1)) == date(2026, 11, 1), "it is not open again"
    length = one.day_begins(date(2026, 11, 2)) - one.day_begins(date(2026, 11, 1))
    assert length == timedelta(hours=25)


def test_a_store_goes_by_its_own_clock_and_without_a_word_as_the_brand():
    told = days(DayEnd(None, 3, date(2026, 1, 1)), DayEnd(BAR, 5, DAY, CHICAGO), DayEnd(BAR, None, date(2026, 12, 1)))
    assert told.ending(date(2026, 11, 22), BAR) == (3, ZoneInfo(SHANGHAI))
    assert told.ending(DAY, BAR) == (5, ZoneInfo(CHICAGO))
    assert told.ending(date(2026, 12, 1), BAR) == told.ending(DAY) == (3, ZoneInfo(SHANGHAI))
    assert told.day_begins(DAY, BAR) == at("2026-11-23 03:00"), "what was agreed for the day before"
    assert told.day_begins(date(2026, 11, 24), BAR) == at("2026-11-24 05:00", CHICAGO)


hours = st.integers(0, LATEST)
changes = st.lists(st.tuples(st.sampled_from([None, BAR]), st.none() | hours, st.integers(-20, 20)), max_size=6)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(changes, st.sampled_from([SHANGHAI, CHICAGO, "America/Havana", "Pacific/Apia"]), st.integers(0, 40 * 96))
def test_every_moment_is_in_one_day_days_only_go_forward_and_a_change_moves_no_day_before_it(made, zone, step):
    ends = [DayEnd(who, h, DAY + timedelta(n), zone) for who, h, n in made if who is not None or h is not None]
    told, moment = days(*ends, zone=zone), datetime(2026, 10, 20, tzinfo=UTC) + timedelta(minutes=15 * step)
    for who in (None, BAR):
        day = told.business_date(moment, who)
        assert told.business_date(moment + timedelta(minutes=15), who) >= day
        assert told.day_begins(day, who) <= moment < told.day_begins(day + timedelta(days=1), who)
        changed = days(*ends, DayEnd(who, 7, day + timedelta(days=1), zone), zone=zone)
        assert changed.business_date(moment, who) == day
        assert changed.day_begins(day + timedelta(days=1), who) == told.day_begins(day + timedelta(days=1), who)


@pytest.fixture
def bar(db: Any, make_brand: Any) -> Any:
    brand = make_brand(timezone=SHANGHAI)
    store = Store(uuid7(), "BAR", "Bar", Point(121.4, 31.2), "上海", always_open(), SHANGHAI)
    put_stores(brand.id, [store])
    return brand, store


NOON = at("2026-11-23 12:00").astimezone(UTC)


@pytest.mark.requirement("S-214")
def test_the_end_of_the_day_is_set_from_a_day_that_has_not_begun_with_its_trail(bar):
    brand, store = bar
    with clock.held_at(NOON):
        first = api.first_day_of(brand.id, store.id)
        assert first == api.first_day_of(brand.id) == date(2026, 11, 24)
        made = api.put_day_end(brand.id, 4, first, by="fin", store_id=store.id, reason="open until two")
        assert api.put_day_end(brand.id, 4, first, by="fin", store_id=store.id) == made
        api.put_day_end(brand.id, 1, date(2026, 12, 1), by="fin")
    api.forget_rulebook(brand.id)
    book = api.rulebook(brand.id)
    night = [at(f"2026-11-{day} 02:00") for day in (24, 25)]
    assert [book.business_date(moment, store.id).day for moment in night] == [24, 24], "the 24th is 28 hours long"
    assert [book.business_date(moment).day for moment in night] == [24, 25]
    entries = audit.page(brand.id, verb="business_day").entries
    assert [(e.subject, e.after["hour"], e.reason) for e in entries] == [
        ("business day", 1, ""),
        (f"business day of store {store.id}", 4, "open until two"),
    ]


def test_what_cannot_be_set_is_refused_with_the_field(bar):
    brand, store = bar
    late = at("2026-11-23 23:55").astimezone(UTC)
    for moment, hour, day, who, fields in (
        (NOON, 12, 24, None, ["hour"]),
        (NOON, -1, 24, None, ["hour"]),
        (NOON, None, 24, None, ["hour"]),
        (NOON, 4, 23, store.id, ["valid_from"]),
        (late, 4, 24, store.id, ["valid_from"]),
        (NOON, True, 22, None, ["hour", "valid_from"]),
    ):
        with clock.held_at(moment), pytest.raises(BadInput) as caught:
            api.put_day_end(brand.id, hour, date(2026, 11, day), by="fin", store_id=who)
        assert [problem.field for problem in caught.value.problems] == fields
    with clock.held_at(NOON), pytest.raises(NotFound):
        api.put_day_end(brand.id, 4, date(2026, 11, 24), by="fin", store_id=uuid7())


def test_while_it_is_still_yesterday_at_a_store_nothing_is_closed_over_it_and_rules_begin_after_the_last(bar):
    brand, store = bar
    with clock.held_at(NOON):
        api.put_day_end(brand.id, 4, date(2026, 11, 24), by="fin", store_id=store.id)
    api.forget_rulebook(brand.id)
    user = create_user(f"o@{brand.slug}", name="o")
    assign(brand.id, user, Role.FINANCE, by="test", store_ids=[])
    owner = staff_of(user, brand.id)
    with clock.held_at(at("2026-11-25 01:00").astimezone(UTC)):
        with pytest.raises(BadValue, match="before 2026-11-24"):
            api.ask_period(brand.id, date(2026, 11, 24), by=owner, reason="month end")
        assert api.first_day(brand.id) == date(2026, 11, 26)
        with pytest.raises(BadInput):
            api.put_rule(brand.id, PostingRule("receivable", "asset:guests", "", date(2026, 11, 25)), by="fin")
    with clock.held_at(at("2026-11-25 05:00").astimezone(UTC)):
        api.ask_period(brand.id, date(2026, 11, 24), by=owner, reason="month end")
