"""Steps of a customer's way: told twice is once, gathered over all records of a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from datong.brand.types import Brand
from datong.customers import api
from datong.customers.tests.seen import see
from datong.customers.types import STAGE_OF, Stage, Step, StepKind
from datong.kernel import clock
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def step(customer, kind: StepKind, minutes: int = 0, about: str = "") -> Step:
    return Step(uuid7(), customer, kind, uuid7(), AT + timedelta(minutes=minutes), about)


@pytest.mark.requirement("S-95", "S-109", "S-110")
def test_steps_of_all_records_are_one_way_with_its_four_links(brand: Brand) -> None:
    ann, anna = see(brand, "ann"), see(brand, "anna")
    searched = step(ann, StepKind.SEARCHED, 1, "green tea")
    again = replace(step(anna, StepKind.SEARCHED, 3, "oolong"), channel_id=searched.channel_id)
    shared = step(anna, StepKind.SHARED, 9, "the new cup")
    assert api.record_steps([searched, again, shared], brand=brand.id) == 3
    assert api.record_steps([searched, replace(shared, about="else")], brand=brand.id) == 0
    assert [(s.kind, s.count) for s in api.steps_of(brand.id, ann)] == [(StepKind.SEARCHED, 1)]
    api.merge(ann, anna, brand=brand.id, by="eva", reason="one phone")
    found = api.steps_of(brand.id, anna)
    assert [(s.kind, s.count, s.about) for s in found] == [
        (StepKind.SHARED, 1, "the new cup"),
        (StepKind.SEARCHED, 2, "oolong"),
    ]
    assert (found[1].first_at, found[1].last_at) == (searched.at, again.at)
    assert set(STAGE_OF) == set(StepKind) and set(STAGE_OF.values()) == set(Stage)


def test_a_step_of_a_stranger_or_of_tomorrow_keeps_nothing(brand: Brand) -> None:
    ann = see(brand, "ann")
    with pytest.raises(NotFound):
        api.record_steps([step(ann, StepKind.VIEWED), step(uuid7(), StepKind.VIEWED)], brand=brand.id)
    with pytest.raises(BadValue) as refused:
        api.record_steps([replace(step(ann, StepKind.VIEWED), at=clock.now() + timedelta(days=1))], brand=brand.id)
    assert refused.value.problems[0].field == "/steps/0/at"
    assert api.steps_of(brand.id, ann) == []
