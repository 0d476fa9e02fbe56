"""Maker and checker (制单与复核): one person asks, another decides, and the decision carries it out.

Every verb is safe against itself: of two deciders one decides, a request sent twice is one request, and what is carried
out is carried out in the transaction of the decision or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from datong.access import rules
from datong.access.events import ApprovalDecided
from datong.access.models import Limit
from datong.access.queries.approvals import COLUMNS, approval, limits, read
from datong.access.types import PROGRAM, Approval, ApprovalKind, ApprovalState, Asker, Role, Staff
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7

MAX_FACTS = 40
MAX_TEXT = 500
_kinds: dict[str, ApprovalKind] = {}


def register_approval(kind: ApprovalKind) -> None:
    """Make a kind of request known; called in `ready()` of the module that carries it out."""
    _kinds[kind.name] = kind


def approval_kinds() -> tuple[ApprovalKind, ...]:
    """All kinds, by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))


INSERT = """
    INSERT INTO access_approval (brand_id, id, kind, subject, facts, amount_minor, store_id, state, reason, asked_by,
        asked_by_id, held_by, held_by_id, asked_at, decided_by, decided_at, note, mark, key)
    VALUES (%(brand)s, %(id)s, %(kind)s, %(subject)s, %(facts)s::jsonb, %(amount)s, %(store)s, 'pending', %(reason)s,
        %(by)s, %(by_id)s, %(by)s, %(by_id)s, %(now)s, '', NULL, '', %(mark)s, %(key)s)
    ON CONFLICT DO NOTHING RETURNING {COLUMNS}
""".replace("{COLUMNS}", COLUMNS)
ALREADY = """
    SELECT {COLUMNS} FROM access_approval
     WHERE brand_id = %(brand)s AND ((kind = %(kind)s AND key = %(key)s::text AND key <> '')
        OR (mark = %(mark)s AND state = 'pending')) ORDER BY id LIMIT 1
""".replace("{COLUMNS}", COLUMNS)


def ask(
    kind: str,
    *,
    brand: UUID,
    by: Asker,
    subject: str,
    facts: Mapping[str, Any],
    amount_minor: int = 0,
    store_id: UUID | None = None,
    reason: str = "",
    key: str = "",
) -> Approval:
    """Ask for something: carried out at once when the limit of the asker's role covers the amount, else it waits.

    A program's limit is the brand's for programs; that it may ask its door has checked.

    The same request of the same person is not asked twice while it waits; under `key` it is never asked twice. Raises
    NotAllowed when the asker may not even ask, NotFound for an unknown kind, and what carrying it out raises.
    """
    how = _kind(kind)
    if isinstance(by, Staff) and not rules.may(by, how.action, store_id):
        raise NotAllowed(f"the role {by.role} may not ask for this: it needs {how.action.value}")
    told = _facts(facts)
    asked = {
        "brand": brand,
        "id": uuid7(),
        "kind": kind,
        "subject": subject[:200],
        "facts": msgspec.json.encode(told).decode(),
        "amount": amount_minor,
        "store": store_id,
        "reason": reason.strip()[:MAX_TEXT],
        "by": by.username,
        "by_id": by.user_id,
        "now": clock.now(),
        "mark": _mark(kind, by.user_id, subject, told, amount_minor, store_id),
        "key": key[:200],
    }
    with in_brand(brand):
        made = rows(INSERT, asked)
        if not made:
            return _already(asked)
        request = read(made[0])
        held = rules.binding(kind, limits(brand, kind))
        if not how.two and rules.alone(rules.role_of(by), amount_minor, held):
            return _settle(brand, how, request, ApprovalState.APPROVED, by, "", alone=True)
        facts_kept = {**told, "amount_minor": amount_minor}
        _note(brand, by.username, "approval.ask", request, after=facts_kept, reason=request.reason)
        return request


TAKE = "SELECT {COLUMNS} FROM access_approval WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE".replace(
    "{COLUMNS}", COLUMNS
)


