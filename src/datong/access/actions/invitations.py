"""Invitations: a role held ready for somebody, by a link that works once, expires, and can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.core import signing
from django.db import transaction

from datong.access import rules
from datong.access.actions.people import create_user, set_password
from datong.access.actions.staff import assign
from datong.access.models import Invitation as Row
from datong.access.queries.invitations import invitation, read
from datong.access.queries.people import has_password, staff_of
from datong.access.types import Invitation, NewInvitation, Role, ScopeKind, Staff
from datong.kernel import audit, clock
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.mail import is_address

DAYS = 7
SALT = "datong.access.invitation"


def invite(
    brand_id: UUID,
    role: Role,
    *,
    by: Staff,
    email: str = "",
    name: str = "",
    scope: ScopeKind | None = None,
    scope_ids: Collection[UUID] = (),
    locale: str = "en",
    days: int = DAYS,
) -> NewInvitation:
    """Hold a role ready for somebody; the token is shown this once. Raises BadValue, NotAllowed."""
    role = Role(role)
    check_grant(by, role)
    reach, over = rules.check_assignment(role, (), scope, scope_ids)
    if email and not is_address(email):
        raise BadValue("email", email, "an e-mail address such as ann@example.com")
    if not 1 <= days <= 30:
        raise BadValue("days", days, "1 to 30 days")
    secret, now = secrets.token_urlsafe(24), clock.now()
    with in_brand(brand_id):
        row = Row.objects.create(
            brand_id=brand_id,
            id=uuid7(),
            email=email.strip(),
            name=name.strip()[:120],
            role=role.value,
            scope=reach.value,
            scope_ids=list(over),
            locale=locale,
            token_hash=hashed(secret),
            by=by.username,
            at=now,
            expires_at=now + timedelta(days=days),
        )
        audit.record(
            brand=brand_id,
            actor=by.username,
            verb="staff.invite",
            subject=f"invitation {email or name or row.id}",
            after={"role": role, "scope": reach, "scope_ids": [str(i) for i in over], "expires_at": row.expires_at},
        )
    token = link_token(brand_id, row.id, secret)
    return NewInvitation(read(row, {}), token)


def open_invitation(token: str) -> Invitation:
    """The invitation a link stands for; NotFound when it is forged, used, expired or taken back."""
    brand_id, invitation_id, secret = _parts(token)
    found = invitation(brand_id, invitation_id)
    with in_brand(brand_id):
        kept = Row.objects.filter(brand_id=brand_id, id=invitation_id).values_list("token_hash", flat=True).first()
    if kept is None or not secrets.compare_digest(bytes(kept), hashed(secret)) or found.state != "open":
        raise NotFound(GONE)
    return found


GONE = "this invitation was used, has expired or was taken back; ask for a new one"


def accept(
    token: str, *, username: str = "", password: str = "", name: str = "", user_id: UUID | None = None
) -> tuple[UUID, UUID]:
    """Take an invitation up, with a new log-in or, given `user_id`, with the one there is; (user, brand).

    Of two who open the link at the same moment one gets in. Raises BadValue, Conflict (name taken), NotFound.
    """
    found = open_invitation(token)
    with transaction.atomic(), in_brand(found.brand_id):
        if found.user_id is not None:
            username = found.username
        mine = Row.objects.filter(brand_id=found.brand_id, id=found.id, accepted_at=None, revoked_at=None)
        if not mine.update(accepted_at=clock.now(), accepted_by=username.strip().lower()[:120], mail_due_at=None):
            raise NotFound(GONE)
        if found.user_id is not None:
            return first_password(found.brand_id, found.user_id, password), found.brand_id
        if user_id is None:
            user_id = create_user(
                username, password=password, name=name or found.name, email=found.email, locale=found.locale
            )
        elif staff_of(user_id, found.brand_id):
            raise Conflict("you have a role in this brand already; ask for it to be changed")
        assign(
            found.brand_id,
            user_id,
            found.role,
            by=found.by,
            scope=found.scope,
            scope_ids=found.scope_ids,
            reason="invitation accepted",
        )
    return user_id, found.brand_id


def first_password(brand_id: UUID, user_id: UUID, password: str) -> UUID:
    """The password of a log-in that was made for somebody; raises NotFound when it has one or works here no more."""
    staff = staff_of(user_id, brand_id)
    if staff is None or has_password(user_id):
        raise NotFound(GONE)
    set_password(user_id, password, by=staff.username)
    return user_id


def revoke_invitation(brand_id: UUID, invitation_id: UUID, *, by: Staff) -> None:
    """Take an open invitation back: its link opens nothing from now on. Twice is as once."""
    with in_brand(brand_id):
        found = invitation(brand_id, invitation_id)
        check_grant(by, found.role)
        live = Row.objects.filter(brand_id=brand_id, id=invitation_id, accepted_at=None, revoked_at=None)
        if live.update(revoked_at=clock.now(), revoked_by=by.username, mail_due_at=None):
            subject = f"invitation {found.email or found.name or found.id}"
            audit.record(brand=brand_id, actor=by.username, verb="staff.uninvite", subject=subject)


def check_grant(by: Staff, role: Role) -> None:
    """Raises NotAllowed when `by` may not give or take this role."""
    if not rules.may_grant(by, role):
        raise NotAllowed(f"only an owner gives or takes the role {role}" if role is Role.OWNER else "not your role")


def _parts(token: str) -> tuple[UUID, UUID, str]:
    try:
        brand, row, secret = signing.loads(token, salt=SALT, max_age=31 * 86400)
        return UUID(brand), UUID(row), str(secret)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(GONE) from None


def link_token(brand_id: UUID, invitation_id: UUID, secret: str) -> str:
    return signing.dumps([brand_id.hex, invitation_id.hex, secret], salt=SALT)


def hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
