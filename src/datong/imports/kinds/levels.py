"""Stock levels: when an item is ordered for a store and up to what, in place of the forecast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.imports.kinds import named
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.purchasing import api as purchasing
from datong.purchasing.types import Policy

MAX_UNITS = 1_000_000


class Levels(Kind):
    name = "levels"
    title = _("Stock levels")
    about = _("When a product is ordered for a store, and up to what; in place of the forecast.")
    icon = "ruler"
    needs, shows = Action.PURCHASING_EDIT, Action.PURCHASING_VIEW
    columns = (
        Column("store", _("Store"), cells.code(120), _("Number or name of the store."), "0001", needed=True,
               also=("store number", "store code", "location", "门店编码", "门店号", "仓库")),
        Column("sku", pgettext_lazy("column", "SKU"), cells.code(60),
               _("Of a product that is known."), "CUP-01", needed=True,
               also=("item", "product code", "商品编码", "货号", "商品编号")),
        Column("low", pgettext_lazy("column", "Order at"), cells.whole(0, MAX_UNITS),
               _("At so many units or fewer it is ordered."), 10,
               needed=True, also=("s", "min", "minimum", "reorder point", "最低库存", "补货点", "下限")),
        Column("high", pgettext_lazy("column", "Fill up to"), cells.whole(1, MAX_UNITS),
               _("What the order fills up to."), 40, needed=True,
               also=("max", "maximum", "order up to", "最高库存", "上限")),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        if not {"store", "sku"} <= row.values.keys():
            return []
        return [("level", row.values["store"], row.values["sku"])]

    def look(self, rows: Sequence[Row], context: Context) -> None:
        named.stores(rows, context)
        named.items(rows, context)
        for row in rows:
            low, high = row.values.get("low"), row.values.get("high")
            if low is not None and high is not None and high <= low:
                row.wrong("high", "not_above", low=low)

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        places = _places(list(keys), context)
        stores, items = {s for s, _ in places.values()}, {i for _, i in places.values()}
        there = purchasing.policies(context.brand.id, stores=stores, items=items)
        found = {key: there[place] for key, place in places.items() if place in there}
        return {key: {"low": p.low, "high": p.high} for key, p in found.items()}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        return {self.keys(row)[0]: {"low": row.values["low"], "high": row.values["high"]}}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        places = _places([change.key for change in changes], context)
        levels = [Policy(*places[c.key], c.after["low"], c.after["high"]) for c in changes]
        purchasing.put_levels(context.brand.id, levels, by=context.by)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        places = _places([change.key for change in changes], context)
        levels = [Policy(*places[c.key], c.before["low"], c.before["high"]) for c in changes if c.before]
        gone = [places[c.key] for c in changes if not c.before]
        purchasing.put_levels(context.brand.id, levels, dropped=gone, by=context.by)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        found = purchasing.policies(brand_id)
        stores = {store.id: store.code for store in brands.list_stores(brand_id)}
        items = catalog.items_by_id(brand_id, {item for _, item in found})
        for (store, item), level in sorted(found.items()):
            if store in stores and item in items:
                yield {"store": stores[store], "sku": items[item].sku, "low": level.low, "high": level.high}


def _places(keys: Sequence[Key], context: Context) -> dict[Key, tuple[UUID, UUID]]:
    """Store and item ids of the keys; two statements at most."""
    stores = context.once("stores", lambda: {store.code: store for store in brands.list_stores(context.brand.id)})
    items = catalog.items_by_sku(context.brand.id, {key[2] for key in keys})
    return {key: (stores[key[1]].id, items[key[2]].id) for key in keys if key[1] in stores and key[2] in items}
