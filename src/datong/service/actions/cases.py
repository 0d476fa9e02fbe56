"""A case is opened, worked on by steps, and done; each step says who, when, why."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.customers.api import customer_page
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.orders.api import booked_orders
from datong.service import queries, rules
from datong.service.events import CaseChanged
from datong.service.queries.cases import COLUMNS, case_of
from datong.service.types import Case, CaseState, CaseStepKind, CaseView, NewCase, Outcome
from datong.wallet.api import tiers_of

OPEN = """
    INSERT INTO service_case (brand_id, id, number, reason, phase, subject, state, channel_id, customer_id, store_id,
                              company_id, team, agent, opened_at, opened_by, due_at, outcome, given_minor, currency)
    VALUES (%(brand)s, %(id)s, %(number)s, %(reason)s, %(phase)s, %(subject)s, 'open', %(channel)s, %(customer)s,
            %(store)s, %(company)s, %(team)s, %(agent)s, %(now)s, %(by)s, %(due)s, '', 0, '')
"""
ABOUT = """
    INSERT INTO service_about (brand_id, order_id, case_id)
    SELECT %(brand)s, x, %(id)s FROM unnest(%(orders)s::uuid[]) x
"""


def open_case(wanted: NewCase, *, brand: UUID, by: str, key: str = "") -> CaseView:
    """Open a case: due by its reason, in the queue of the team that looks after this type of customer.

    The same key again is the same case. Raises BadValue naming the field, NotFound for an order or customer there is
    not.
    """
    rules.check_new(wanted, known := queries.reasons(brand))
    reason = known[wanted.reason]

    def work() -> str:
        _check_orders(wanted.order_ids, brand)
        head = _person(wanted.customer_id, brand)
        tier = tiers_of(brand, {head}).get(head) if head else None
        team = rules.team_for(rules.type_of(wanted, tier.code if tier else ""), queries.teams(brand))
        now, case_id = clock.now(), uuid7()
        execute(
            OPEN,
            {
                "brand": brand,
                "id": case_id,
                "number": rules.number_of(case_id),
                "reason": wanted.reason,
                "phase": (wanted.phase or reason.phase).value,
                "subject": wanted.subject.strip(),
                "channel": wanted.channel_id,
                "customer": wanted.customer_id,
                "store": wanted.store_id,
                "company": wanted.company_id,
                "team": team,
                "agent": wanted.agent,
                "now": now,
                "by": by[:120],
                "due": rules.due_at(reason, now),
            },
        )
        execute(ABOUT, {"brand": brand, "id": case_id, "orders": sorted(set(wanted.order_ids))})
        step(case_id, CaseStepKind.OPENED, wanted.text.strip(), brand=brand, who=by, shown=wanted.said)
        outbox.emit(CaseChanged(case_id, "opened"))
        return str(case_id)

    with in_brand(brand):
        asked = [str(wanted.customer_id), sorted(map(str, wanted.order_ids)), wanted.reason, wanted.subject]
        return queries.get_case(brand, UUID(once("service.open", key, asked, work)))


def _check_orders(order_ids: Sequence[UUID], brand: UUID) -> None:
    if not order_ids:
        return
    if missing := set(order_ids) - booked_orders(brand, order_ids).keys():
        raise NotFound(f"no order {sorted(missing)[0]}")


def _person(customer_id: UUID | None, brand: UUID) -> UUID | None:
    """The head of the person's records, by which their tier stands."""
    return customer_page(brand, customer_id).id if customer_id else None


LOCK = f"""
    SELECT {COLUMNS} FROM service_case c WHERE c.brand_id = %(brand)s AND c.id = %(case)s FOR UPDATE
"""  # noqa: S608 - the columns are a constant


def lock_case(case_id: UUID, brand: UUID) -> Case:
    found = rows(LOCK, {"brand": brand, "case": case_id})
    if not found:
        raise NotFound(f"no case {case_id}")
    return case_of(found[0])


STEP = """
    INSERT INTO service_step (brand_id, case_id, id, kind, who, text, shown, state, amount_minor, at)
    VALUES (%(brand)s, %(case)s, %(id)s, %(kind)s, %(who)s, %(text)s, %(shown)s, %(state)s, %(amount)s, %(now)s)
"""


def step(
    case_id: UUID,
    kind: CaseStepKind,
    text: str,
    *,
    brand: UUID,
    who: str,
    shown: bool = False,
    state: str = "",
    amount_minor: int = 0,
) -> None:
    """A line of the case, in the open transaction."""
    about = {"brand": brand, "case": case_id, "id": uuid7(), "kind": kind.value, "who": who[:120], "text": text}
    execute(STEP, {**about, "shown": shown, "state": state, "amount": amount_minor, "now": clock.now()})


