"""Cases: opened once, due by their reason, worked on by one, done with an outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.service import api
from datong.service.rules import number_of, with_differences
from datong.service.tests.conftest import Shop, phone
from datong.service.types import (
    CaseFilter,
    CaseState,
    CaseStepKind,
    CaseView,
    Measure,
    NewCase,
    Outcome,
    Phase,
    Reason,
    Team,
)

BY = {"by": "ann"}


def opened(shop: Shop, reason: str = "late", **fields: Any) -> CaseView:
    new = NewCase(**{"reason": reason, "subject": "Where is my tea?", "channel_id": shop.web} | fields)
    return api.open_case(new, brand=shop.brand.id, **BY)


@pytest.mark.requirement("S-252")
def test_a_case_has_the_phase_and_the_due_time_of_its_reason(shop: Shop) -> None:
    case = opened(shop).case
    assert (case.phase, case.state, case.due_at - case.opened_at) == (
        Phase.DURING,
        CaseState.OPEN,
        timedelta(minutes=30),
    )
    api.put_reason(Reason("late", Phase.AFTER, 5), brand=shop.brand.id, **BY)
    again = opened(shop).case
    assert (again.phase, again.due_at - again.opened_at) == (Phase.AFTER, timedelta(minutes=5))
    assert opened(shop, phase=Phase.BEFORE).case.phase is Phase.BEFORE


def test_the_same_key_opens_one_case_and_another_request_under_it_is_a_conflict(shop: Shop) -> None:
    new = NewCase("late", "Where is it?", order_ids=(shop.place_one().order_id,))
    first = api.open_case(new, brand=shop.brand.id, key="k", **BY)
    assert api.open_case(new, brand=shop.brand.id, key="k", **BY) == first
    with pytest.raises(Conflict):
        api.open_case(replace(new, subject="Another"), brand=shop.brand.id, key="k", **BY)


def test_a_case_about_what_is_not_there_is_refused_by_name(shop: Shop) -> None:
    for wrong in ({"reason": "no_such"}, {"subject": " "}, {"text": "x" * 2001}):
        with pytest.raises(BadValue):
            opened(shop, **wrong)
    for missing in ({"order_ids": (uuid7(),)}, {"customer_id": uuid7()}):
        with pytest.raises(NotFound):
            opened(shop, **missing)
    api.put_reason(Reason("late", Phase.DURING, 5, active=False), brand=shop.brand.id, **BY)
    with pytest.raises(BadValue):
        opened(shop)


@pytest.mark.requirement("S-256", "S-250")
def test_the_queue_has_the_work_of_all_stores_and_channels_with_what_is_due_first(shop: Shop) -> None:
    slow = opened(shop, "return", channel_id=shop.till, store_id=shop.far.id).case
    quick = opened(shop, "late", channel_id=shop.platform, store_id=shop.near.id).case
    done = opened(shop, "late").case
    api.set_state(done.id, CaseState.DONE, brand=shop.brand.id, why="it came", outcome=Outcome.SOLVED, **BY)

    def ids(**wanted: Any) -> list[UUID]:
        found: list[UUID] = []
        cursor = ""
        while True:
            page = api.list_cases(shop.brand.id, CaseFilter(**wanted), cursor=cursor, limit=1)
            found += [case.id for case in page.cases]
            if not (cursor := page.next):
                return found

    assert ids() == [quick.id, slow.id]
    assert ids(live=False) == [done.id, quick.id, slow.id]
    assert ids(stores=(shop.near.id,)) == [quick.id]
    assert ids(channel_id=shop.till) == [slow.id]
    assert ids(text=slow.number.lower()) == [slow.id]
    assert ids(agent="-") == [quick.id, slow.id]
    assert api.summary(shop.brand.id).open == 2


@pytest.mark.requirement("S-258")
def test_a_case_goes_to_the_team_that_looks_after_this_type_of_customer(shop: Shop) -> None:
    for team in (Team("all", "Everybody"), Team("guests", "Guests", ("guest",)), Team("b2b", "Partners", ("partner",))):
        api.put_team(team, brand=shop.brand.id, **BY)
    known = shop.page(shop.place_one(identities=(phone(),))).customer_id
    assert opened(shop).case.team == "guests"
    assert opened(shop, customer_id=known).case.team == "all"
    assert opened(shop, "partner", company_id=uuid7()).case.team == "b2b"


@pytest.mark.requirement("S-253")
def test_what_the_customer_is_told_is_shown_and_what_they_say_opens_it_again(shop: Shop) -> None:
    case = opened(shop, text="seen on the map", said=True).case
    api.add_step(case.id, CaseStepKind.NOTE, "rider is lost", brand=shop.brand.id, **BY)
    api.add_step(case.id, CaseStepKind.ANSWER, "ten minutes", brand=shop.brand.id, **BY)
    api.set_state(case.id, CaseState.DONE, brand=shop.brand.id, why="it came", outcome=Outcome.SOLVED, **BY)
    view = api.add_step(case.id, CaseStepKind.SAID, "no, it did not", brand=shop.brand.id, by="customer")
    assert [step.text for step in view.steps if step.shown] == ["seen on the map", "ten minutes", "no, it did not"]
    assert (view.case.state, view.case.outcome, view.case.closed_at) == (CaseState.OPEN, "", None)
    assert view.case.answered_at is not None and view.steps[-1].state == "open"


def test_done_wants_an_outcome_and_another_outcome_is_a_conflict(shop: Shop) -> None:
    case = opened(shop).case
    with pytest.raises(BadValue):
        api.set_state(case.id, CaseState.DONE, brand=shop.brand.id, why="x", **BY)
    done = api.set_state(case.id, CaseState.DONE, brand=shop.brand.id, why="x", outcome=Outcome.SOLVED, **BY)
    assert api.set_state(case.id, CaseState.DONE, brand=shop.brand.id, why="y", outcome=Outcome.SOLVED, **BY) == done
    with pytest.raises(Conflict):
        api.set_state(case.id, CaseState.DONE, brand=shop.brand.id, why="y", outcome=Outcome.DECLINED, **BY)


def test_of_two_agents_who_reach_for_a_case_one_has_it(committed_shop: Shop, in_parallel: Callable[..., Any]) -> None:
    shop = committed_shop
    case = opened(shop).case

    numbers = count(1)

    def take() -> str:
        n = next(numbers)
        try:
            api.assign(case.id, brand=shop.brand.id, by=f"agent{n}", agent=f"agent{n}", take=True)
        except Conflict:
            return "told"
        return "has"

    told = in_parallel(6, take)
    assert sorted(told) == ["has", *["told"] * 5]
    assert len([s for s in api.get_case(shop.brand.id, case.id).steps if s.kind is CaseStepKind.ASSIGNED]) == 1


@pytest.mark.requirement("S-249", "S-251")
def test_the_same_reason_answered_slower_at_one_channel_is_flagged(shop: Shop) -> None:
    for channel, minutes in ((shop.web, 10), (shop.platform, 95)):
        for _ in range(3):
            case = opened(shop, "quality", channel_id=channel).case
            api.add_step(case.id, CaseStepKind.ANSWER, "sorry", brand=shop.brand.id, **BY)
            with in_brand(shop.brand.id):
                rows(
                    "UPDATE service_case SET answered_at = opened_at + make_interval(mins => %s) WHERE id = %s"
                    " RETURNING id",
                    [minutes, case.id],
                )
    now = clock.now()
    found = api.measures(shop.brand.id, now - timedelta(hours=1), now + timedelta(minutes=1))
    assert {(m.channel_id, m.answer_minutes, m.differs) for m in found} == {
        (shop.web, 10, ("answer",)),
        (shop.platform, 95, ("answer",)),
    }


def test_compensation_and_outcome_are_compared_only_where_there_is_enough() -> None:
    one = Measure("late", uuid7(), 4, 0, None, 20, 4, 4, 4, 4000, "USD")
    same = replace(one, channel_id=uuid7(), given_minor=3600)
    assert [m.differs for m in with_differences([one, same])] == [(), ()]
    mean = replace(one, channel_id=uuid7(), given_minor=400, solved=1)
    assert [m.differs for m in with_differences([one, mean])] == [("outcome", "compensation")] * 2
    few = replace(mean, done=2, solved=0)
    assert [m.differs for m in with_differences([one, few])] == [(), ()]
    assert with_differences([replace(one, reason="other"), mean])[1].differs == ()


def test_a_number_can_be_said_over_the_telephone() -> None:
    number = number_of(UUID("0192f3c4-0000-7000-8000-0123456789ab"))
    assert len(number) == 10 and number.startswith("S-") and not set(number[2:]) & set("01IO")