def decide(approval_id: UUID, *, brand: UUID, by: Staff, approve: bool, note: str = "") -> Approval:
    """Approve a request, which carries it out now, or refuse it; of two deciders the first decides.

    The same decision of the same person again is answered as the first was. Raises NotAllowed (asker, role, store,
    amount), Conflict when it was decided otherwise, and what carrying it out raises: it waits on then.
    """
    wanted = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
    with in_brand(brand, may_fail=True):
        request = _take(brand, approval_id)
        if request.state is not ApprovalState.PENDING:
            if request.state is wanted and request.decided_by == by.username:
                return request
            raise Conflict(f"{request.decided_by or request.asked_by} has {request.state} this at {request.decided_at}")
        held = rules.binding(request.kind, limits(brand, request.kind))
        obstacle = rules.why_not(by, request, held)
        if obstacle:
            raise NotAllowed(OBSTACLES[obstacle])
        return _settle(brand, _kind(request.kind), request, wanted, by, note)


OBSTACLES = {
    "asker": "who asks for something does not decide it; another person must",
    "role": "your role does not decide requests",
    "store": "this request is of a store outside of your own",
    "amount": "the amount is above what your role decides; ask finance or head office",
}


def withdraw(approval_id: UUID, *, brand: UUID, by: Staff, note: str = "") -> Approval:
    """Take a request back before it is decided; only who asked it, or answers for it now. Twice is as once."""
    with in_brand(brand):
        request = _take(brand, approval_id)
        if by.user_id not in (request.asked_by_id, request.held_by_id):
            raise NotAllowed("only who asked for it takes it back")
        if request.state is ApprovalState.WITHDRAWN:
            return request
        if request.state is not ApprovalState.PENDING:
            raise Conflict(f"{request.decided_by} has {request.state} this at {request.decided_at}")
        return _settle(brand, _kind(request.kind), request, ApprovalState.WITHDRAWN, by, note)


def void(approval_id: UUID, *, brand: UUID, by: Asker, note: str) -> None:
    """Take a request back because what it asks for is gone; for the module that carries its kind out.

    One that is decided already is left as it is.
    """
    with in_brand(brand):
        request = _take(brand, approval_id)
        if request.state is ApprovalState.PENDING:
            _settle(brand, _kind(request.kind), request, ApprovalState.WITHDRAWN, by, note)


HAND_OVER = """
    UPDATE access_approval SET held_by = %(name)s, held_by_id = %(to)s
     WHERE brand_id = %(brand)s AND held_by_id = %(leaving)s AND state = 'pending'
    RETURNING id
"""


def hand_over(brand_id: UUID, leaving: UUID, to: Staff, *, by: str) -> int:
    """Give the open requests of somebody who leaves to somebody else, who answers for them from now on; how many."""
    with in_brand(brand_id):
        moved = rows(HAND_OVER, {"brand": brand_id, "leaving": leaving, "to": to.user_id, "name": to.username})
        if moved:
            facts = {"held_by": to.username, "requests": [str(i) for (i,) in moved]}
            audit.record(
                brand=brand_id, actor=by, verb="approval.hand_over", subject=f"user {to.username}", after=facts
            )
        return len(moved)


