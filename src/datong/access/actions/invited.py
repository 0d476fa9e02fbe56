"""Invitations of people who have a log-in already, made by an import: their mails are sent in the background.

A mail is claimed before it is sent: when the process dies in between, nobody knows whether it went out, and it is not
sent again by itself. What certainly was not sent is tried again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from datong.access.actions.invitations import DAYS, check_grant, hashed, link_token
from datong.access.models import Invitation as Row
from datong.access.queries.invitations import invitation, read
from datong.access.queries.people import has_password, staff_of, usernames_of
from datong.access.types import MailDue, Staff
from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.mail import is_address

PER_MINUTE = 30
TRIES = 8
UNSURE = "it is not known whether this was sent"


def invite_login(brand_id: UUID, user_id: UUID, *, by: str, email: str, base: str) -> bool:
    """Invite somebody whose log-in has no password yet: a mail with a link under `base` is due. False when they were
    invited and can still come, or have a password. Raises BadValue, NotFound (nobody at work here)."""
    if not is_address(email):
        raise BadValue("email", email, "an e-mail address such as ann@example.com")
    staff = staff_of(user_id, brand_id)
    if staff is None:
        raise NotFound(f"no user {user_id} at work here")
    if has_password(user_id):
        return False
    now = clock.now()
    with in_brand(brand_id):
        locks.take(f"invited {brand_id} {user_id}")
        open_ones = Row.objects.filter(brand_id=brand_id, user_id=user_id, accepted_at=None, revoked_at=None)
        if open_ones.filter(expires_at__gt=now).exists():
            return False
        open_ones.update(revoked_at=now, revoked_by="expired")
        row = Row.objects.create(
            brand_id=brand_id,
            id=uuid7(),
            email=email.strip(),
            name=staff.name,
            role=staff.role.value,
            scope=staff.scope.value,
            scope_ids=sorted(staff.scope_ids),
            locale=staff.locale,
            token_hash=hashed(secrets.token_urlsafe(24)),
            by=by[:120],
            at=now,
            expires_at=now + timedelta(days=DAYS),
            user_id=user_id,
            link_base=base[:200],
            mail_due_at=now,
        )
        _told(row, by, "staff.invite", {"role": row.role, "expires_at": row.expires_at})
    return True


def uninvite_logins(brand_id: UUID, users: Collection[UUID], *, by: str) -> int:
    """Take back the open invitations of these log-ins: links in mails that went out open nothing any more."""
    with in_brand(brand_id):
        live = Row.objects.filter(brand_id=brand_id, user_id__in=list(users), accepted_at=None, revoked_at=None)
        taken = list(live.select_for_update().order_by("id"))
        for row in taken:
            _told(row, by, "staff.uninvite", {})
        return live.update(revoked_at=clock.now(), revoked_by=by[:120], mail_due_at=None) if taken else 0


def mail_again(brand_id: UUID, invitation_id: UUID, *, by: Staff) -> None:
    """Send an open invitation's mail once more, with a new link; the link before it opens nothing from then on.

    Raises NotFound, Conflict when its mail waits already or nobody can take it up any more.
    """
    with in_brand(brand_id):
        found = invitation(brand_id, invitation_id)
        check_grant(by, found.role)
        now = clock.now()
        live = Row.objects.filter(
            brand_id=brand_id, id=invitation_id, accepted_at=None, revoked_at=None, user_id__isnull=False
        )
        if not live.filter(mail_due_at=None).update(
            mail_due_at=now, mail_error="", mail_tries=0, mailed_at=None, expires_at=now + timedelta(days=DAYS)
        ):
            raise Conflict("its mail is on its way, or this invitation is over")
        _told(Row.objects.get(brand_id=brand_id, id=invitation_id), by.username, "staff.invite_again", {})


CLAIM = """
    UPDATE access_invitation SET mail_due_at = NULL, mailed_at = %(now)s, token_hash = %(hash)s,
           mail_tries = mail_tries + 1, mail_error = %(unsure)s
     WHERE brand_id = %(brand)s AND id = (
           SELECT id FROM access_invitation
            WHERE brand_id = %(brand)s AND mail_due_at <= %(now)s AND expires_at > %(now)s
            ORDER BY mail_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       AND (SELECT count(*) FROM access_invitation WHERE brand_id = %(brand)s AND mailed_at > %(ago)s) < %(most)s
    RETURNING id
"""


def claim_mail(brand_id: UUID) -> MailDue | None:
    """The next mail of this brand that may go now, for the caller to send outside of a transaction and to tell of by
    `mail_sent` or `mail_failed`; None when there is none, or a minute's worth has gone."""
    secret, now = secrets.token_urlsafe(24), clock.now()
    with in_brand(brand_id):
        locks.take(f"invitation mails {brand_id}")
        key = {"brand": brand_id, "now": now, "hash": hashed(secret), "ago": now - timedelta(seconds=60)}
        found = rows(CLAIM, {**key, "most": PER_MINUTE, "unsure": UNSURE})
        if not found:
            return None
        row = Row.objects.get(brand_id=brand_id, id=found[0][0])
        names = usernames_of([row.user_id]) if row.user_id else {}
        return MailDue(read(row, names), row.link_base, link_token(brand_id, row.id, secret))


def mail_sent(brand_id: UUID, invitation_id: UUID) -> None:
    with in_brand(brand_id):
        Row.objects.filter(brand_id=brand_id, id=invitation_id).update(mail_error="")


AGAIN = """
    UPDATE access_invitation
       SET mail_error = %(why)s, mailed_at = CASE WHEN %(certain)s THEN NULL ELSE mailed_at END,
           mail_due_at = CASE WHEN %(certain)s AND mail_tries < %(tries)s AND accepted_at IS NULL AND revoked_at IS NULL
                              THEN %(now)s + make_interval(mins => (1 << least(mail_tries, 6))) END
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def mail_failed(brand_id: UUID, invitation_id: UUID, why: str, *, certain: bool) -> None:
    """It was not taken; where it is certain that nothing went out it is tried again, later each time."""
    now: datetime = clock.now()
    key = {"brand": brand_id, "id": invitation_id, "why": why[:200], "certain": certain, "tries": TRIES, "now": now}
    with in_brand(brand_id):
        execute(AGAIN, key)


def _told(row: Row, by: str, verb: str, after: dict[str, object]) -> None:
    subject = f"invitation {row.email}"
    audit.record(brand=row.brand_id, actor=by, verb=verb, subject=subject, after=after)
