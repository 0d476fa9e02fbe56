"""Writes of access: log-ins, roles, channel owners, API clients."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction

from datong.access import rules
from datong.access.events import ChannelOwned, ClientCreated, ClientRevoked, StaffAssigned
from datong.access.models import Assignment, ChannelOwner, User
from datong.access.models import Client as ClientRow
from datong.access.queries import assignments, client
from datong.access.types import Client, NewClient, Role, Scope
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7

LOGIN_LINK_S = 600
LOGIN_SALT = "datong.access.login"
TOUCH_EVERY = timedelta(minutes=1)


def create_user(
    username: str, *, password: str | None = None, name: str = "", email: str = "", locale: str = "en"
) -> UUID:
    """Open a log-in that reaches no brand yet; without a password it opens by a log-in link only. Its id.

    Raises BadValue for an unusable name or a short password, Conflict when the name is taken.
    """
    username = rules.clean_username(username)
    if password is not None:
        rules.check_password(password)
    user = User(username=username, name=name.strip()[:120], email=email.strip(), locale=locale)
    user.password = make_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict(f"the username {username} is taken") from None
    return user.id


def set_password(user_id: UUID, password: str) -> None:
    """Change a password; the hash ends all sessions of the old one."""
    rules.check_password(password)
    if not User.objects.filter(id=user_id).update(password=make_password(password), one_click=None):
        raise NotFound(f"no user {user_id}")


def switch_user(user_id: UUID, *, active: bool) -> None:
    """Let somebody in or keep them out of every brand, at once."""
    if not User.objects.filter(id=user_id).update(is_active=active, one_click=None):
        raise NotFound(f"no user {user_id}")


def set_preferences(user_id: UUID, *, locale: str | None = None, theme: str | None = None) -> None:
    """Language (BCP 47) and theme: auto, light or dark."""
    if theme is not None and theme not in ("auto", "light", "dark"):
        raise BadValue("theme", theme, "auto, light or dark")
    changes = {key: value for key, value in (("locale", locale), ("theme", theme)) if value is not None}
    if changes and not User.objects.filter(id=user_id).update(**changes):
        raise NotFound(f"no user {user_id}")


JOIN_BRAND = """
    UPDATE access_user SET brand_ids = brand_ids || %(brand)s::uuid
     WHERE id = %(user)s AND NOT brand_ids @> ARRAY[%(brand)s::uuid]
"""
LEAVE_BRAND = """
    UPDATE access_user SET brand_ids = array_remove(brand_ids, %(brand)s::uuid) WHERE id = %(user)s
"""


def assign(brand_id: UUID, user_id: UUID, role: Role, *, by: str, store_ids: Collection[UUID] = ()) -> None:
    """Give somebody a role in a brand, in place of the one they had.

    Raises BadValue when the stores do not fit the role, NotFound for an unknown user.
    """
    role = Role(role)
    rules.check_assignment(role, store_ids)
    stores = sorted(set(store_ids))
    with in_brand(brand_id):
        if not User.objects.filter(id=user_id).exists():
            raise NotFound(f"no user {user_id}")
        Assignment.objects.bulk_create(
            [
                Assignment(
                    brand_id=brand_id, user_id=user_id, role=role.value, store_ids=stores, since=clock.now(), by=by
                )
            ],
            update_conflicts=True,
            unique_fields=["brand_id", "user_id"],
            update_fields=["role", "store_ids", "since", "by"],
        )
        execute(JOIN_BRAND, {"brand": brand_id, "user": user_id})
        outbox.emit(StaffAssigned(user_id, role.value, tuple(stores), by))


def unassign(brand_id: UUID, user_id: UUID, *, by: str) -> None:
    """Take somebody's role in a brand away; it holds from the next request on."""
    with in_brand(brand_id):
        gone, _ = assignments(brand_id, user_id).delete()
        if not gone:
            raise NotFound(f"user {user_id} has no role here")
        execute(LEAVE_BRAND, {"brand": brand_id, "user": user_id})
        outbox.emit(StaffAssigned(user_id, "", (), by))


