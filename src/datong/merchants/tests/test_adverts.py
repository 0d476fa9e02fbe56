"""Adverts of partners: views counted once, days charged when they are over, no rounding lost, settled to zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger.api import balances, rulebook
from datong.merchants import api
from datong.merchants.rules.adverts import charges, earned
from datong.merchants.tests.conftest import Alliance
from datong.merchants.types import EntryKind
from datong.merchants.types.adverts import Advert, AdvertBasis, AdvertRefused, AdvertState, Counted, View

BY = {"by": "ann"}
FIRST = date(2026, 3, 2)


class Time:
    """Now, on a business day of the brand: at noon unless moved on."""

    def __init__(self, a: Alliance) -> None:
        self.book = rulebook(a.brand).days
        self.now = self.at(api.today(a.brand))

    def at(self, day: date, hours: float = 12) -> datetime:
        return self.book.day_begins(day) + timedelta(hours=hours)

    def to(self, day: date, hours: float = 12) -> None:
        self.now = self.at(day, hours)


@pytest.fixture
def time(alliance: Alliance, monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    held = Time(alliance)
    monkeypatch.setattr(clock, "now", lambda: held.now)
    yield held


def sold(a: Alliance, **fields: Any) -> Advert:
    """Mall buys a banner for ten days from today: 9.99 for a thousand views."""
    advert = Advert(uuid7(), a.mall, "spring", "Spring fair", "web", "home-top", "Come to the fair", "https://mall.example/fair",
                    "en", a.today, a.today + timedelta(days=9), AdvertBasis.VIEWS, 999, a.currency)  # fmt: skip
    return api.put_advert(replace(advert, **fields), brand=a.brand, **BY).advert


def see(a: Alliance, count: int, at: datetime, first: int = 0, key: str = "", code: str = "spring") -> Counted:
    views = [View(code, at, f"browser {n}") for n in range(first, first + count)]
    return api.count_views(views, brand=a.brand, key=key or str(uuid7()))


def books(a: Alliance) -> dict[str, int]:
    codes = ["income:advertising", "expense:advertising"]
    return {b.account.code: b.credits_minor - b.debits_minor for b in balances(a.brand, codes)}


@pytest.mark.requirement("S-206")
def test_a_view_of_a_visitor_counts_once_an_hour_and_a_batch_once(alliance: Alliance, time: Time) -> None:
    a, day = alliance, alliance.today
    advert = sold(a)
    assert see(a, 3, time.now, key="batch") == Counted(3, 0, 0, 0)
    assert see(a, 3, time.now, key="batch") == Counted(3, 0, 0, 0)
    assert see(a, 4, time.now + timedelta(seconds=5)) == Counted(1, 3, 0, 0)
    twice = [View("spring", time.now - timedelta(hours=1), "browser 0")] * 2
    assert api.count_views(twice, brand=a.brand, key="one") == Counted(1, 1, 0, 0)
    assert see(a, 2, time.now - timedelta(hours=25)) == Counted(0, 0, 2, 0)
    assert see(a, 2, time.now + timedelta(hours=1)) == Counted(0, 0, 2, 0)
    assert see(a, 2, time.now, code="nobody's") == see(a, 2, time.at(day, -1)) == Counted(0, 0, 0, 2)
    with pytest.raises(Conflict):
        see(a, 5, time.now, key="batch")
    with pytest.raises(BadInput):
        see(a, 0, time.now)
    report = api.advert_report(a.brand, advert.id)
    assert (report.views, report.earned_minor, report.charged_minor, report.state) == (5, 4, 0, AdvertState.SHOWN)


@pytest.mark.requirement("S-206")
def test_of_a_visitor_nothing_but_a_hash_of_the_day_is_kept_and_that_for_a_day(alliance: Alliance, time: Time) -> None:
    a, day = alliance, alliance.today
    sold(a)
    see(a, 1, time.now)
    time.to(day + timedelta(days=1))
    see(a, 1, time.now)
    kept = "SELECT visitor FROM merchants_advertseen WHERE brand_id = %s"
    with in_brand(a.brand):
        marks = [mark for (mark,) in rows(kept, [a.brand])]
    assert len(set(marks)) == 2 and not any("browser" in mark for mark in marks)
    assert api.forget_views(brand=a.brand) == 0
    time.to(day + timedelta(days=1), 14)
    assert api.forget_views(brand=a.brand) == 1
    assert see(a, 1, time.at(day)) == Counted(0, 0, 1, 0)
    assert sum(d.views for d in api.advert_days(a.brand, api.advert_reports(a.brand)[0].advert.id)) == 2


@pytest.mark.requirement("S-206")
def test_a_day_is_charged_when_it_is_over_and_settled_to_zero(alliance: Alliance, time: Time) -> None:
    a, day = alliance, alliance.today
    advert = sold(a)
    see(a, 150, time.now)
    assert api.charge_adverts(brand=a.brand) == 0
    tomorrow = day + timedelta(days=1)
    time.now = time.book.day_begins(tomorrow) - timedelta(seconds=1)
    assert api.charge_adverts(brand=a.brand) == 0
    time.now = time.book.day_begins(tomorrow)
    assert [api.charge_adverts(brand=a.brand) for _ in range(2)] == [1, 0]
    assert a.owes(a.mall) == 149  # 150 * 9.99 / 1000 = 1.4985
    see(a, 1, time.at(day, 13), first=150)  # late, of the day that was charged
    see(a, 50, time.now, first=200)
    time.to(day + timedelta(days=4))
    assert api.charge_adverts(brand=a.brand) == 1
    assert a.owes(a.mall) == 200  # 201 views: 2.00799
    assert books(a) == {"income:advertising": 200, "expense:advertising": -200}
    found = api.statement(a.brand, a.mall, a.currency, day, a.today)
    assert [(s.kind, s.entries, s.net_minor) for s in found.sums] == [(EntryKind.ADVERT, 2, -200)]
    assert [(line.entry.day, line.entry.net_minor, line.entry.words) for line in found.lines] == [
        (day, -149, "Spring fair"), (tomorrow, -51, "Spring fair")]  # fmt: skip
    told = [(d.day, d.views, d.charged_minor) for d in api.advert_days(a.brand, advert.id)]
    assert told == [(tomorrow, 50, 51), (day, 151, 149)]
    a.settle()
    assert a.owes(a.mall) == 0
    a.sound()


@pytest.mark.requirement("S-206")
def test_days_on_show_are_charged_up_to_the_cap_or_the_day_it_was_ended(alliance: Alliance, time: Time) -> None:
    a, day = alliance, alliance.today
    daily = {"basis": AdvertBasis.DAY, "price_minor": 700}
    capped = sold(a, code="capped", cap_minor=2_500, **daily)
    ended = sold(a, code="ended", **daily)
    coming = sold(a, code="coming", since=day + timedelta(days=1), **daily)
    api.end_advert(coming.id, brand=a.brand, **BY)
    time.to(day + timedelta(days=1))
    assert [r.advert.code for r in api.advert_reports(a.brand, shown=True, channel="web")] == ["ended", "capped"]
    for _ in range(2):
        assert api.end_advert(ended.id, brand=a.brand, **BY).state is AdvertState.OVER
    time.to(day + timedelta(days=30))
    assert api.charge_adverts(brand=a.brand) == 4 + 2
    charged = {r.advert.code: r.charged_minor for r in api.advert_reports(a.brand)}
    assert charged == {"capped": 2_500, "ended": 1_400, "coming": 0}
    assert [d.charged_minor for d in api.advert_days(a.brand, capped.id)] == [400, 700, 700, 700]
    assert (a.owes(a.mall), api.charge_adverts(brand=a.brand)) == (3_900, 0)
    a.sound()


def test_what_was_sold_stands_from_its_first_day_on_and_what_is_shown_may_change(
    alliance: Alliance, time: Time
) -> None:
    a = alliance
    advert = sold(a)
    assert sold(a, id=advert.id) == advert
    assert sold(a, id=advert.id, text="Last days", until=a.today).until == a.today
    for field, value in (("price_minor", 1), ("company_id", a.inn), ("basis", AdvertBasis.DAY)):
        with pytest.raises(AdvertRefused) as refused:
            sold(a, id=advert.id, **{field: value})
        assert refused.value.problems[0].field == field
    with pytest.raises(AdvertRefused) as taken:
        sold(a)
    assert taken.value.why == "used_code"
    with pytest.raises(BadInput) as wrong:
        sold(a, code="x y", link="javascript:alert(1)", price_minor=0, until=a.today - timedelta(days=1))
    assert [p.field for p in wrong.value.problems] == ["code", "link", "until", "price_minor"]
    with pytest.raises(BadInput):
        sold(a, code="past", since=a.today - timedelta(days=1))


days_st = st.dictionaries(st.integers(0, 14), st.integers(0, 3_000), max_size=8)


@pytest.mark.requirement("S-206")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days_st, days_st, st.integers(1, 5_000), st.none() | st.integers(1, 9_000), st.lists(st.integers(0, 20), max_size=5)
)
def test_whenever_the_days_are_charged_the_sum_is_what_all_views_come_to(
    views: dict[int, int], late: dict[int, int], price: int, cap: int | None, runs: list[int]
) -> None:
    """`late`: views that came in only after the first charge; counted before the advert's tail is charged."""
    last = FIRST + timedelta(days=14)
    advert = Advert(uuid7(), uuid7(), "x", "x", "x", "x", "x", "https://x.example", "en", FIRST, last,
                    AdvertBasis.VIEWS, price, "EUR", cap)  # fmt: skip
    seen = {FIRST + timedelta(days=n): count for n, count in views.items()}
    charged, through, told = 0, FIRST - timedelta(days=1), []
    for n in [*sorted(runs), 40]:
        if n == 40:
            for k, count in late.items():
                day = FIRST + timedelta(days=k)
                seen[day] = seen.get(day, 0) + count
            through = min(through, last + timedelta(days=1))
        for day, due in charges(advert, seen, charged, through, FIRST + timedelta(days=n)):
            assert due >= 0 and (day == through + timedelta(days=1))
            charged, through = charged + due, day
            told.append(day)
    whole = price * sum(seen.values()) // 1_000
    assert charged == (whole if cap is None else min(whole, cap)) == earned(advert, sum(seen.values()), last)
    assert through == last + timedelta(days=2)


def test_many_batches_and_charges_at_once_count_and_charge_once(
    committed_alliance: Alliance, in_parallel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    a = committed_alliance
    held = Time(a)
    monkeypatch.setattr(clock, "now", lambda: held.now)
    advert = sold(a)
    got = in_parallel(6, lambda: see(a, 200, held.now))
    assert sum(each.counted for each in got) == 200
    assert sum(each.again for each in got) == 1_000
    held.to(a.today + timedelta(days=1))
    assert sum(in_parallel(4, lambda: api.charge_adverts(brand=a.brand))) == 1
    assert (api.advert_report(a.brand, advert.id).charged_minor, a.owes(a.mall)) == (199, 199)
    a.sound()