ANSWERED = """
    UPDATE service_case SET answered_at = coalesce(answered_at, %(now)s), state = %(state)s
     WHERE brand_id = %(brand)s AND id = %(case)s
"""
BY_HAND = (CaseStepKind.NOTE, CaseStepKind.ANSWER, CaseStepKind.SAID, CaseStepKind.ACTION)


def add_step(case_id: UUID, kind: CaseStepKind, text: str, *, brand: UUID, by: str, key: str = "") -> CaseView:
    """Write down a note, what the customer was told, or what the customer said; the same key again is once.

    What the customer says brings a case back that waited for them or was done. Raises BadValue, NotFound.
    """
    if kind not in BY_HAND:
        raise BadValue("/kind", kind.value, ", ".join(BY_HAND))
    rules.check_text("/text", text)

    def work() -> str:
        case = lock_case(case_id, brand)
        state = case.state
        if kind is CaseStepKind.SAID and state is not CaseState.OPEN:
            state = CaseState.OPEN
            _move(case, state, "", brand)
        if kind is CaseStepKind.ANSWER:
            execute(ANSWERED, {"brand": brand, "case": case_id, "now": clock.now(), "state": state.value})
        shown = kind in (CaseStepKind.ANSWER, CaseStepKind.SAID)
        moved = state.value if state is not case.state else ""
        step(case_id, kind, text.strip(), brand=brand, who=by, shown=shown, state=moved)
        outbox.emit(CaseChanged(case_id, kind.value))
        return str(case_id)

    with in_brand(brand):
        once("service.step", key, [str(case_id), kind.value, text], work)
        return queries.get_case(brand, case_id)


ASSIGN = """
    UPDATE service_case SET agent = %(agent)s, team = %(team)s WHERE brand_id = %(brand)s AND id = %(case)s
"""


def assign(
    case_id: UUID, *, brand: UUID, by: str, agent: str | None = None, team: str | None = None, take: bool = False
) -> CaseView:
    """Give a case to an agent or a team; '' is nobody. `take`: only when nobody has it, so that of two who reach for
    it one has it and the other is told who (Conflict)."""
    with in_brand(brand):
        case = lock_case(case_id, brand)
        if take and case.agent not in ("", agent):
            raise Conflict(f"{case.agent} has taken this case")
        if team and team not in {each.code for each in queries.teams(brand)}:
            raise BadValue("/team", team[:40], "the code of a team")
        new = (case.agent if agent is None else agent[:120], case.team if team is None else team)
        if new != (case.agent, case.team):
            execute(ASSIGN, {"brand": brand, "case": case_id, "agent": new[0], "team": new[1]})
            step(case_id, CaseStepKind.ASSIGNED, " · ".join(filter(None, new)), brand=brand, who=by)
            outbox.emit(CaseChanged(case_id, "assigned"))
        return queries.get_case(brand, case_id)


MOVE = """
    UPDATE service_case SET state = %(state)s, outcome = %(outcome)s, closed_at = %(closed)s
     WHERE brand_id = %(brand)s AND id = %(case)s
"""


def _move(case: Case, state: CaseState, outcome: str, brand: UUID) -> None:
    closed = clock.now() if state is CaseState.DONE else None
    execute(MOVE, {"brand": brand, "case": case.id, "state": state.value, "outcome": outcome, "closed": closed})


def set_state(
    case_id: UUID, state: CaseState, *, brand: UUID, by: str, why: str, outcome: Outcome | None = None
) -> CaseView:
    """Wait for somebody, be done with an outcome, or open it again; the same state again changes nothing."""
    rules.check_text("/why", why)
    if (state is CaseState.DONE) != (outcome is not None):
        raise BadValue("/outcome", outcome, f"one of {', '.join(Outcome)} when it is done, none before")
    with in_brand(brand):
        case = lock_case(case_id, brand)
        told = outcome.value if outcome else ""
        if case.state is state and case.outcome != told:
            fix = "open it again first, with a word on why"
            raise Conflict("this case was done with another outcome", Problem("/outcome", "done", fix, told))
        if case.state is not state:
            _move(case, state, told, brand)
            if state is CaseState.DONE:
                execute(ANSWERED, {"brand": brand, "case": case_id, "now": clock.now(), "state": state.value})
            step(case_id, CaseStepKind.STATE, why.strip(), brand=brand, who=by, state=state.value)
            outbox.emit(CaseChanged(case_id, state.value))
            audit.record(
                brand=brand,
                actor=by,
                verb="case.state",
                subject=f"case {case.number}",
                store_id=case.store_id,
                reason=why,
                before={"state": case.state, "outcome": case.outcome},
                after={"state": state, "outcome": told},
            )
        return queries.get_case(brand, case_id)
