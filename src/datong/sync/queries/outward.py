"""What the channels were told and are still to be told, for people: figures, messages, shelves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.sync.queries.figures import prices_of, units_of
from datong.sync.queries.links import Counterpart, counterparts, get_link
from datong.sync.types import Kind

LAG_OVER = timedelta(hours=1)
MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """A channel's messages by state, and the lag from the event to their answer over the last hour, in ms."""

    waiting: int = 0
    failed: int = 0
    sent: int = 0
    told: int = 0  # answered within the last hour
    oldest_at: datetime | None = None
    lag_p50_ms: int | None = None
    lag_p95_ms: int | None = None
    faults: int = 0


FIGURES = """
    SELECT o.channel_id, count(*) FILTER (WHERE o.state = 'waiting' AND o.due_at <= %(soon)s),
           count(*) FILTER (WHERE o.state = 'failed'), count(*) FILTER (WHERE o.state = 'sent'),
           count(*) FILTER (WHERE o.acked_at > %(since)s),
           min(o.event_at) FILTER (WHERE o.state = 'waiting' AND o.due_at <= %(soon)s),
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY o.lag_ms) FILTER (WHERE o.acked_at > %(since)s))::bigint,
           (percentile_cont(0.95) WITHIN GROUP (ORDER BY o.lag_ms) FILTER (WHERE o.acked_at > %(since)s))::bigint
      FROM sync_outward o WHERE o.brand_id = %(brand)s GROUP BY o.channel_id
"""
FAULTS = """
    SELECT channel_id, count(*) FROM sync_counterpart WHERE brand_id = %(brand)s AND fault <> '' GROUP BY channel_id
"""


def figures(brand_id: UUID) -> dict[UUID, Figures]:
    """By channel; those that were never told anything are not in it."""
    now = clock.now()
    key = {"brand": brand_id, "since": now - LAG_OVER, "soon": now + timedelta(minutes=10)}
    with in_brand(brand_id):
        found = {channel: Figures(*rest) for channel, *rest in rows(FIGURES, key)}
        faults = dict(rows(FAULTS, {"brand": brand_id}))
    empty = Figures()
    made = {}
    for channel in {*found, *faults}:
        one = found.get(channel, empty)
        made[channel] = Figures(
            one.waiting,
            one.failed,
            one.sent,
            one.told,
            one.oldest_at,
            one.lag_p50_ms,
            one.lag_p95_ms,
            int(faults.get(channel, 0)),
        )
    return made


@dataclass(frozen=True, slots=True)
class OutwardView:
    """A message as it is shown. `sku` of a product, `order` of a step; `figure` what they confirmed last."""

    id: UUID
    kind: Kind
    subject: UUID
    place: UUID
    state: str
    sku: str
    order: str
    figure: int | None
    event_at: datetime
    due_at: datetime | None
    attempts: int
    acked_at: datetime | None
    lag_ms: int | None
    code: str
    why: str
    fix: str
    facts: Mapping[str, Any]


PAGE = """
    SELECT o.id, o.kind, o.subject, o.place, o.state, coalesce(c.sku, ''), coalesce(o.facts ->> 'order', ''), o.shown,
           o.event_at, o.due_at, o.attempts, o.acked_at, o.lag_ms, o.code, o.why, o.fix, o.facts::text
      FROM sync_outward o
      LEFT JOIN sync_counterpart c
        ON c.brand_id = o.brand_id AND c.channel_id = o.channel_id AND c.item_id = o.subject
     WHERE o.brand_id = %(brand)s AND o.channel_id = %(channel)s
       AND (%(state)s::text = '' OR o.state = %(state)s)
       AND (%(before)s::timestamptz IS NULL
            OR (coalesce(o.tried_at, o.event_at), o.id) < (%(before)s::timestamptz, %(id)s::uuid))
     ORDER BY coalesce(o.tried_at, o.event_at) DESC, o.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class OutwardPage:
    rows: tuple[OutwardView, ...]
    next: str  # the `after` of the next page, '' at the end


def outward_page(brand_id: UUID, channel_id: UUID, *, state: str = "", after: str = "", limit: int = 50) -> OutwardPage:
    """Messages of a channel, the last tried first. `after` is the `next` of the page before."""
    limit = max(1, min(limit, MAX_PAGE))
    before, _, id_ = after.partition("|")
    key = {
        "brand": brand_id,
        "channel": channel_id,
        "state": state,
        "before": _moment(before),
        "id": id_ if _moment(before) else None,
        "limit": limit + 1,
    }
    with in_brand(brand_id):
        found = rows(PAGE, key)
    made = tuple(_view(*row) for row in found[:limit])
    if len(found) <= limit:
        return OutwardPage(made, "")
    last = made[-1]
    with in_brand(brand_id):
        ((tried,),) = rows("SELECT coalesce(tried_at, event_at) FROM sync_outward WHERE id = %(id)s", {"id": last.id})
    return OutwardPage(made, f"{tried.isoformat()}|{last.id}")


def _view(id_: UUID, kind: str, *rest: Any) -> OutwardView:
    made: list[Any] = [id_, Kind(kind), *rest[:-1], json.loads(rest[-1])]
    return OutwardView(*made)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A product at a channel: what we want it to show, and what it confirmed last. None: never told, or no figure.

    In the mode location the units are the sums over its places.
    """

    theirs: Counterpart
    wanted_units: int | None
    shown_units: int | None
    wanted_minor: int | None
    shown_minor: int | None
    currency: str
    waiting: bool
    failed: str


TOLD = """
    SELECT subject, kind, sum(shown)::bigint, bool_or(state = 'waiting' AND due_at <= now() + interval '10 minutes'),
           coalesce(max(code) FILTER (WHERE state = 'failed'), '')
      FROM sync_outward
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND subject = ANY(%(items)s::uuid[])
       AND kind IN ('stock', 'price')
     GROUP BY subject, kind
"""


def shelf(
    brand_id: UUID, channel_id: UUID, *, after: str = "", faulty: bool = False, limit: int = 50
) -> list[ShelfRow]:
    """A page of a channel's products by SKU, `after` the last one of the page before. Raises NotConnected."""
    link = get_link(brand_id, channel_id)
    theirs = counterparts(brand_id, channel_id, after=after, faulty=faulty, limit=max(1, min(limit, MAX_PAGE)))
    items = [one.item_id for one in theirs]
    with in_brand(brand_id):
        told = {(r[0], r[1]): r[2:] for r in rows(TOLD, {"brand": brand_id, "channel": channel_id, "items": items})}
    units = units_of(brand_id, link, items)
    prices = prices_of(brand_id, link, {one.item_id: one.sku for one in theirs})
    sums: dict[UUID, int] = {}
    for (item, _), (_, figure) in units.items():
        sums[item] = sums.get(item, 0) + figure
    nothing = (None, False, "")
    made = []
    for one in theirs:
        stock, price = told.get((one.item_id, "stock"), nothing), told.get((one.item_id, "price"), nothing)
        minor, currency = prices.get(one.item_id, (None, ""))
        made.append(
            ShelfRow(
                one,
                sums.get(one.item_id),
                stock[0],
                minor,
                price[0],
                currency,
                bool(stock[1] or price[1]),
                stock[2] or price[2],
            )
        )
    return made


__all__ = ["Figures", "OutwardPage", "OutwardView", "ShelfRow", "figures", "outward_page", "shelf"]
