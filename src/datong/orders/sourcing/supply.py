"""The picture of stores and stock each process keeps, a brand at a time, fresh from the outbox.

A full picture is taken once; after that the events of the outbox are applied, read by transaction snapshot like the
relay reads them, so that none is skipped. Figures in events are absolute: applied twice they do no harm.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from datong.brand.api import get_brand, list_channels, list_stores
from datong.brand.types import Channel
from datong.inventory.api import free_rows, sold_out_places
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.outbox import LANES
from datong.ledger.api import rulebook
from datong.orders.sourcing.index import SupplyIndex, loads_of
from datong.orders.sourcing.rulebook import load_rules
from datong.orders.sourcing.types import Rule

FRESH_S = 0.2
"""How old the picture may be before the outbox is asked again."""
QUEUE_FRESH_S = 1.0
"""How long an order that left the queue may still count as waiting."""
RELOAD_EVENTS = 20_000
"""More unread events than this: a new picture is cheaper."""

_NIL = UUID(int=0)
_lock = threading.Lock()
_supplies: dict[UUID, Supply] = {}


@dataclass(slots=True)
class Supply:
    """One brand's picture: `lock` is held while a batch is decided, for deciding takes units off the index."""

    index: SupplyIndex
    channels: dict[UUID, Channel]
    rules: tuple[Rule, ...]
    cursor: tuple[str, UUID]
    day: date
    zone: ZoneInfo
    read_at: float
    queue_at: float = 0.0
    stale: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)


def supply_of(brand_id: UUID) -> Supply:
    """The brand's picture, at most FRESH_S old; inside in_brand. Takes a new one when stores or a load demand it."""
    with _lock:
        supply = _supplies.get(brand_id)
    if supply is None or supply.stale or supply.day != rulebook(brand_id).business_date(clock.now()):
        return _load(brand_id, supply)
    if time.monotonic() - supply.read_at >= FRESH_S:
        with supply.lock:
            _catch_up(brand_id, supply)
        if supply.stale:
            return _load(brand_id, supply)
    return supply


def forget(brand_id: UUID) -> None:
    """Drop the picture: the next decision takes a new one (after a transaction that decided on it failed)."""
    with _lock:
        _supplies.pop(brand_id, None)


HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
LOADS = "SELECT store_id, orders FROM orders_storeday WHERE brand_id = %(brand)s AND day = %(day)s"


def _load(brand_id: UUID, before: Supply | None) -> Supply:
    with in_brand(brand_id):
        # The horizon is read first: what commits meanwhile is read twice, never missed.
        ((horizon,),) = rows(HORIZON)
        index = SupplyIndex(list_stores(brand_id))
        index.fill(free_rows(brand_id))
        for location, item in sold_out_places(brand_id):
            index.set_out(location, item, True)
        zone = ZoneInfo(get_brand(brand_id).timezone)
        day = rulebook(brand_id).business_date(clock.now())
        loads_of(index, dict(rows(LOADS, {"brand": brand_id, "day": day})))
        supply = Supply(
            index=index,
            channels={channel.id: channel for channel in list_channels(brand_id)},
            rules=load_rules(),
            cursor=(horizon, _NIL),
            day=day,
            zone=zone,
            read_at=time.monotonic(),
        )
        _read_queue(brand_id, supply)
    if before is not None:
        supply.lock = before.lock
    with _lock:
        _supplies[brand_id] = supply
    return supply


WAITING = """
    SELECT p.item_id, CASE WHEN d.order_id IS NOT NULL THEN o.store_id END, sum(p.units)::int
      FROM orders_order o
      JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id AND l.item_id IS NOT NULL
     CROSS JOIN LATERAL (
           SELECT l.units - coalesce(sum(w.units), 0)::int AS rest FROM orders_withdrawal w
            WHERE w.brand_id = o.brand_id AND w.order_id = o.id AND w.line_no = l.line_no) s
     CROSS JOIN LATERAL (
           SELECT l.item_id, s.rest AS units WHERE l.parts IS NULL AND l.kind <> 'service'
           UNION ALL SELECT r.item_id, r.units / l.units * s.rest
                       FROM jsonb_to_recordset(l.parts) r(item_id uuid, units int)) p
      LEFT JOIN LATERAL (
           SELECT order_id FROM orders_decision
            WHERE brand_id = o.brand_id AND order_id = o.id AND rule = 'named_store' LIMIT 1) d ON true
     WHERE o.brand_id = %(brand)s AND o.state = 'backorder'
       AND (%(items)s::uuid[] IS NULL OR p.item_id = ANY(%(items)s::uuid[]))
     GROUP BY 1, 2 HAVING sum(p.units) > 0
"""


def waiting_rows(brand_id: UUID, items: Collection[UUID] | None = None) -> list[tuple[UUID, UUID | None, int]]:
    """What the backorder queue waits for now: (item, the store it waits at or None for any, units)."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "items": None if items is None else list(items)}
        return [(item, store, units) for item, store, units in rows(WAITING, key)]


def _read_queue(brand_id: UUID, supply: Supply) -> None:
    supply.index.set_parked(waiting_rows(brand_id))
    supply.queue_at = time.monotonic()


TAIL = """
    SELECT id, xid::text, name, payload::text FROM kernel_outboxevent
     WHERE brand_id = %(brand)s AND lane = ANY(%(lanes)s::smallint[]) AND (xid, id) > (%(xid)s::xid8, %(last)s::uuid)
       AND xid < pg_snapshot_xmin(pg_current_snapshot())
       AND name = ANY(%(names)s::text[])
     ORDER BY xid, id LIMIT %(limit)s
"""
RELOAD = ("brand.stores_changed", "brand.channel_changed", "inventory.stock_loaded", "orders.rules_changed")
NAMES = ["inventory.stock_changed", "inventory.sold_out_changed", "orders.waiting", *RELOAD]


def _catch_up(brand_id: UUID, supply: Supply) -> None:
    xid, last = supply.cursor
    key: dict[str, Any] = {"brand": brand_id, "xid": xid, "last": last, "names": NAMES, "limit": RELOAD_EVENTS}
    key["lanes"] = list(range(LANES))
    supply.read_at = time.monotonic()
    news = rows(TAIL, key)
    queued = bool(supply.index.parked) and supply.read_at - supply.queue_at >= QUEUE_FRESH_S
    for event_id, event_xid, name, payload in news:
        if name in RELOAD:
            supply.stale = True
            return
        supply.cursor = (event_xid, event_id)
        if name == "orders.waiting":
            queued = True
            continue
        if name == "inventory.sold_out_changed":
            touch = msgspec.json.decode(payload, type=_SoldOut)
            supply.index.set_out(touch.location_id, touch.item_id, touch.sold_out)
            continue
        change = msgspec.json.decode(payload, type=_StockChange)
        for item, units in zip(change.items, change.free, strict=True):
            supply.index.set_free(change.location_id, item, units)
    if queued:
        _read_queue(brand_id, supply)
    supply.stale = len(news) == RELOAD_EVENTS


class _StockChange(msgspec.Struct):
    location_id: UUID
    items: list[UUID]
    free: list[int]


class _SoldOut(msgspec.Struct):
    location_id: UUID | None
    item_id: UUID
    sold_out: bool