def set_limits(
    brand_id: UUID,
    kind: str,
    wanted: Mapping[Role, int | None] | Mapping[str, int | None],
    *,
    by: str,
    reason: str = "",
) -> None:
    """Replace a kind's limits, by role or PROGRAM: minor units, None for any amount, -1 for always a second person.

    A role that is not named goes back to the house's limit. Raises NotFound for an unknown kind, BadValue.
    """
    _kind(kind)
    new: dict[str, int | None] = {str(role): limit for role, limit in wanted.items()}
    for role, limit in new.items():
        if role not in set(Role) | {PROGRAM}:
            raise BadValue("role", role, f"{PROGRAM} or one of {', '.join(Role)}")
        if limit is not None and not -1 <= limit <= 10**15:
            raise BadValue(role, limit, "an amount, nothing for always asking, or no limit")
    with in_brand(brand_id):
        before = limits(brand_id, kind)
        Limit.objects.filter(brand_id=brand_id, kind=kind).delete()
        Limit.objects.bulk_create(
            [Limit(brand_id=brand_id, kind=kind, role=role, limit_minor=new[role]) for role in sorted(new)],
            update_conflicts=True,
            unique_fields=["brand_id", "kind", "role"],
            update_fields=["limit_minor"],
        )
        audit.record(
            brand=brand_id,
            actor=by,
            verb="policy.limits",
            subject=f"limits {kind}",
            before=before,
            after=new,
            reason=reason,
        )


SETTLE = """
    UPDATE access_approval SET state = %(state)s, decided_by = %(by)s, decided_at = %(now)s, note = %(note)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'pending'
    RETURNING {COLUMNS}
""".replace("{COLUMNS}", COLUMNS)


def _settle(
    brand: UUID,
    kind: ApprovalKind,
    request: Approval,
    state: ApprovalState,
    by: Asker,
    note: str,
    *,
    alone: bool = False,
) -> Approval:
    """Write the decision, carry it out when it is yes, tell it: one transaction, the caller's."""
    now, note = clock.now(), note.strip()[:MAX_TEXT]
    execute(
        SETTLE,
        {"brand": brand, "id": request.id, "state": state.value, "by": by.username, "now": now, "note": note},
    )
    settled = replace(request, state=state, decided_by=by.username, decided_at=now, note=note)
    if state is ApprovalState.APPROVED:
        kind.apply(settled)
    elif kind.drop:
        kind.drop(settled)
    outbox.emit(
        ApprovalDecided(
            request.id,
            request.kind,
            request.subject,
            state.value,
            request.amount_minor,
            request.asked_by,
            by.username,
        )
    )
    verb = {"approved": "approve", "refused": "refuse", "withdrawn": "withdraw"}[state.value]
    after = {**request.facts, "amount_minor": request.amount_minor, "asked_by": request.asked_by, "alone": alone}
    _note(brand, by.username, f"approval.{verb}", request, after=after, reason=note or request.reason)
    return settled


def _note(brand: UUID, actor: str, verb: str, request: Approval, *, after: Mapping[str, Any], reason: str) -> None:
    subject = f"{request.kind} {request.subject}"
    audit.record(
        brand=brand, actor=actor, verb=verb, subject=subject, after=after, reason=reason, store_id=request.store_id
    )


def _take(brand: UUID, approval_id: UUID) -> Approval:
    found = rows(TAKE, {"brand": brand, "id": approval_id})
    if not found:
        raise NotFound(f"no request {approval_id}")
    return read(found[0])


def _already(asked: Mapping[str, Any]) -> Approval:
    found = rows(ALREADY, asked)
    if not found:  # decided between the two statements: the caller looks again
        raise Conflict("this request was decided at this moment; look again")
    return approval(asked["brand"], found[0][0])


def _kind(name: str) -> ApprovalKind:
    try:
        return _kinds[name]
    except KeyError:
        raise NotFound(f"no kind of request {name}; there are {', '.join(sorted(_kinds)) or 'none'}") from None


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Flat, small, JSON."""
    if len(facts) > MAX_FACTS:
        raise BadValue("facts", len(facts), f"at most {MAX_FACTS} of them")
    return {
        str(label)[:80]: value if isinstance(value, (bool, int, type(None))) else str(value)[:MAX_TEXT]
        for label, value in facts.items()
    }


def _mark(kind: str, user: UUID, subject: str, facts: Mapping[str, Any], amount: int, store: UUID | None) -> bytes:
    asked = [kind, str(user), subject, facts, amount, str(store)]
    return sha256(msgspec.json.encode(asked, order="deterministic")).digest()
