"""What the stock and purchasing pages show after the day: suppliers, a past, proposals, orders, a transfer, a count.

It is written when the day is over and summed up, so that it changes nothing of what the day proves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.access.api import staff_of
from datong.access.types import Role
from datong.inventory import api as inventory
from datong.inventory.types import AdjustmentKind, StockRow, Until
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.purchasing import api as purchasing
from datong.purchasing.types import Policy, Supplier, SupplierItem
from datong.site.demo.dice import dice
from datong.site.demo.load import BY, Loaded
from datong.site.demo.retail.source import read_baskets
from datong.site.demo.types import Good, World

PLACES, GOODS, PAST_DAYS = 3, 24, 112
COST_PERCENT = 55
SUPPLIERS = {
    "retail": (
        ("NORTH", "Northwind Trading", "30 days net", 5, 25_000),
        ("MILL", "Old Mill Ceramics", "on receipt", 9, 0),
    ),
    "tea": (("CHAYE", "西湖茶叶合作社", "月结 30 天", 3, 50_000), ("BAO", "杭城包装", "现结", 5, 0)),
}


def fill_stock_pages(world: World, loaded: Loaded, key: str) -> None:
    """Write it all; a few hundred rows."""
    brand = loaded.brand.id
    goods = sorted(world.goods, key=lambda good: (-good.baskets, good.sku))[:GOODS]
    kept: Counter[UUID] = Counter()
    ids = {loaded.items[good.sku] for good in goods}
    rows = inventory.stock_of(brand, items=sorted(ids), limit=100_000)
    kept.update(row.location_id for row in rows)
    places = [place for place, _ in sorted(kept.items(), key=lambda found: (-found[1], str(found[0])))[:PLACES]]
    if len(places) < PLACES:
        return
    inventory.put_costs(brand, {loaded.items[g.sku]: g.list_minor * COST_PERCENT // 100 for g in world.goods})
    suppliers = _suppliers(loaded, goods, key)
    today = clock.now().astimezone(ZoneInfo(loaded.brand.timezone)).date()
    purchasing.put_history(brand, _past(loaded, goods, places, key, today))
    _levels(loaded, goods, places[0])
    purchasing.propose(brand, stores=places)
    purchasing.keep_coverage(brand)
    _buy(loaded, suppliers, goods, places)
    _work(loaded, goods, places, rows)


def _suppliers(loaded: Loaded, goods: Sequence[Good], key: str) -> list[Supplier]:
    made = [
        Supplier(
            uuid7(),
            code,
            name,
            email=f"orders@{code.lower()}.example",
            terms=terms,
            lead_days=lead,
            min_order_minor=least,
        )
        for code, name, terms, lead, least in SUPPLIERS[key]
    ]
    for supplier in made:
        purchasing.put_supplier(loaded.brand.id, supplier, by=BY)
    sold = [
        SupplierItem(
            made[n % len(made)].id,
            loaded.items[good.sku],
            good.list_minor * COST_PERCENT // 100,
            pack_units=(1, 6, 12)[n % 3],
        )
        for n, good in enumerate(goods)
    ]
    purchasing.put_supplier_items(loaded.brand.id, sold, by=BY)
    return made


def _levels(loaded: Loaded, goods: Sequence[Good], place: UUID) -> None:
    """Two levels that somebody fixed, one of them twice."""
    first, second = (loaded.items[good.sku] for good in goods[:2])
    for low in (6, 10):
        purchasing.put_levels(loaded.brand.id, [Policy(place, first, low, 48), Policy(place, second, 4, 24)], by=BY)


def _past(
    loaded: Loaded, goods: Sequence[Good], places: Sequence[UUID], key: str, today: date
) -> Mapping[tuple[UUID, UUID, date], int]:
    """The weeks before today. Retail: the extract's own last weeks, moved so that they end yesterday; tea: made up."""
    sold: Counter[tuple[UUID, UUID, date]] = Counter()
    skus = {good.sku for good in goods}
    if key == "retail":
        baskets = read_baskets()
        last = max(basket.at.date() for basket in baskets)
        for n, basket in enumerate(baskets):
            day = today - timedelta(days=1 + (last - basket.at.date()).days)
            if (today - day).days <= PAST_DAYS:
                for line in basket.lines:
                    if line.sku in skus:
                        sold[loaded.items[line.sku], places[n % len(places)], day] += line.units
        return sold
    for good in goods:
        for place in places:
            throws = dice("tea past", good.sku, str(places.index(place)))
            for ago in range(1, PAST_DAYS + 1):
                day = today - timedelta(days=ago)
                usual = 2 + good.baskets % 9 + 4 * (day.weekday() >= 5)
                sold[loaded.items[good.sku], place, day] = throws.randrange(usual // 2, usual + 3)
    return sold


def _buy(loaded: Loaded, suppliers: Sequence[Supplier], goods: Sequence[Good], places: Sequence[UUID]) -> None:
    """One order that came with two broken and one still open, and one lot bought outright."""
    brand, staff = loaded.brand.id, staff_of(loaded.staff[Role.HQ], loaded.brand.id)
    assert staff is not None
    mine = [loaded.items[good.sku] for n, good in enumerate(goods) if n % len(suppliers) == 0]
    for n, outright in enumerate((False, True)):
        units = dict.fromkeys(mine[n * 3 : n * 3 + 3], 240 if not n else 120)
        order = purchasing.create_order(
            brand, suppliers[0].id, places[n], units, by=staff.username, buyout=outright, key=f"demo-{n}"
        )
        if order.total_minor < suppliers[0].min_order_minor:
            continue
        purchasing.submit_order(brand, order.id, by=staff)
        purchasing.send_order(brand, order.id, by=staff.username)
        first, *rest = units
        came = {item: units[item] for item in rest}
        purchasing.receive_goods(
            brand, order.id, {**came, first: units[first] // 2}, damaged={first: 2}, by=staff.username, key="demo"
        )


def _work(loaded: Loaded, goods: Sequence[Good], places: Sequence[UUID], rows: Sequence[StockRow]) -> None:
    brand, staff = loaded.brand.id, staff_of(loaded.staff[Role.HQ], loaded.brand.id)
    assert staff is not None
    by = staff.username
    here = sorted(
        (r for r in rows if r.location_id == places[0] and r.free > 4), key=lambda r: (-r.free, r.item_id.int)
    )
    if len(here) < 4:
        return
    transfer = inventory.ask_transfer(brand, places[0], places[1], {r.item_id: 2 for r in here[:2]}, by=by, key="demo")
    inventory.send_transfer(brand, transfer.id, by=by)
    inventory.write_off(
        brand, places[0], [(here[2].item_id, 1)], kind=AdjustmentKind.WASTE, reason="damaged", by=staff, key="demo-w"
    )
    count = inventory.open_count(brand, places[0], by=by)
    for row in here[:3]:
        inventory.tally(brand, count.id, row.item_id, row.on_hand, by=by, key=str(row.item_id))
    outs = [loaded.items[good.sku] for good in goods[-2:]]
    inventory.set_sold_out(brand, outs[:1], store_id=places[2], by=by, until=Until.NEXT_OPENING)
    inventory.set_sold_out(brand, outs[1:], store_id=places[2], by=by, until=Until.ARRIVAL)
