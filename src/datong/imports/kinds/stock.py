"""Opening stock: what lies where. A row that differs from what is booked is taken as a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import ItemKind
from datong.imports.kinds import named
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.inventory import api as inventory
from datong.inventory.types import StockRow

MAX_UNITS = 1_000_000_000


class Stock(Kind):
    name = "stock"
    title = _("Opening stock")
    about = _("What lies where. New rows are opening stock; a row that differs from what is booked is a count.")
    icon = "boxes"
    needs, shows = Action.STOCK_COUNT, Action.STOCK_VIEW
    columns = (
        Column("store", _("Store"), cells.code(120), _("Number or name of the store."), "0001", needed=True,
               also=("store number", "store code", "location", "门店编码", "门店号", "仓库")),
        Column("sku", pgettext_lazy("column", "SKU"), cells.code(60),
               _("Of a product that is known."), "CUP-01", needed=True,
               also=("item", "product code", "商品编码", "货号", "商品编号")),
        Column("on_hand", _("On hand"), cells.whole(0, MAX_UNITS), _("Units on the shelf."), 40, needed=True,
               also=("quantity", "qty", "stock", "库存", "数量", "库存数量")),
        Column("safety", _("Safety stock"), cells.whole(0, MAX_UNITS), _("Units never sold online; left out, it stays "
               "as it is."), 2, also=("safety",)),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        if not {"store", "sku"} <= row.values.keys():
            return []
        return [("stock", row.values["store"], row.values["sku"])]

    def look(self, rows: Sequence[Row], context: Context) -> None:
        named.stores(rows, context)
        known = named.items(rows, context)
        for row in rows:
            item = known.get(row.values.get("sku", ""))
            if item is not None and item.kind is ItemKind.SERVICE:
                row.wrong("sku", "no_stock")

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        wanted = list(keys)
        places = _places(wanted, context)
        there = inventory.stock_at(context.brand.id, list(places.values()))
        found = {key: there[place] for key, place in places.items() if place in there}
        context.remembered["held"] = {key: row.reserved for key, row in found.items()}
        return {key: {"on_hand": row.on_hand, "safety": row.safety} for key, row in found.items()}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        known = before.get(key)
        held = context.remembered.get("held", {}).get(key, 0)
        if row.values["on_hand"] < held:
            row.wrong("on_hand", "held", held=held)
        safety = row.values.get("safety", known["safety"] if known else 0)
        return {key: {"on_hand": row.values["on_hand"], "safety": safety}}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        places = _places([change.key for change in changes], context)
        new = [StockRow(*places[c.key], **c.after) for c in changes if c.before is None]
        if new:
            inventory.put_stock(context.brand.id, new)
        if counted := [StockRow(*places[c.key], **c.after) for c in changes if c.before is not None]:
            inventory.recount(context.brand.id, counted, who=context.by, subject=context.run_id)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        places = _places([change.key for change in changes], context)
        back = [StockRow(*places[c.key], **(c.before or {"on_hand": 0, "safety": 0})) for c in changes]
        inventory.recount(context.brand.id, back, who=context.by, subject=context.run_id)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        for store in brands.list_stores(brand_id):
            rows = inventory.stock_of(brand_id, locations=[store.id], limit=1_000_000)
            items = catalog.items_by_id(brand_id, [row.item_id for row in rows])
            for row in rows:
                if row.item_id in items:
                    yield {
                        "store": store.code,
                        "sku": items[row.item_id].sku,
                        "on_hand": row.on_hand,
                        "safety": row.safety,
                    }


def _places(keys: Sequence[Key], context: Context) -> dict[Key, tuple[UUID, UUID]]:
    """Store and item ids of the keys; two statements at most."""
    stores = context.once("stores", lambda: {store.code: store for store in brands.list_stores(context.brand.id)})
    items = catalog.items_by_sku(context.brand.id, {key[2] for key in keys})
    return {key: (stores[key[1]].id, items[key[2]].id) for key in keys if key[1] in stores and key[2] in items}
