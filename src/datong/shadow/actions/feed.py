"""A file or a webhook's copy comes in: believed, read, kept as observations. Nothing of it becomes an order."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from uuid import UUID

import msgspec

from datong.integration.api import admit, connector_of
from datong.integration.types import MAX_BODY_BYTES, Context, NotAnOrder, Reply, Request, TooLarge, UnknownEndpoint
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.secrets import unseal
from datong.shadow.actions.keep import keep_mapping, keep_members, keep_orders, keep_prices, keep_stock
from datong.shadow.models import System as SystemRow
from datong.shadow.queries import project_of, system_view
from datong.shadow.reading.intents import seen_of
from datong.shadow.reading.kinds import Read, read
from datong.shadow.types import MAX_PROBLEMS, Fed, FeedKind, Project, System

NIL = UUID(int=0)
TOKEN_BYTES = 40

TAKE = """
    INSERT INTO shadow_feed (brand_id, id, project_id, system_id, kind, door, name, sha256, received_at, rows, taken,
                             refused, problems, body)
    VALUES (%(brand)s, %(id)s, %(project)s, %(system)s, %(kind)s, %(door)s, %(name)s, %(sha)s, %(at)s, 0, 0, 0, '[]',
            %(body)s)
    ON CONFLICT (brand_id, project_id, system_id, kind, sha256) DO NOTHING RETURNING id
"""
TOLD = """
    UPDATE shadow_feed SET rows = %(rows)s, taken = %(taken)s, refused = %(refused)s, problems = %(problems)s::jsonb
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def feed_file(brand_id: UUID, project_id: UUID, system_code: str, kind: FeedKind, name: str, body: bytes) -> Fed:
    """Take a file of one system (of none for a mapping file): its good rows, whatever is wrong with the others.

    The same content again does nothing. Raises BadInput when it is no file that is read or a heading is missing;
    nothing is kept then. One transaction.
    """
    with in_brand(brand_id):
        project = project_of(brand_id, project_id)
        system = _system(project, system_code) if kind is not FeedKind.ITEMS else None
        at = clock.now()
        found = read(kind, name, body, project, at)
        feed_id = _take(project, system, kind, "file", name, body, keep=False)
        if feed_id is None:
            return Fed(NIL, kind, found.rows, 0, 0, repeat=True)
        _keep(project, system, feed_id, kind, found)
        return _told(feed_id, kind, found)


def _system(project: Project, code: str) -> System:
    system = project.system(code)
    if system is None:
        known = ", ".join(each.code for each in project.systems) or "none yet"
        raise NotFound(f"no system {code!r}; there are {known}")
    return system


def _keep(project: Project, system: System | None, feed_id: UUID, kind: FeedKind, found: Read) -> None:
    seen: Any = found.seen
    match kind:
        case FeedKind.ITEMS:
            systems = {each.code: each.id for each in project.systems}
            strange = [row for row in seen if row.system not in systems]
            for row in strange:
                fix = f"one of {', '.join(systems)}"
                found.refuse([Problem(f"{row.sku}, system", "unknown_system", fix, row.system)])
            found.seen = [row for row in seen if row.system in systems]
            keep_mapping(project, found.seen, systems)  # type: ignore[arg-type]
        case _ if system is None:
            raise BadInput("a file of orders, stock, prices or members belongs to a system")
        case FeedKind.ORDERS:
            keep_orders(project, system, feed_id, seen)
        case FeedKind.STOCK:
            keep_stock(project, system, seen)
        case FeedKind.PRICES:
            keep_prices(project, system, seen)
        case FeedKind.MEMBERS:
            keep_members(project, system, seen)


def _take(
    project: Project, system: System | None, kind: FeedKind, door: str, name: str, body: bytes, *, keep: bool
) -> UUID | None:
    params = {
        "brand": current_brand(),
        "id": uuid7(),
        "project": project.id,
        "system": system.id if system else NIL,
        "kind": kind.value,
        "door": door,
        "name": name[:200],
        "sha": hashlib.sha256(body).digest(),
        "at": clock.now(),
        "body": body if keep else None,
    }
    found = rows(TAKE, params)
    return found[0][0] if found else None


def _told(feed_id: UUID, kind: FeedKind, found: Read) -> Fed:
    problems = tuple(found.problems[:MAX_PROBLEMS])
    params = {
        "brand": current_brand(),
        "id": feed_id,
        "rows": found.rows,
        "taken": len(found.seen),
        "refused": found.refused,
        "problems": msgspec.json.encode(problems, enc_hook=str).decode(),
    }
    execute(TOLD, params)
    return Fed(feed_id, kind, found.rows, len(found.seen), found.refused, problems)


def receive(token: str, request: Request) -> Reply:
    """A copy of a webhook: its signature is checked as the hub itself would, then it is kept and read at once.

    What cannot be read is kept with its problems and acknowledged: a sender that hears a refusal gives up. Raises
    UnknownEndpoint, BadSignature (nothing is kept), TooLarge, TooMany. Nothing is asked of the sender's platform.
    """
    if len(request.body) > MAX_BODY_BYTES:
        raise TooLarge(f"{len(request.body)} bytes; at most {MAX_BODY_BYTES} are taken")
    brand_id = _brand_of(token)
    with in_brand(brand_id):
        row = SystemRow.objects.filter(token=token).first()
        if row is None or not row.connector:
            raise UnknownEndpoint("no system of a shadow project has this address")
        admit(f"shadow {row.id}")
        system = system_view(row)
        project = project_of(brand_id, row.project_id)
        secrets = json.loads(unseal(bytes(row.sealed)))
        context = context_of(project, system, secrets, request.url)
        connector = connector_of(system.connector, system.settings)
        connector.verify(request, context)
        for piece in connector.unpack(request, context):
            feed_id = _take(project, system, FeedKind.ORDERS, "webhook", system.connector, piece.body, keep=True)
            if feed_id is not None and piece.orders:
                found = Read(rows=1)
                try:
                    found.seen = [seen_of(intent) for intent in connector.parse(piece.body, context)]
                except NotAnOrder:
                    found.rows = 0
                except BadInput as error:
                    found.refuse(list(error.problems) or [Problem("body", error.code, str(error))])
                keep_orders(project, system, feed_id, found.seen)  # type: ignore[arg-type]
                _told(feed_id, FeedKind.ORDERS, found)
    return connector.reply


def context_of(project: Project, system: System, secrets: dict[str, str], url: str = "") -> Context:
    """What the wire formats are told; no channel of the brand is behind it, so nothing can be placed through it."""
    return Context(
        channel_id=system.id,
        channel_code=system.code,
        currency=project.currency,
        country=project.country,
        timezone=project.timezone,
        secrets=secrets,
        settings={"public_url": url, **system.settings},
    )


def _brand_of(token: str) -> UUID:
    """The brand a token was made for; it begins with the brand's id, so no table has to be read before it is known."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != TOKEN_BYTES:
        raise UnknownEndpoint("no system of a shadow project has this address")
    return UUID(bytes=raw[:16])
