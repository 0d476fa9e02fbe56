"""Reads of invitations."""

from __future__ import annotations

from uuid import UUID

from datong.access.models import Invitation as Row
from datong.access.types import Invitation, Role, ScopeKind
from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.errors import NotFound

MOST = 200


def invitation(brand_id: UUID, invitation_id: UUID) -> Invitation:
    """One invitation; NotFound when there is none."""
    with in_brand(brand_id):
        row = Row.objects.filter(brand_id=brand_id, id=invitation_id).first()
    if row is None:
        raise NotFound("no such invitation")
    return read(row)


def list_invitations(brand_id: UUID, *, open_only: bool = True) -> list[Invitation]:
    """Invitations, newest first, the open ones only unless told; at most 200."""
    with in_brand(brand_id):
        found = Row.objects.filter(brand_id=brand_id)
        if open_only:
            found = found.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())
        return [read(row) for row in found.order_by("-id")[:MOST]]


def read(row: Row) -> Invitation:
    state = "open" if row.expires_at > clock.now() else "expired"
    state = "revoked" if row.revoked_at else "accepted" if row.accepted_at else state
    return Invitation(
        row.id,
        row.brand_id,
        row.email,
        row.name,
        Role(row.role),
        ScopeKind(row.scope),
        tuple(row.scope_ids),
        row.by,
        row.at,
        row.expires_at,
        state,
        row.accepted_by,
        row.locale,
    )
