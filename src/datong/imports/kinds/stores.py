"""Stores: where they are, when they open, what they do. Postcodes and cities of stores teach the gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import AddressText, Hours, Store, StoreKind
from datong.imports.kinds import hours_text
from datong.imports.kinds.gazetteer import places_of
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.inventory import api as inventory
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders import api as orders

KINDS = {
    "own": "own", "自营": "own", "直营": "own", "franchise": "franchise", "加盟": "franchise", "partner": "partner",
    "合作": "partner", "acquired": "acquired", "收购": "acquired",
}  # fmt: skip
TEXTS = ("name", "city", "region", "country", "postcode", "address", "phone", "timezone")
PLAIN = (*TEXTS, "kind", "tier", "serves_radius_m", "order_limit", "serving_cost_minor", "lends_stock", "open")


class Stores(Kind):
    name = "stores"
    title = _("Stores")
    about = _("Where your stores are, when they open and what they do. A store is also the place its stock lies at.")
    icon = "store"
    needs, shows = Action.STORES_EDIT, Action.STORES_VIEW
    columns = (
        Column("code", _("Store number"), cells.code(40), _("Short and lasting; stock and staff name it."), "0001",
               needed=True, also=("store", "store code", "store no", "门店编码", "门店号", "店号", "门店代码")),
        Column("name", _("Store name"), cells.text(120), _("As customers know it."), "Main Street", first=True,
               also=("门店", "店名"), width=24),
        Column("city", _("City"), cells.text(80), _("The city it is in."), "Minneapolis", first=True),
        Column("lat", _("Latitude"), cells.degrees(90), _("Degrees; may be left out where the postcode's place is "
               "known."), 44.9778, also=("latitude",)),
        Column("lon", _("Longitude"), cells.degrees(180), _("Degrees."), -93.265, also=("lng", "longitude")),
        Column("hours", _("Opening hours"), hours_text.week, _("Mon-Sat: 9:00-21:00; Sun: closed, or: always. "
               "Holidays: the table of hours."), "Mon-Sat: 10-21; Sun: 11-18", first=True, width=32),
        Column("region", _("Region"), cells.text(80), _("State or province."), "MN", clears=True, also=("state",
               "province", "省")),
        Column("country", _("Country"), cells.country, _("Two letters; left out: the brand's."), "US"),
        Column("postcode", _("Postcode"), cells.code(20), _("Teaches where customers with this postcode are."), "55401",
               clears=True, also=("zip", "zip code", "postal code", "邮政编码")),
        Column("address", _("Address"), cells.text(200), _("Street and number."), "1 Main St", clears=True, width=28),
        Column("phone", _("Phone"), cells.code(40), _("Of the store."), "+16125550100", clears=True,
               also=("tel", "联系电话")),
        Column("timezone", _("Time zone"), cells.zone, _("IANA name; left out: the brand's."), "America/Chicago",
               also=("time zone",)),
        Column("kind", _("Ownership"), cells.choice(KINDS), _("Whose the store is: own, franchise, partner, acquired."),
               "own", choices=tuple(StoreKind), also=("kind", "经营方式", "门店类型", "归属")),
        Column("tier", _("Market tier"), cells.whole(1, 5), _("1 to 5."), 1, also=("城市级别",)),
        Column("services", _("Services"), cells.several(400), _("Separated by ;"), "pickup; repair", clears=True),
        Column("serves_radius_m", _("Delivery radius (m)"), cells.whole(0, 20_100_000), _("In meters; 0: no delivery "
               "from here."), 5000, also=("delivery radius",)),
        Column("order_limit", _("Online orders a day"), cells.whole(0, 1_000_000), _("The most; left out: no limit."),
               200, also=("daily order limit",)),
        Column("serving_cost_minor", _("Cost of serving an order"), cells.whole(0, 10**12), _("In cents or fen, to be "
               "weighed in sourcing."), 0),
        Column("lends_stock", _("Lends stock"), cells.flag, _("no: orders of other channels do not take its stock."),
               "yes", choices=("yes", "no")),
        Column("open", _("Open for business"), cells.flag, _("no: closed down."), "yes", choices=("yes", "no"),
               also=("active",)),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        return [("store", row.values["code"])] if "code" in row.values else []

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        wanted = set(keys)
        return {k: state_of(s) for s in brands.list_stores(context.brand.id) if (k := ("store", s.code)) in wanted}

    def look(self, rows: Sequence[Row], context: Context) -> None:
        """Locate what comes without degrees; one statement."""
        lost = [row for row in rows if not {"lat", "lon"} <= row.values.keys() and "code" in row.values]
        if not lost:
            return
        known = {store.code for store in brands.list_stores(context.brand.id)}
        lost = [row for row in lost if row.values["code"] not in known or {"lat", "lon"} & row.values.keys()]
        asked = [_address(row, context) for row in lost]
        for row, place in zip(lost, brands.locate(context.brand.id, asked), strict=True):
            if any(fault.column in ("lat", "lon") for fault in row.faults):
                continue
            if place is None or {"lat", "lon"} & row.values.keys():
                row.wrong("lat" if "lat" not in row.values else "lon", "no_place")
            else:
                row.values["lat"], row.values["lon"] = place.lat, place.lon

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        brand = context.brand
        plain = {"id": str(uuid7()), "timezone": brand.timezone, "country": brand.country}
        state = dict(before.get(key) or {**_blank(key[1]), **plain})
        state |= {name: value for name, value in row.values.items() if name not in ("code", "hours", "services")}
        if "hours" in row.values:
            state["week"] = row.values["hours"]
        if "services" in row.values:
            state["services"] = list(row.values["services"] or [])
        return {key: state}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        known = {store.code: store for store in brands.list_stores(context.brand.id)}
        brands.put_stores(context.brand.id, [_store(c.key[1], c.after, known) for c in changes], who=context.by)

    def in_use(self, changes: Sequence[Change], context: Context) -> dict[Key, str]:
        ids = {UUID(change.after["id"]): change.key for change in changes}
        stocked = inventory.stock_by_location(context.brand.id, list(ids))
        ordered = orders.stores_with_orders(context.brand.id, ids, context.at)
        return {ids[store]: "has_orders" for store in ordered} | {ids[store]: "has_stock" for store in stocked}

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        known = {store.code: store for store in brands.list_stores(context.brand.id)}
        back = [_store(c.key[1], c.before, known) for c in changes if c.before is not None]
        if back:
            brands.put_stores(context.brand.id, back, who=context.by)
        if new := [UUID(c.after["id"]) for c in changes if c.before is None]:
            brands.remove_stores(context.brand.id, new, by=context.by)

    def finish(self, context: Context) -> None:
        if context.options.get("places", "yes") != "no":
            brands.put_gazetteer(context.brand.id, places_of(brands.list_stores(context.brand.id)))

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        for store in brands.list_stores(brand_id):
            state = state_of(store)
            row: dict[str, Raw] = {name: state[name] for name in PLAIN}
            yield row | {
                "code": store.code,
                "lat": store.place.lat,
                "lon": store.place.lon,
                "hours": hours_text.week_told(state["week"]),
                "services": "; ".join(store.services),
            }


def _address(row: Row, context: Context) -> AddressText:
    text = {name: str(row.values.get(name, "")) for name in ("city", "region", "postcode")}
    return AddressText(country=str(row.values.get("country") or context.brand.country), **text)


def _blank(code: str) -> State:
    return {**state_of(Store(uuid7(), code, "", Point(0, 0), "", brands.always_open(), "UTC"))}


def state_of(store: Store) -> State:
    found: State = {name: getattr(store, name) for name in PLAIN}
    return found | {
        "id": str(store.id),
        "kind": store.kind.value,
        "lat": store.place.lat,
        "lon": store.place.lon,
        "week": hours_text.spans_of(store.hours.week),
        "services": list(store.services),
    }


def _store(code: str, state: Mapping[str, Any], known: Mapping[str, Store]) -> Store:
    """The store as `state` says; what a table does not speak of (its area, its holidays) stays as it is."""
    base = known.get(code) or Store(UUID(state["id"]), code, "", Point(0, 0), "", brands.always_open(), "UTC")
    week = tuple(tuple((start, end) for start, end in day) for day in state["week"])
    exceptions: Mapping[date, Any] = base.hours.exceptions if code in known else {}
    return replace(
        base,
        **{name: state[name] for name in PLAIN if name != "kind"},
        kind=StoreKind(state["kind"]),
        place=Point(state["lon"], state["lat"]),
        hours=Hours(week, exceptions),
        services=tuple(state["services"]),
    )
