"""Writes of API clients: keys handed out, found, taken back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from datong.access import rules
from datong.access.events import ClientCreated, ClientRevoked
from datong.access.models import Client as ClientRow
from datong.access.queries.people import client
from datong.access.types import Client, NewClient, Scope
from datong.kernel import audit, clock, outbox
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

TOUCH_EVERY = timedelta(minutes=1)


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
            created_by=by[:120],
            created_at=clock.now(),
        )
        outbox.emit(ClientCreated(row.id, channel_id, tuple(row.scopes), by))
        facts = {"scopes": row.scopes, "channel": str(channel_id)}
        audit.record(brand=brand_id, actor=by, verb="key.create", subject=f"key {row.name}", after=facts)
    return NewClient(client(row), key)


def revoke_client(brand_id: UUID, client_id: UUID, *, by: str, reason: str = "") -> None:
    """Take a key back: the next request with it is refused."""
    with in_brand(brand_id):
        live = ClientRow.objects.filter(brand_id=brand_id, id=client_id, revoked_at=None)
        name = live.values_list("name", flat=True).first()
        if not live.update(revoked_at=clock.now()):
            raise NotFound(f"no live client {client_id}")
        outbox.emit(ClientRevoked(client_id, by))
        audit.record(brand=brand_id, actor=by, verb="key.revoke", subject=f"key {name}", reason=reason)


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
