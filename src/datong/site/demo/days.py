"""The demo's day laid beside what its tills declare, and an ERP whose files wait to be tried."""

from __future__ import annotations

import os
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.kernel.embedded import default_home
from datong.site.demo.load import BY, Loaded
from datong.site.demo.types import World
from datong.sync import api as sync
from datong.sync.reconcile.types import Total

ERP = "main"


def compare(world: World, loaded: Loaded) -> None:
    """The tills declare their day, one of them a sale too many; every channel's day is compared."""
    if not world.day:
        return
    brand, zone = loaded.brand.id, ZoneInfo(world.brand.timezone)
    day = world.day[len(world.day) // 2].order.placed_at.astimezone(zone).date()
    told = set(sync.pull_states(brand))
    for channel_id in sorted(told):
        sync.pull(brand, channel_id)
    totals: list[Total] = []
    for channel in world.channels:
        if loaded.channels[channel.code] not in told:
            totals += _declared(brand, loaded.channels[channel.code], day, world, planted=not totals)
    sync.put_totals(brand, totals, by=BY)
    for channel in world.channels:
        sync.make_report(brand, loaded.channels[channel.code], day)
    _erp(world, loaded)


def _declared(brand: UUID, channel: UUID, day: date, world: World, *, planted: bool) -> list[Total]:
    made = sync.make_report(brand, channel, day)
    if not made.our_count:
        return []
    extra = (1, 1000) if planted else (0, 0)
    return [Total(channel, day, made.our_count + extra[0], made.our_minor + extra[1], world.brand.currency)]


def _erp(world: World, loaded: Loaded) -> None:
    """Two files as SAP writes them: one of goods with a row that cannot be read, one of stock."""
    folder = default_home() / "erp" / loaded.brand.slug
    sync.put_erp(loaded.brand.id, ERP, "sap", settings={"folder": str(folder)}, secrets={}, by=BY)
    good, store = world.goods[0], world.shops[0]
    goods = f"MATNR;MAKTX\n{good.sku};{good.title}\n900001;\n"
    stock = f"MATNR;WERKS;LABST\n{good.sku};{store.code};120.000\n{good.sku};X-99;4.000\n"
    for name, text in (("MATMAS_1.csv", goods), ("STOCK_1.csv", stock)):
        path = folder / "in" / name
        path.write_text(text, "utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    sync.check_erp(loaded.brand.id, ERP, by=BY)
