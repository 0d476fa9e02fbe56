"""Reads of requests that wait for a second person, and of the limits under which none is needed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from datong.access import rules
from datong.access.models import Limit
from datong.access.types import Action, Approval, ApprovalPage, ApprovalState, Staff
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.pages import read_cursor, write_cursor

MAX_PAGE = 200
COLUMNS = """id, kind, subject, facts::text, amount_minor, store_id, state, asked_by, asked_at, reason, decided_by,
       decided_at, note, asked_by_id, held_by, held_by_id"""

ONE = "SELECT {COLUMNS} FROM access_approval WHERE brand_id = %(brand)s AND id = %(id)s".replace("{COLUMNS}", COLUMNS)


def approval(brand_id: UUID, approval_id: UUID) -> Approval:
    """One request; NotFound when there is none."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "id": approval_id})
    if not found:
        raise NotFound(f"no request {approval_id}")
    return read(found[0])


PAGE = """
    SELECT {COLUMNS} FROM access_approval
     WHERE brand_id = %(brand)s
       AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s::text[]))
       AND (%(kind)s::text = '' OR kind = %(kind)s::text)
       AND (%(holder)s::uuid IS NULL OR held_by_id = %(holder)s::uuid OR asked_by_id = %(holder)s::uuid)
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
       AND (%(cursor)s::uuid IS NULL OR id < %(cursor)s::uuid)
     ORDER BY id DESC LIMIT %(limit)s
""".replace("{COLUMNS}", COLUMNS)


def list_approvals(
    brand_id: UUID,
    *,
    state: ApprovalState | str | Collection[ApprovalState] | None = None,
    cursor: str | None = None,
    limit: int = 50,
    kind: str = "",
    asked_by: UUID | None = None,
    stores: Collection[UUID] | None = None,
) -> ApprovalPage:
    """Requests, newest first, at most 200 a page.

    `state`: one or several, None for all. `asked_by`: those this user asked or answers for. `stores`: those of these
    stores only.
    """
    states = None if state is None else [state] if isinstance(state, str) else sorted(state)
    limit = max(1, min(limit, MAX_PAGE))
    with in_brand(brand_id):
        found = rows(
            PAGE,
            {
                "brand": brand_id,
                "states": states,
                "kind": kind,
                "holder": asked_by,
                "stores": None if stores is None else sorted(stores),
                "cursor": read_cursor(cursor or ""),
                "limit": limit + 1,
            },
        )
    listed = tuple(read(row) for row in found[:limit])
    return ApprovalPage(listed, write_cursor(listed[-1].id) if len(found) > limit else "")


def waiting_for(staff: Staff) -> tuple[Approval, ...]:
    """The requests that wait for this person's decision, oldest first, at most 200; two statements."""
    if not rules.sees(staff, Action.APPROVALS_DECIDE):
        return ()
    found = list_approvals(
        staff.brand_id, state=ApprovalState.PENDING, stores=rules.scope_of(staff), limit=MAX_PAGE
    ).approvals
    if not found:
        return ()
    own = all_limits(staff.brand_id)
    return tuple(
        reversed([a for a in found if not rules.why_not(staff, a, rules.binding(a.kind, own.get(a.kind, {})))])
    )


def limits(brand_id: UUID, kind: str) -> dict[str, int | None]:
    """What the brand has set for a kind, by role or PROGRAM; for others the house's limit (rules.LIMITS) holds."""
    with in_brand(brand_id):
        set_here = Limit.objects.filter(brand_id=brand_id, kind=kind).values_list("role", "limit_minor")
        return dict(set_here)


def all_limits(brand_id: UUID) -> dict[str, dict[str, int | None]]:
    """kind -> role -> limit, as the brand has set them."""
    found: dict[str, dict[str, int | None]] = {}
    with in_brand(brand_id):
        for kind, role, limit in Limit.objects.filter(brand_id=brand_id).values_list("kind", "role", "limit_minor"):
            found.setdefault(kind, {})[role] = limit
    return found


def read(row: tuple[Any, ...]) -> Approval:
    """A row of COLUMNS."""
    id_, kind, subject, facts, amount, store, state, *rest = row
    return Approval(id_, kind, subject, msgspec.json.decode(facts), amount, store, ApprovalState(state), *rest)
