"""A brand with nothing but stores and rules, a shadow project on it, and the systems of today fed into it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.brand import api as brands
from datong.brand.types import Brand, ChannelKind
from datong.integration.types import Context
from datong.kernel.db import in_brand
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.shadow import api as shadow
from datong.shadow.types import Fed, FeedKind, Project, System, SystemKind
from datong.site.demo.load import BY, _rules, _store, gazetteer
from datong.site.demo.marketplaces import mapping_text
from datong.site.demo.native import Gate
from datong.site.demo.shadow.feeds import BY_WEBHOOK, files, webhooks
from datong.site.demo.shadow.today import TRADE
from datong.site.demo.shadow.types import Today
from datong.site.demo.types import DemoChannel, Door, World

KINDS = {
    ChannelKind.MARKETPLACE: SystemKind.MARKETPLACE,
    ChannelKind.STORE: SystemKind.TILL,
}
Told = Callable[[str, int], None]
"""(system, rows taken)."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The project that was opened, and how much was taken in."""

    brand: Brand
    project: Project
    rows: int
    refused: int


def open_brand(world: World, slug: str, now: datetime) -> Brand:
    """The brand with its stores, where they lie, and its sourcing rules: all that is needed to look beside."""
    given = world.brand
    brand = brands.create_brand(
        slug, given.name, given.currency, given.locale, given.country, given.timezone, given.tokens
    )
    brands.put_stores(brand.id, [_store(shop, uuid7(), given) for shop in world.shops])
    brands.put_gazetteer(brand.id, gazetteer(world.shops))
    orders.put_rules(brand.id, _rules(world.shops), who=BY)
    return brand


def look_beside(brand: Brand, today: Today, name: str, told: Told = lambda *_: None, *, few: bool = False) -> Beside:
    """Connect the systems and feed the day: webhooks by their signatures, the rest as files (`few`: see `files`)."""
    project = shadow.open_project(brand.id, name, by=BY)
    gates = {channel.code: _connect(brand, project, channel) for channel in today.world.channels}
    for code, kind in (("erp", SystemKind.ERP), ("loyalty", SystemKind.MEMBERS)):
        shadow.connect(brand.id, project.id, code, kind, by=BY, name={"erp": "ERP", "loyalty": "Loyalty"}[code])
    rows = refused = 0
    for code in BY_WEBHOOK:
        count = _deliver(brand.id, today, code, gates[code])
        told(code, count)
        rows += count
    for system, holds, file_name, body in files(today, few=few):
        fed: Fed = shadow.feed_file(brand.id, project.id, system, holds, file_name, body)
        told(system or "items", fed.taken)
        rows, refused = rows + fed.rows, refused + fed.refused
    return Beside(brand, shadow.project_of(brand.id, project.id), rows, refused)


def _connect(brand: Brand, project: Project, channel: DemoChannel) -> Gate:
    secret = secrets.token_urlsafe(32)
    hooked = channel.code in BY_WEBHOOK
    connector = {Door.SHOPIFY: "shopify", Door.MARKETPLACE: "marketplace"}.get(channel.door, "") if hooked else ""
    settings = {"mapping_toml": mapping_text(channel.mapping)} if connector == "marketplace" else {}
    system: System = shadow.connect(
        brand.id,
        project.id,
        channel.code,
        KINDS.get(channel.kind, SystemKind.SHOP),
        by=BY,
        name=channel.name,
        connector=connector,
        secrets={"secret": secret} if connector else {},
        settings=settings,
        price_group=TRADE if channel.price_list else "",
    )
    context = Context(
        system.id, channel.code, brand.currency, brand.country, brand.timezone, {"secret": secret}, settings
    )
    return Gate(channel, context, system.token)


def _deliver(brand_id: UUID, today: Today, code: str, gate: Gate) -> int:
    """The copies of a channel's webhooks, in one transaction: they arrive one after the other on a real day."""
    count = 0
    with in_brand(brand_id):
        for request in webhooks(today, code, gate):
            shadow.receive(gate.path, request)
            count += 1
    return count


__all__ = ["Beside", "FeedKind", "look_beside", "open_brand"]
