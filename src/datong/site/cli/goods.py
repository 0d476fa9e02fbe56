"""`datong brand items|stock|tax`: what a brand sells, what is on its shelves, what tax it owes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from datong.brand.types import Brand, Store
from datong.catalog.types import Ask, AskLine, Item, ItemKind, Price, TaxRate
from datong.inventory.types import StockRow
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.ids import uuid7
from datong.kernel.money import minor_of
from datong.site.cli.names import BrandOption, among, brand_of, who
from datong.site.cli.sheets import Row, Sheet, read_sheet
from datong.site.cli.stores import File
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

MAX_UNITS = 1_000_000_000
MAX_PRICE_MINOR = 10**11
Since = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="In force from this day on, brand's time.")
]


def items(file: File, brand: BrandOption = "", since: Since = None) -> None:
    """Add items with their prices, or change those with the same SKU.

    Columns: sku, title; price (in the brand's currency: 12.50), kind (goods, on_site, service), tax_class, gtin,
    category, active. A price that changes does so from now on, a first one from this morning, unless --since says when.
    """
    with ready(upgrade=is_embedded()):
        from datong.catalog.api import items_by_sku, put_prices  # Django is set up by now
        from datong.kernel.db import in_brand

        owner = brand_of(brand)
        sheet = read_sheet(file, ("sku", "title"), ("price", "kind", "tax_class", "gtin", "category", "active"))
        sheet.once("sku")
        known = items_by_sku(owner.id, [row.cells["sku"] for row in sheet.rows])
        found = [_item(row, known) for row in sheet.rows]
        amounts = {row.cells["sku"]: row.read("price", _price_in(owner), 0) for row in sheet.rows if _has(row, "price")}
        sheet.done()
        with in_brand(owner.id):
            _put_items(owner.id, sheet, found)
            dated = _dated(owner, amounts, since)
            put_prices(owner.id, dated, by=who(), reason=f"import of {file.name}")
    new = sum(item.sku not in known for item in found)
    out.print(f"{file.name}: {new:,} new items, {len(found) - new:,} known, {len(dated):,} prices set", highlight=False)
    err.print(f"next: datong brand stock FILE --brand {owner.slug}", highlight=False)


def stock(file: File, brand: BrandOption = "") -> None:
    """Say what is on hand where: new rows are opening stock, a row that differs is taken as a count.

    Columns: store, sku, on_hand; safety (units never sold online; left out, it stays as it is). Running it again with
    the same file changes nothing.
    """
    with ready(upgrade=is_embedded()):
        from datong.brand.api import list_stores
        from datong.catalog.api import items_by_sku
        from datong.kernel.db import in_brand

        owner = brand_of(brand)
        sheet = read_sheet(file, ("store", "sku", "on_hand"), ("safety",))
        sheet.once("store", "sku")
        places = {store.code: store for store in list_stores(owner.id)}
        known = items_by_sku(owner.id, {row.cells["sku"] for row in sheet.rows})
        with in_brand(owner.id):
            asked = [_shelf(row, places, known) for row in sheet.rows]
            sheet.done()
            shelves = [shelf for shelf in asked if shelf]
            standing = _standing(owner.id, shelves)
            for shelf in shelves:
                if (row := standing.get(shelf.key)) and shelf.on_hand < row.reserved:
                    shelf.row.wrong("on_hand", f"at least {row.reserved}, the units held for orders at this place")
            sheet.done()
            new, counted = _put(owner.id, shelves, standing)
    same = len(shelves) - new - counted
    out.print(f"{file.name}: {new:,} new rows of stock, {counted:,} counted anew, {same:,} unchanged", highlight=False)


def tax(
    percent: Annotated[str, typer.Argument(help="The rate: 8, 8.25, 0.")],
    inclusive: Annotated[bool, typer.Option("--included/--on-top", help="Whether prices contain the tax.")],
    brand: BrandOption = "",
    tax_class: Annotated[str, typer.Option("--class", help="The items' tax class.")] = "standard",
    region: Annotated[str, typer.Option(help="Where it holds: US, US-MN; left out: everywhere.")] = "",
    since: Since = None,
) -> None:
    """Set the rate of a tax class, from the beginning of the year unless --since says when."""
    with ready(upgrade=is_embedded()):
        from datong.catalog.api import put_tax_rates

        owner = brand_of(brand)
        zone = ZoneInfo(owner.timezone)
        start = since or clock.now().astimezone(zone).replace(month=1, day=1)
        midnight = datetime(start.year, start.month, start.day, tzinfo=zone)
        rate = TaxRate(tax_class, _basis_points(percent), midnight, region)
        put_tax_rates(owner.id, [rate], inclusive=inclusive, by=who())
    where = f" in {region}" if region else ""
    out.print(f"{tax_class}: {percent} %{where} from {midnight.date()}", highlight=False)


def _basis_points(percent: str) -> int:
    try:
        found = minor_of(percent, "USD")  # two decimal places, exactly
    except BadValue:
        found = -1
    if not 0 <= found <= 10_000:
        raise BadValue("PERCENT", percent, "a percentage from 0 to 100 with at most two decimal places")
    return found


def _has(row: Row, column: str) -> bool:
    return bool(row.cells.get(column))


def _price_in(brand: Brand) -> Callable[[str], int]:
    """A reader of prices in the brand's currency."""

    def read(text: str) -> int:
        amount = minor_of(text, brand.currency, field="price")
        if not 0 <= amount <= MAX_PRICE_MINOR:
            raise BadValue("price", text, "an amount that is not negative and not beyond reason")
        return amount

    return read


def _item(row: Row, known: Mapping[str, Item]) -> Item:
    sku = row.text("sku", 60, needed=True)
    before = known.get(sku) or Item(uuid7(), sku, "")
    return Item(
        id=before.id,
        sku=sku,
        title=row.text("title", 200, needed=True),
        kind=row.choice("kind", before.kind),
        tax_class=row.text("tax_class", 40, default=before.tax_class),
        category=row.text("category", 200, default=before.category),
        gtin=row.text("gtin", 14, default=before.gtin),
        titles=before.titles,
        active=row.flag("active", before.active),
    )


def _put_items(brand_id: UUID, sheet: Sheet, found: Sequence[Item]) -> None:
    """Put the items; what the catalogue finds wrong with one is told by its row."""
    from datong.catalog.api import put_items

    try:
        put_items(brand_id, found, by=who())
    except BadInput as error:
        for problem in error.problems:
            _, index, *column = problem.field.split("/")
            sheet.rows[int(index)].wrong("".join(column) or "sku", problem.fix)
        sheet.done()
        raise


def _dated(brand: Brand, amounts: Mapping[str, int], since: datetime | None) -> list[Price]:
    """The prices that are new, each from its moment on; what stands already is left out, so a file may come again."""
    from datong.catalog.api import quote

    now, zone = clock.now(), ZoneInfo(brand.timezone)
    if since:
        start = since.replace(tzinfo=zone)
        return [Price(sku, amount, start) for sku, amount in amounts.items()]
    if not amounts:
        return []
    lines = tuple(AskLine(number, sku, 1) for number, sku in enumerate(amounts, 1))
    # No channel: what the brand asks, whatever list of its own a channel has.
    (standing,) = quote([Ask(uuid7(), brand.currency, now, lines)], brand=brand.id)
    first = {problem.sku for problem in standing.problems if problem.code == "no_price"}
    known = {line.sku: line.unit_minor for line in standing.lines}
    morning = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        Price(sku, amount, morning if sku in first else now)
        for sku, amount in amounts.items()
        if sku in first or known.get(sku) != amount
    ]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One row of a stock file: what is on hand of an item at a place."""

    row: Row
    location_id: UUID
    item_id: UUID
    on_hand: int
    safety: int | None

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.location_id, self.item_id


def _shelf(row: Row, places: Mapping[str, Store], known: Mapping[str, Item]) -> Shelf | None:
    store, item = places.get(row.cells["store"]), known.get(row.cells["sku"])
    if store is None:
        row.wrong("store", f"the code of a store: {among(row.cells['store'], places)}")
    if item is None:
        row.wrong("sku", "the SKU of an item: datong brand items puts them in")
    elif item.kind is ItemKind.SERVICE:
        row.wrong("sku", "an item that has stock; a service has none")
    if not row.cells["on_hand"]:
        row.wrong("on_hand", "a whole number")
    on_hand, safety = row.whole("on_hand", 0, MAX_UNITS, 0), row.whole("safety", 0, MAX_UNITS, None)
    return Shelf(row, store.id, item.id, on_hand, safety) if store and item else None


def _standing(brand_id: UUID, shelves: Iterable[Shelf]) -> dict[tuple[UUID, UUID], StockRow]:
    """What is there now, asked place by place."""
    from datong.inventory.api import stock_of

    wanted: dict[UUID, list[UUID]] = {}
    for shelf in shelves:
        wanted.setdefault(shelf.location_id, []).append(shelf.item_id)
    return {
        (row.location_id, row.item_id): row
        for location_id, item_ids in wanted.items()
        for row in stock_of(brand_id, items=item_ids, locations=[location_id], limit=len(item_ids))
    }


def _put(brand_id: UUID, shelves: Sequence[Shelf], standing: Mapping[tuple[UUID, UUID], StockRow]) -> tuple[int, int]:
    """(new rows, rows that differed). Opening stock is added to nothing; all else is a count, so nothing doubles."""
    from datong.inventory.api import count, put_stock

    new = [shelf for shelf in shelves if shelf.key not in standing]
    put_stock(brand_id, [StockRow(s.location_id, s.item_id, s.on_hand, safety=s.safety or 0) for s in new])
    changed = 0
    kept_back = []
    for shelf in shelves:
        row = standing.get(shelf.key)
        if row is None:
            continue
        other_safety = shelf.safety not in (None, row.safety)
        if other_safety:
            kept_back.append(StockRow(shelf.location_id, shelf.item_id, 0, safety=shelf.safety or 0))
        if shelf.on_hand != row.on_hand:
            count(brand_id, *shelf.key, shelf.on_hand, who=who())
        changed += other_safety or shelf.on_hand != row.on_hand
    if kept_back:
        put_stock(brand_id, kept_back)  # adds no unit: the safety stock is what changes
    return len(new), changed
