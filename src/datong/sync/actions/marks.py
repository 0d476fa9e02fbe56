"""Something changed that a channel must hear of: its row is marked. Nothing is sent here.

A state (stock, price) has one row a product and place, whose version is raised; the figure is read when it is sent. So
ten changes while a channel is slow are one call, and no older figure can come after a newer one. A step of an order has
a row of its own, written once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.catalog.api import bundles_using, parts_of
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.sync.queries import list_links, stock_targets
from datong.sync.rules import LANES, NOWHERE, lane_of, order_of
from datong.sync.types import Kind

MARK = """
    INSERT INTO sync_outward (brand_id, channel_id, kind, subject, place, id, family, lane, state, version,
                              sent_version, facts, event_at, due_at, again, attempts, code, why, fix)
    SELECT %(brand)s, c.channel_id, %(kind)s, c.item_id, t.place, gen_random_uuid(), c.item_id,
           ('x' || right(c.item_id::text, 4))::bit(16)::int %% %(lanes)s, 'waiting', 1, 0, '{}'::jsonb,
           %(at)s, %(due)s, false, 0, '', '', ''
      FROM sync_counterpart c
      JOIN unnest(%(channels)s::uuid[], %(places)s::uuid[]) t(channel, place) ON t.channel = c.channel_id
     WHERE c.brand_id = %(brand)s AND (%(items)s::uuid[] IS NULL OR c.item_id = ANY(%(items)s::uuid[]))
     ORDER BY c.channel_id, c.item_id, t.place
    ON CONFLICT (brand_id, channel_id, kind, subject, place) DO UPDATE
       SET version = sync_outward.version + 1,
           event_at = CASE WHEN sync_outward.state = 'waiting' THEN sync_outward.event_at ELSE excluded.event_at END,
           due_at = CASE WHEN sync_outward.state = 'waiting' THEN least(sync_outward.due_at, excluded.due_at)
                         ELSE excluded.due_at END,
           attempts = CASE WHEN sync_outward.state = 'waiting' THEN sync_outward.attempts ELSE 0 END,
           state = 'waiting', code = '', why = '', fix = ''
"""


def mark_stock(
    brand_id: UUID, items: Collection[UUID] | None, *, locations: Collection[UUID] | None = None, at: datetime
) -> int:
    """The stock of these items (None: all) at these places (None: any) is another, and so is that of the bundles made
    of them; how many rows were marked."""
    if items:
        items = {*items, *bundles_using(brand_id, items)}
    found = [
        (link.channel_id, target.place)
        for link, aims in stock_targets(brand_id)
        if Kind.STOCK in link.kinds
        for target in aims
        if locations is None or set(locations) & set(target.stores)
    ]
    return _mark(brand_id, Kind.STOCK, found, items, at)


MARK_EACH = MARK.replace(
    """      JOIN unnest(%(channels)s::uuid[], %(places)s::uuid[]) t(channel, place) ON t.channel = c.channel_id
     WHERE c.brand_id = %(brand)s AND (%(items)s::uuid[] IS NULL OR c.item_id = ANY(%(items)s::uuid[]))
""",
    """      JOIN unnest(%(channels)s::uuid[], %(places)s::uuid[], %(items)s::uuid[], %(ats)s::timestamptz[],
                  %(dues)s::timestamptz[]) t(channel, place, item, at, due)
        ON t.channel = c.channel_id AND t.item = c.item_id
     WHERE c.brand_id = %(brand)s
