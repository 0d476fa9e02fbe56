"""Corrections of many points need a second person, in small steps too."""

from __future__ import annotations

import pytest

from datong.access import api as access
from datong.access.types import ApprovalState, Machine, Role
from datong.kernel.errors import Conflict, NotAllowed
from datong.kernel.ids import uuid7
from datong.wallet import api
from datong.wallet.tests.conftest import Club

pytestmark = pytest.mark.django_db


def staff(club: Club, role: Role):
    user = access.create_user(f"{role.value}.{club.brand.hex}"[:60])
    access.assign(club.brand, user, role, by="test")
    return access.staff_of(user, club.brand)


def has(club: Club, who) -> int:
    return sum(found.active - found.owed for found in api.points_of(club.brand, who))


@pytest.mark.requirement("S-97")
def test_many_points_wait_for_a_second_person_and_go_once(club: Club) -> None:
    ann, agent, finance = club.person(), staff(club, Role.AGENT), staff(club, Role.FINANCE)
    access.set_limits(club.brand, api.KIND_OF_ADJUSTMENT, {Role.AGENT: 500}, by="test")

    def ask(points: int, key: str):
        return api.ask_to_adjust(ann, points, key=key, brand=club.brand, by=agent, reason="sorry")

    assert ask(300, "1").state is ApprovalState.APPROVED and has(club, ann) == 300
    assert ask(300, "1").state is ApprovalState.APPROVED and has(club, ann) == 300
    waits = ask(300, "2")
    assert (waits.state, waits.amount_minor, has(club, ann)) == (ApprovalState.PENDING, 600, 300), (
        "with the step before"
    )
    with pytest.raises(Conflict):
        ask(299, "2")
    with pytest.raises(NotAllowed):
        access.decide(waits.id, brand=club.brand, by=agent, approve=True)
    for _ in range(2):
        access.decide(waits.id, brand=club.brand, by=finance, approve=True)
    assert has(club, ann) == 600
    access.decide(ask(-400, "3").id, brand=club.brand, by=finance, approve=False)
    assert has(club, ann) == 600 and api.check_points(club.brand) == []


def test_a_program_has_the_brand_s_limit_for_programs(club: Club) -> None:
    ann, partner = club.person(), Machine(uuid7(), club.brand, "client partner")
    access.set_limits(club.brand, api.KIND_OF_ADJUSTMENT, {"program": 1_000}, by="test")
    asked = [
        api.ask_to_adjust(ann, points, key=str(points), brand=club.brand, by=partner, reason="moved").state
        for points in (1_000, 1)
    ]
    assert asked == [ApprovalState.APPROVED, ApprovalState.PENDING] and has(club, ann) == 1_000
