from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from datong.access.api import assign, create_user, decide, staff_of
from datong.access.types import ApprovalState, Role
from datong.brand.api import always_open, put_stores
from datong.brand.types import Store
from datong.kernel import audit, clock
from datong.kernel.db import count_statements, in_brand
from datong.kernel.errors import BadValue, Conflict, NotAllowed
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.test_actions import a_transfer
from datong.ledger.types import Asked, PeriodClosed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, NEXT = date(2026, 11, 21), date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.held_at(NOW):
        yield


@pytest.fixture
def people(brand):
    """Two from finance."""
    made = []
    for name in ("fin", "boss"):
        user = create_user(f"{name}@{brand.slug}", name=name)
        assign(brand.id, user, Role.FINANCE, by="test")
        made.append(staff_of(user, brand.id))
    return made


def close(brand, people, until: date) -> None:
    fin, boss = people
    request = api.ask_period(brand.id, until, by=fin, reason="month end")
    decide(request.id, brand=brand.id, by=boss, approve=True)


def days(brand, *ids: UUID) -> list[date]:
    return [p.transfer.business_date for p in api.transfers_by_id(brand.id, ids)]


def test_a_closed_day_takes_nothing_more_and_the_refusal_names_the_first_open_one(brand, people):
    before = a_transfer(business_date=DAY)
    api.post([before], brand=brand.id)
    close(brand, people, DAY)
    with pytest.raises(PeriodClosed) as caught:
        api.post([a_transfer(business_date=NEXT), a_transfer(business_date=DAY)], brand=brand.id)
    assert caught.value.first_open == NEXT and "2026-11-22 or later" in caught.value.problems[0].fix
    assert len(api.entries(brand.id, Asked())) == 1
    assert api.post([before], brand=brand.id) == 0
    with in_brand(brand.id), count_statements() as seen:
        assert api.post([a_transfer(business_date=NEXT)], brand=brand.id) == 1
    assert len(seen) == 1


def test_what_has_happened_goes_to_the_first_open_day_and_is_known_again(brand, people):
    close(brand, people, DAY)
    late = a_transfer(business_date=DAY)
    assert api.post([late], brand=brand.id, late=True) == 1
    assert days(brand, late.id) == [NEXT]
    assert api.post([late], brand=brand.id, late=True) == 0
    with pytest.raises(Conflict):
        api.post([a_transfer(id=late.id, business_date=DAY - timedelta(1), amount=7)], brand=brand.id, late=True)


def test_closing_and_opening_take_two_people_even_of_head_office(brand, people):
    fin, boss = people
    user = create_user(f"hq@{brand.slug}", name="hq")
    assign(brand.id, user, Role.HQ, by="test")
    head = staff_of(user, brand.id)
    request = api.ask_period(brand.id, NEXT, by=head, reason="month end")
    assert request.state is ApprovalState.PENDING and api.gates(brand.id) == {}
    with pytest.raises(NotAllowed):
        decide(request.id, brand=brand.id, by=head, approve=True)
    decide(request.id, brand=brand.id, by=boss, approve=True)
    assert api.gates(brand.id)[""].closed_until == NEXT
    opening = api.ask_period(brand.id, DAY, by=fin, reason="a bill was missing")
    stale = api.ask_period(brand.id, DAY - timedelta(1), by=fin, reason="two")
    decide(opening.id, brand=brand.id, by=boss, approve=True)
    assert api.post([a_transfer(business_date=NEXT)], brand=brand.id) == 1
    with pytest.raises(Conflict):
        decide(stale.id, brand=brand.id, by=boss, approve=True)
    assert [e.verb for e in audit.page(brand.id, verb="period").entries] == ["period.open", "period.close"]


def test_a_day_that_is_not_over_a_missing_reason_and_the_same_again_are_refused(brand, people):
    fin, _ = people
    for until, reason in ((NOW.date(), "x"), (NEXT, " ")):
        with pytest.raises(BadValue):
            api.ask_period(brand.id, until, by=fin, reason=reason)
    close(brand, people, NEXT)
    with pytest.raises(Conflict):
        api.ask_period(brand.id, NEXT, by=fin, reason="again")


def test_a_store_s_locked_day_sends_what_comes_later_to_its_next_and_leaves_others_alone(brand, people):
    store = uuid7()
    place = Point(0, 0)
    put_stores(brand.id, [Store(store, "A", "A", place, "X", always_open(), "UTC")])
    api.lock_day(brand.id, store, NEXT, by="mia")
    mine = a_transfer(business_date=DAY, dimensions={"store": str(store)})
    other = a_transfer(business_date=DAY, dimensions={"store": str(uuid7())})
    api.post([mine, other], brand=brand.id)
    assert days(brand, mine.id, other.id) == [NOW.date(), DAY]
    assert api.post([mine, other], brand=brand.id) == 0
    api.unlock_day(brand.id, store, DAY, by="mia")
    again = a_transfer(business_date=NEXT, dimensions={"store": str(store)})
    api.post([again], brand=brand.id)
    assert days(brand, again.id) == [NEXT]
    close(brand, people, NEXT)
    with pytest.raises(Conflict):
        api.unlock_day(brand.id, store, DAY - timedelta(1), by="mia")
