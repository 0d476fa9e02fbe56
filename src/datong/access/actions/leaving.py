"""Somebody leaves: out at once, and nothing of theirs left hanging."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.access.actions.approvals import hand_over
from datong.access.actions.clients import revoke_client
from datong.access.actions.invitations import check_grant
from datong.access.actions.sessions import end_sessions
from datong.access.actions.staff import unassign
from datong.access.models import User
from datong.access.queries.approvals import list_approvals
from datong.access.queries.people import list_clients, owner_records, staff_of
from datong.access.types import ApprovalState, Leaving, Staff
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, NotFound


def leaving(brand_id: UUID, user_id: UUID) -> Leaving:
    """What somebody would leave behind."""
    staff = staff_of(user_id, brand_id)
    name = staff.username if staff else ""
    with in_brand(brand_id):
        asked = list_approvals(brand_id, state=ApprovalState.PENDING, asked_by=user_id, limit=200).approvals
        return Leaving(
            tuple(c for c in list_clients(brand_id) if c.revoked_at is None and name and c.created_by == name),
            tuple(request for request in asked if request.held_by_id == user_id),
            tuple(channel for channel, owner in owner_records(brand_id).items() if owner.user_id == user_id),
        )


def let_go(
    brand_id: UUID,
    user_id: UUID,
    *,
    by: Staff,
    successor: Staff | None = None,
    revoke_keys: Collection[UUID] = (),
    reason: str = "",
) -> Leaving:
    """Take somebody's role, end their sessions, revoke the keys named, give their open requests to a successor.

    One transaction. A log-in with no role in any other brand is switched off. Returns what was left behind, channels
    without an owner among it. Raises NotAllowed, BadValue when open requests have no successor, Conflict for the last
    owner, NotFound.
    """
    with in_brand(brand_id):
        staff = staff_of(user_id, brand_id)
        if staff is None:
            raise NotFound("nobody with a role here")
        check_grant(by, staff.role)
        left = leaving(brand_id, user_id)
        if left.requests and (successor is None or successor.user_id == user_id):
            raise BadValue("successor", "", f"who answers for {len(left.requests)} open requests from now on")
        if successor and left.requests:
            hand_over(brand_id, user_id, successor, by=by.username)
        for client in left.keys:
            if client.id in set(revoke_keys):
                revoke_client(brand_id, client.id, by=by.username, reason=f"{staff.username} left")
        unassign(brand_id, user_id, by=by.username, reason=reason)
        end_sessions(user_id, by=by.username)
        User.objects.filter(id=user_id, brand_ids=[]).update(is_active=False, one_click=None)
        return left
