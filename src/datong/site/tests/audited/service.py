"""Service: cases that are done, reasons, teams."""

from __future__ import annotations

from datong.service import api as service
from datong.service.types import CaseState, NewCase, Outcome, Phase, Reason, Team
from datong.site.tests.audited.world import BY, VERBS, World


def done(w: World) -> object:
    made = service.open_case(NewCase("late", "Where is it?"), brand=w.brand, **BY)
    return service.set_state(made.case.id, CaseState.DONE, brand=w.brand, why="came", outcome=Outcome.SOLVED, **BY)


VERBS |= {
    "service.put_reason": lambda w: service.put_reason(Reason("late", Phase.DURING, 5), brand=w.brand, **BY),
    "service.put_team": lambda w: service.put_team(Team("vip", "Regulars", ("gold",)), brand=w.brand, **BY),
    "service.set_state": done,
}
