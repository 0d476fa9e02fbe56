"""Reads of sync: the links of a brand, their counterparts, what is waiting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel import clock
from datong.kernel.db import as_relay, in_brand, rows
from datong.kernel.secrets import unseal
from datong.sync.types import Address, Link, NotConnected, Pace, Platform

_LINK = """channel_id, platform, base_url, settings::text, per_s, most, tokens, filled_at, until, failures, paused_at,
           paused_by, heard_at, error, error_at"""
LINKS = f"SELECT {_LINK} FROM sync_link WHERE brand_id = %(brand)s ORDER BY channel_id"  # noqa: S608


def list_links(brand_id: UUID) -> list[Link]:
    """The channels that are told, by id."""
    with in_brand(brand_id):
        return [link_of(row) for row in rows(LINKS, {"brand": brand_id})]


def get_link(brand_id: UUID, channel_id: UUID) -> Link:
    """Raises NotConnected."""
    for link in list_links(brand_id):
        if link.channel_id == channel_id:
            return link
    raise NotConnected("this channel has no way out: connect it first")


def link_of(row: Sequence[Any]) -> Link:
    channel, platform, url, settings, per_s, most, *rest = row
    return Link(channel, Platform(platform), url, json.loads(settings), Pace(per_s, most), *rest)


SEALED = "SELECT sealed FROM sync_link WHERE brand_id = %(brand)s AND channel_id = %(channel)s"


def address_of(brand_id: UUID, channel_id: UUID) -> Address:
    """Where the channel is, with its credentials opened: for a connector, never for a screen. Raises NotConnected."""
    link = get_link(brand_id, channel_id)
    with in_brand(brand_id):
        sealed = rows(SEALED, {"brand": brand_id, "channel": channel_id})[0][0]
    currency = str(link.settings.get("currency") or get_brand(brand_id).currency)
    return Address(link.platform, link.base_url, currency, link.settings, json.loads(unseal(bytes(sealed))))


DUE = """
    SELECT DISTINCT o.brand_id, o.channel_id FROM sync_outward o
      JOIN sync_link l ON l.brand_id = o.brand_id AND l.channel_id = o.channel_id
     WHERE o.state = 'waiting' AND o.due_at <= %(now)s AND l.paused_at IS NULL
       AND (l.until IS NULL OR l.until <= %(now)s)
"""


def channels_with_work() -> list[tuple[UUID, UUID]]:
    """(brand, channel) with something to tell now; seen by the relay role, done by the application's."""
    with as_relay():
        return [(brand, channel) for brand, channel in rows(DUE, {"now": clock.now()})]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Our product and theirs. `fault` '' when it is told; else 'reused', 'doubled', 'gone' with what was `found`."""

    item_id: UUID
    sku: str
    product_ref: str
    variant_ref: str
    stock_ref: str
    title: str
    fault: str
    found: str
    learned_at: datetime


COUNTERPARTS = """
    SELECT item_id, sku, product_ref, variant_ref, stock_ref, title, fault, found, learned_at FROM sync_counterpart
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s
       AND (%(items)s::uuid[] IS NULL OR item_id = ANY(%(items)s::uuid[]))
       AND (NOT %(faulty)s OR fault <> '') AND (%(after)s::text = '' OR sku > %(after)s)
     ORDER BY sku LIMIT %(limit)s
"""


def counterparts(
    brand_id: UUID,
    channel_id: UUID,
    *,
    items: Sequence[UUID] | None = None,
    faulty: bool = False,
    after: str = "",
    limit: int = 10_000,
) -> list[Counterpart]:
    """By SKU; `faulty` only those that are not told, `after` a SKU for the next page."""
    key = {
        "brand": brand_id,
        "channel": channel_id,
        "items": None if items is None else list(items),
        "faulty": faulty,
        "after": after,
        "limit": limit,
    }
    with in_brand(brand_id):
        return [Counterpart(*row) for row in rows(COUNTERPARTS, key)]