""",
).replace("%(at)s, %(due)s", "t.at, t.due")


def mark_changes(brand_id: UUID, changed: Mapping[UUID | None, Collection[UUID]], *, at: datetime) -> int:
    """The stock of these items at these places is another, by place (None: everywhere), and so is that of the bundles
    made of them: one statement, in the order of the key, so that two workers do not wait for each other in a ring."""
    changed = _with_bundles(brand_id, changed)
    everywhere = set(changed.get(None, ()))
    now = clock.now()
    found = {
        (link.channel_id, target.place, item, at, now)
        for link, aims in stock_targets(brand_id)
        if Kind.STOCK in link.kinds
        for target in aims
        for item in everywhere.union(*(changed[store] for store in target.stores if store in changed))
    }
    return _mark_each(brand_id, Kind.STOCK, found)


def _with_bundles(brand_id: UUID, changed: Mapping[UUID | None, Collection[UUID]]) -> dict[UUID | None, set[UUID]]:
    """The same with the bundles of which a part changed, at the places where it did. Two statements at most."""
    bundles = bundles_using(brand_id, {item for items in changed.values() for item in items})
    made = parts_of(brand_id, bundles) if bundles else {}
    uses: dict[UUID, set[UUID]] = {}
    for bundle, parts in made.items():
        for part, _ in parts:
            uses.setdefault(part, set()).add(bundle)
    return {place: set(items).union(*(uses.get(item, ()) for item in items)) for place, items in changed.items()}


def mark_prices(brand_id: UUID, items: Collection[UUID] | None, *, at: datetime) -> int:
    """The price of these items (None: all) is another."""
    return _mark(brand_id, Kind.PRICE, _priced(brand_id), items, at)


def mark_priced(brand_id: UUID, changed: Mapping[UUID, tuple[datetime, datetime]]) -> int:
    """item -> (when its price became or becomes another, when that is due): one statement, in the order of the key."""
    found = [(*to, item, *when) for to in _priced(brand_id) for item, when in changed.items()]
    return _mark_each(brand_id, Kind.PRICE, found)


SAID_BY_US = """
    SELECT DISTINCT channel_id FROM sync_fieldmaster
     WHERE brand_id = %(brand)s AND field IN ('title', 'description') AND master IN ('datong', 'erp')
"""


def mark_texts(brand_id: UUID, items: Collection[UUID], *, at: datetime, channel_id: UUID | None = None) -> int:
    """The title or description of these items is another; told where we lead one of them (`channel_id`: only there)."""
    with in_brand(brand_id):
        led = [channel for (channel,) in rows(SAID_BY_US, {"brand": brand_id}) if channel_id in (None, channel)]
    now = clock.now()
    found = [(channel, NOWHERE, item, at, now) for channel in led for item in set(items)]
    return _mark_each(brand_id, Kind.TEXT, found)


def _mark_each(brand_id: UUID, kind: Kind, found: Collection[tuple[UUID, UUID, UUID, datetime, datetime]]) -> int:
    """Mark (channel, place, item, when it changed, when it is due)."""
    if not found:
        return 0
    names = ("channels", "places", "items", "ats", "dues")
    columns = dict(zip(names, map(list, zip(*found, strict=True)), strict=True))
    with in_brand(brand_id):
        return execute(MARK_EACH, {"brand": brand_id, "kind": kind.value, "lanes": LANES, **columns})


def _priced(brand_id: UUID) -> list[tuple[UUID, UUID]]:
    return [(link.channel_id, NOWHERE) for link in list_links(brand_id) if Kind.PRICE in link.kinds]


def _mark(
    brand_id: UUID, kind: Kind, found: Sequence[tuple[UUID, UUID]], items: Collection[UUID] | None, at: datetime
) -> int:
    if not found or (items is not None and not items):
        return 0
    key: dict[str, Any] = {
        "brand": brand_id,
        "kind": kind.value,
        "channels": [channel for channel, _ in found],
        "places": [place for _, place in found],
        "items": None if items is None else list(items),
        "at": at,
        "due": clock.now(),
        "lanes": LANES,
    }
    with in_brand(brand_id):
        return execute(MARK, key)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order as it is to be said: `order_id` is ours, `order` their number; `place` tells one refund from
    the next."""

    channel_id: UUID
    kind: Kind
    order_id: UUID
    order: str
    facts: dict[str, Any]
    at: datetime
    place: UUID = NOWHERE


