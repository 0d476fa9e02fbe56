"""Reads of invitations."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from datong.access.models import Invitation as Row
from datong.access.queries.people import usernames_of
from datong.access.types import Invitation, InvitationMail, Role, ScopeKind
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
    return read(row, usernames_of([row.user_id]) if row.user_id else {})


def list_invitations(brand_id: UUID, *, open_only: bool = True) -> list[Invitation]:
    """Invitations, newest first, the open ones only unless told; at most 200."""
    with in_brand(brand_id):
        found = Row.objects.filter(brand_id=brand_id)
        if open_only:
            found = found.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())
        page = list(found.order_by("-id")[:MOST])
        names = usernames_of({row.user_id for row in page if row.user_id})
        return [read(row, names) for row in page]


def read(row: Row, usernames: Mapping[UUID, str]) -> Invitation:
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
        row.user_id,
        username=usernames.get(row.user_id, "") if row.user_id else "",
        mail=_mail(row),
    )


def _mail(row: Row) -> InvitationMail | None:
    if row.mail_due_at is not None:
        return InvitationMail("waiting", row.mail_due_at, row.mail_error)
    if row.mail_error:
        return InvitationMail("failed", row.mailed_at, row.mail_error)
    return InvitationMail("sent", row.mailed_at) if row.mailed_at else None
