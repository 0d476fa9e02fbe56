"""The queue of service: a case is written down, taken, answered, done; each sees what is theirs."""

from __future__ import annotations

import re

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.service import api as service
from datong.service.types import CaseFilter, CaseStepKind, NewCase, Team


def service_pages(house: House) -> dict[str, list[str]]:
    """A case with all there can be on it, and a team."""
    service.put_team(Team("club", "Regulars", ("member",), ("mia",)), brand=house.brand.id, by="mia")
    order = house.place()
    new = NewCase("late", "Where is my cup?", house.channels["web"], text="an hour late", said=True,
                  order_ids=(order.order_id,), store_id=house.near.id)  # fmt: skip
    case = service.open_case(new, brand=house.brand.id, by="mia").case
    service.add_step(case.id, CaseStepKind.ANSWER, "ten minutes", brand=house.brand.id, by="mia")
    return {"service-case": [f"/service/cases/{case.number}/"], "service": ["/service/", "/service/?state=all"]}


@pytest.mark.requirement("S-248", "S-252", "S-256")
def test_an_agent_writes_a_case_down_takes_it_answers_and_is_done(house: House) -> None:
    agent, order = house.client(Role.AGENT), house.place()
    assert "Nobody waits for an answer" in texts(agent.get("/service/"))
    form = {"reason": "late", "subject": "Where is my cup?", "order": order.number, "text": "an hour late", "key": "k"}
    wrong = agent.post("/service/new/", {**form, "subject": " "})
    assert wrong.status_code == 422 and "an hour late" in wrong.content.decode()
    for _twice in range(2):
        page = agent.post("/service/new/", form, follow=True)
    address = page.redirect_chain[-1][0]
    assert "The customer said" in texts(agent.post(address, {"do": "said", "text": "still waiting", "key": "a"},
                                                    follow=True))  # fmt: skip
    assert "The case is yours." in texts(agent.post(address, {"do": "take"}, follow=True))
    agent.post(address, {"do": "answer", "text": "two minutes", "key": "b"})
    bare = agent.post(address, {"do": "done", "why": "it came", "outcome": ""})
    assert bare.status_code == 422 and 'value="it came"' in bare.content.decode()
    assert "Done." in texts(agent.post(address, {"do": "done", "why": "it came", "outcome": "solved"}, follow=True))
    (one,) = service.list_cases(house.brand.id, CaseFilter(live=False)).cases
    assert (one.state, one.outcome, one.agent) == ("done", "solved", f"agent@{house.brand.slug}")
    assert one.answered_at is not None and "Where is my cup?" in texts(agent.get("/service/?state=done"))


@pytest.mark.requirement("S-253")
def test_a_store_sees_its_own_cases_and_no_other(house: House) -> None:
    near, far = (
        service.open_case(NewCase("late", f"at {s.code}", store_id=s.id), brand=house.brand.id, by="mia").case
        for s in (house.near, house.far)
    )
    manager = house.client(Role.MANAGER)
    page = texts(manager.get("/service/"))
    assert ("at NEAR" in page, "at FAR" in page) == (True, False)
    assert manager.get(f"/service/cases/{near.number}/").status_code == 200
    assert manager.get(f"/service/cases/{far.number}/").status_code == 404
    assert "at FAR" not in b"".join(manager.get("/service/export.csv")).decode()  # type: ignore[call-overload]


def test_reasons_and_teams_are_changed_by_head_office_and_keep_what_was_typed(house: House) -> None:
    head = house.client(Role.HQ)
    late = {"do": "reason", "code": "late", "minutes": "soon", "phase": "during", "name": "Too late", "active": "1"}
    wrong = head.post("/service/setup/", late)
    assert wrong.status_code == 422 and re.search(r'id="reason-minutes"[^>]*value="soon"', wrong.content.decode())
    head.post("/service/setup/", {**late, "minutes": "15"})
    assert service.reasons(house.brand.id)["late"].minutes == 15
    head.post("/service/setup/", {"do": "team", "code": "vip", "name": "VIP", "types": "gold, member", "agents": "a b"})
    assert service.teams(house.brand.id) == [Team("vip", "VIP", ("gold", "member"), ("a", "b"))]
    assert house.client(Role.AGENT).post("/service/setup/", late).status_code == 403
