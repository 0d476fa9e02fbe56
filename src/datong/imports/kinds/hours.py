"""Opening hours by day: the week, and dates with hours of their own (holidays)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Hours as OpeningHours
from datong.brand.types import Span, Store
from datong.imports.kinds import hours_text, named
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State


class Hours(Kind):
    name = "hours"
    title = _("Opening hours")
    about = _("The hours of each day, and of single dates: a row a store and day. Days that are not named stay.")
    icon = "clock"
    needs, shows = Action.STORES_EDIT, Action.STORES_VIEW
    columns = (
        Column("store", _("Store"), cells.code(120), _("Number or name of the store."), "0001", needed=True,
               also=("code", "store number", "store code", "store name", "门店编码", "门店号", "店名", "门店名称")),
        Column("day", pgettext_lazy("column", "Day"), hours_text.days,
               _("Mon, Mon-Fri, every day, or a date for an exception: 2026-12-25."),
               "Mon-Fri", needed=True, also=("weekday", "date", "日期", "星期")),
        Column("hours", _("Hours"), hours_text.spans, _("9:00-12:00, 13:00-21:00; or: closed; or: always."),
               "10:00-21:00", needed=True, also=("opening hours", "时间", "营业时间"), width=28),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        if not {"store", "day"} <= row.values.keys():
            return []
        return [("hours", row.values["store"], day) for day in row.values["day"]]

    def look(self, rows: Sequence[Row], context: Context) -> None:
        named.stores(rows, context)

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        known = {store.code: store for store in brands.list_stores(context.brand.id)}
        found: dict[Key, State] = {}
        for key in keys:
            spans = _spans(known[key[1]], key[2]) if key[1] in known else None
            if spans is not None:
                found[key] = {"spans": [list(span) for span in spans]}
        return found

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        return {key: {"spans": row.values["hours"]} for key in self.keys(row)}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        self._set({change.key: change.after for change in changes}, context)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        self._set({change.key: change.before for change in changes}, context)

    def _set(self, states: Mapping[Key, State | None], context: Context) -> None:
        by_store: dict[str, dict[str, State | None]] = {}
        for key, state in states.items():
            by_store.setdefault(key[1], {})[key[2]] = state
        known = {store.code: store for store in brands.list_stores(context.brand.id)}
        changed = [_with(known[code], days) for code, days in by_store.items() if code in known]
        brands.put_stores(context.brand.id, changed)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        for store in brands.list_stores(brand_id):
            week = dict(zip(hours_text.DAYS, store.hours.week, strict=True))
            for day, spans in week.items():
                yield {"store": store.code, "day": day.title(), "hours": hours_text.told(spans)}
            for when, spans in sorted(store.hours.exceptions.items()):
                yield {"store": store.code, "day": when.isoformat(), "hours": hours_text.told(spans)}


def _spans(store: Store, day: str) -> Sequence[Span] | None:
    if hours_text.is_date(day):
        return store.hours.exceptions.get(hours_text.date_of(day))
    return store.hours.week[hours_text.DAYS.index(day)]


def _with(store: Store, days: Mapping[str, State | None]) -> Store:
    week, exceptions = list(store.hours.week), dict(store.hours.exceptions)
    for day, state in days.items():
        spans = tuple((start, end) for start, end in (state or {"spans": []})["spans"])
        if not hours_text.is_date(day):
            week[hours_text.DAYS.index(day)] = spans
        elif state is None:
            exceptions.pop(hours_text.date_of(day), None)
        else:
            exceptions[hours_text.date_of(day)] = spans
    return replace(store, hours=OpeningHours(tuple(week), exceptions))