SAY = """
    INSERT INTO sync_outward (brand_id, channel_id, kind, subject, place, id, family, lane, state, version,
                              sent_version, facts, event_at, due_at, again, attempts, code, why, fix)
    SELECT %(brand)s, s.channel, s.kind, s.subject, s.place, s.id, s.subject, s.lane, 'waiting', 1, 0, s.facts,
           s.at, %(now)s, false, 0, '', '', ''
      FROM unnest(%(channels)s::uuid[], %(kinds)s::text[], %(subjects)s::uuid[], %(places)s::uuid[], %(ids)s::uuid[],
                  %(lanes)s::smallint[], %(facts)s::jsonb[], %(ats)s::timestamptz[])
           s(channel, kind, subject, place, id, lane, facts, at)
    ON CONFLICT (brand_id, channel_id, kind, subject, place) DO NOTHING
"""
OVERTAKEN = """
    WITH mine AS (
        SELECT id FROM sync_outward
         WHERE brand_id = %(brand)s AND channel_id = ANY(%(channels)s::uuid[]) AND family = ANY(%(orders)s::uuid[])
           AND state = 'waiting' AND kind IN ('accepted', 'ready', 'shipped')
         ORDER BY kind DESC, channel_id, subject, place FOR UPDATE)
    UPDATE sync_outward o SET state = 'skipped', why = 'the order was cancelled before this was sent'
      FROM mine WHERE o.brand_id = %(brand)s AND o.id = mine.id
"""


def say(brand_id: UUID, steps: Sequence[Step]) -> int:
    """Steps of orders, each once whatever comes how often; those of a channel without a way out are nobody's.

    What a cancelled order was still to say is skipped.
    """
    spoken = {link.channel_id: link.kinds for link in list_links(brand_id)}
    kept = [s for s in steps if s.kind in spoken.get(s.channel_id, frozenset())]
    kept.sort(key=lambda s: (order_of(s.kind), s.channel_id, s.order_id, s.place))
    if not kept:
        return 0
    key: dict[str, Any] = {
        "brand": brand_id,
        "now": clock.now(),
        "channels": [s.channel_id for s in kept],
        "kinds": [s.kind.value for s in kept],
        "subjects": [s.order_id for s in kept],
        "places": [s.place for s in kept],
        "ids": [uuid7() for _ in kept],
        "lanes": [lane_of(s.order_id) for s in kept],
        "facts": [json.dumps({**s.facts, "order": s.order}) for s in kept],
        "ats": [s.at for s in kept],
    }
    with in_brand(brand_id):
        said = execute(SAY, key)  # before what is there already is locked: see docs/explanation/locks.md
        if gone := [s for s in kept if s.kind is Kind.CANCELLED]:
            orders, channels = [s.order_id for s in gone], sorted({s.channel_id for s in gone})
            execute(OVERTAKEN, {"brand": brand_id, "orders": orders, "channels": channels})
        return said


RESEND = """
    WITH mine AS (
        SELECT id FROM sync_outward
         WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND state IN ('failed', 'sent')
           AND (id = ANY(%(ids)s::uuid[]) OR (%(failed)s AND state = 'failed'))
         ORDER BY kind DESC, subject, place FOR UPDATE)
    UPDATE sync_outward o SET state = 'waiting', due_at = %(now)s, attempts = 0, version = version + 1, again = false,
           code = '', why = '', fix = '', event_at = %(now)s
      FROM mine WHERE o.brand_id = %(brand)s AND o.id = mine.id
    RETURNING o.id
"""


def resend(brand_id: UUID, channel_id: UUID, *, ids: Sequence[UUID] = (), all_failed: bool = False, by: str) -> int:
    """Say these messages again, or every one that failed; how many. Audited."""
    key = {"brand": brand_id, "channel": channel_id, "ids": list(ids), "failed": all_failed, "now": clock.now()}
    with in_brand(brand_id):
        found = rows(RESEND, key)
        if found:
            audit.record(
                brand=brand_id,
                actor=by,
                verb="sync.resend",
                subject=f"channel:{channel_id}",
                after={"messages": len(found), "failed": all_failed},
            )
        return len(found)