def login_token(user_id: UUID, brand_id: UUID) -> str:
    """A signed token for a one-click log-in: good once, for ten minutes, and only until the next one is made."""
    nonce = uuid4()
    if not User.objects.filter(id=user_id, is_active=True).update(one_click=nonce):
        raise NotFound(f"no user {user_id}")
    return signing.dumps([str(user_id), str(brand_id), str(nonce)], salt=LOGIN_SALT)


def redeem_login_token(token: str) -> tuple[UUID, UUID]:
    """(user, brand) of a token that has not been used; using it is one statement, so two clicks cannot both win.

    Raises NotAllowed when it is forged, too old, used, replaced, or the log-in is switched off.
    """
    try:
        user_id, brand_id, nonce = map(UUID, signing.loads(token, salt=LOGIN_SALT, max_age=LOGIN_LINK_S))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotAllowed("this log-in link is not valid any more; ask for a new one") from None
    if not User.objects.filter(id=user_id, one_click=nonce, is_active=True).update(one_click=None):
        raise NotAllowed("this log-in link has been used; ask for a new one")
    return user_id, brand_id


def own_channel(brand_id: UUID, channel_id: UUID, name: str, *, by: str, user_id: UUID | None = None) -> None:
    """Make somebody responsible for a channel (S-11); the one before keeps their row, with its end.

    Raises Conflict when two name an owner at the same moment: the second must look at what the first did.
    """
    if not name.strip():
        raise BadValue("name", name, "the name of who answers for the channel")
    now = clock.now()
    owner = ChannelOwner(
        brand_id=brand_id, channel_id=channel_id, user_id=user_id, name=name.strip()[:120], since=now, by=by
    )
    with in_brand(brand_id):
        ChannelOwner.objects.filter(brand_id=brand_id, channel_id=channel_id, until=None).update(until=now)
        try:
            with savepoint():
                owner.save(force_insert=True)
        except IntegrityError:
            raise Conflict("somebody else named an owner at this moment; look again") from None
        outbox.emit(ChannelOwned(channel_id, name.strip(), by))


def create_client(
    brand_id: UUID, channel_id: UUID, name: str, scopes: Collection[Scope | str], *, by: str
) -> NewClient:
    """Hand out an API key of 256 random bits; what is kept is its hash, so it is shown this once."""
    try:
        wanted = sorted(Scope(scope) for scope in scopes)
    except ValueError:
        raise BadValue("scopes", ", ".join(map(str, scopes)), "some of " + ", ".join(Scope)) from None
    if not wanted:
        raise BadValue("scopes", "", "at least one of " + ", ".join(Scope))
    if not name.strip():
        raise BadValue("name", name, "a name by which the client is known")
    key = rules.KEY_PREFIX + secrets.token_urlsafe(32)
    with in_brand(brand_id):
        row = ClientRow.objects.create(
            id=uuid7(),
            key_hash=rules.hash_of(key),
            brand_id=brand_id,
            channel_id=channel_id,
            name=name.strip()[:120],
            scopes=[scope.value for scope in wanted],
            created_at=clock.now(),
        )
        outbox.emit(ClientCreated(row.id, channel_id, tuple(row.scopes), by))
    return NewClient(client(row), key)


def revoke_client(brand_id: UUID, client_id: UUID, *, by: str) -> None:
    """Take a key back: the next request with it is refused."""
    with in_brand(brand_id):
        live = ClientRow.objects.filter(brand_id=brand_id, id=client_id, revoked_at=None)
        if not live.update(revoked_at=clock.now()):
            raise NotFound(f"no live client {client_id}")
        outbox.emit(ClientRevoked(client_id, by))


TOUCH = """
    UPDATE access_client SET last_used_at = %(now)s
     WHERE id = (SELECT id FROM access_client WHERE id = %(id)s FOR UPDATE SKIP LOCKED)
    RETURNING 1
"""


def client_of(key: str) -> Client | None:
    """Whose key it is, None when nobody's any more.

    One statement, and a second at most once a minute to note the use; requests of one client never wait for each
    other on that note.
    """
    if not key.startswith(rules.KEY_PREFIX):
        return None
    row = ClientRow.objects.filter(key_hash=rules.hash_of(key), revoked_at=None).first()
    if row is None:
        return None
    now = clock.now()
    if row.last_used_at is None or now - row.last_used_at > TOUCH_EVERY:
        rows(TOUCH, {"now": now, "id": row.id})
    return client(row)
