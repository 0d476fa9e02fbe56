"""A file's rows as observations. A row that cannot be read is refused alone; the others are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from datong.kernel.errors import BadInput, Problem
from datong.kernel.geo import Point
from datong.shadow.reading.cells import Cells
from datong.shadow.reading.columns import places_of
from datong.shadow.reading.sheets import Row, rows_of
from datong.shadow.types import (
    MAX_PROBLEMS,
    MAX_UNITS,
    FeedKind,
    ItemSeen,
    LineSeen,
    MemberSeen,
    OrderSeen,
    PriceSeen,
    Project,
    StockSeen,
)

Seen = OrderSeen | StockSeen | PriceSeen | MemberSeen | ItemSeen
MAX_LINES = 500
MAX_STOCK = 10**8
GONE = ("cancel", "refund", "void", "trash", "fail", "取消", "作废", "退款")


@dataclass(slots=True)
class Read:
    """What a file held. `refused` counts rows (of an order: all its rows); `problems` are the first MAX_PROBLEMS."""

    seen: list[Seen] = field(default_factory=list)
    rows: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, problems: list[Problem], rows: int = 1) -> None:
        self.refused += rows
        self.problems += problems[: max(MAX_PROBLEMS - len(self.problems), 0)]


def read(kind: FeedKind, name: str, body: bytes, project: Project, at: datetime) -> Read:
    """`at`: the moment of rows that name none (a stock export). Raises BadInput: no such file, no heading."""
    rows = rows_of(name, body)
    zone = ZoneInfo(project.timezone)
    found = Read()
    first = next(rows, None)
    if first is None:
        raise BadInput(f"{name} has no rows", Problem("file", "empty", "a heading, then a row each", name))
    places = places_of(kind, first[1])
    if kind is FeedKind.ORDERS:
        _orders(_again(first, rows), places, project, zone, at, found)
        return found
    for number, values in _again(first, rows):
        found.rows += 1
        cells = Cells(number, values, places, zone)
        one = _one(kind, cells, project, at)
        if cells.problems:
            found.refuse(cells.problems)
        else:
            found.seen.append(one)
    return found


def _again(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _one(kind: FeedKind, cells: Cells, project: Project, at: datetime) -> Seen:
    if kind is FeedKind.ITEMS:
        wanted = (("system", 40), ("sku", 60), ("item", 60))
        return ItemSeen(*(cells.text(name, limit, needed=True) for name, limit in wanted))
    if kind is FeedKind.MEMBERS:
        return _member(cells)
    sku, store = cells.text("sku", 60, needed=True), cells.text("store", 60, needed=kind is FeedKind.STOCK)
    gtin, title = cells.gtin(), cells.text("title", 200, cut=True)
    if kind is FeedKind.STOCK:
        units = cells.whole("units", -MAX_STOCK, MAX_STOCK)
        return StockSeen(sku, store, units, cells.time("at", at) or at, gtin, title)
    currency = cells.text("currency", 3).upper() or project.currency
    minor = cells.money("price", project.currency)
    if not cells.raw("price"):
        cells.wrong("price", "missing", "a price")
    return PriceSeen(sku, minor or 0, currency, cells.time("since", at) or at, store, gtin, title)


def _member(cells: Cells) -> MemberSeen:
    name = cells.text("name", 120, cut=True)
    if not name:
        name = f"{cells.text('first', 60, cut=True)} {cells.text('last', 60, cut=True)}".strip()
    return MemberSeen(
        native_id=cells.text("member", 120, needed=True),
        name=name,
        phone=cells.text("phone", 40, cut=True),
        email=cells.text("email", 200, cut=True),
        phone_verified=cells.flag("phone_verified"),
        email_verified=cells.flag("email_verified"),
        link=cells.text("link", 120),
        row=cells.row,
    )


def _orders(
    rows: Iterator[Row], places: dict[str, str], project: Project, zone: ZoneInfo, at: datetime, found: Read
) -> None:
    """Rows of one order stand together; a row without an order number belongs to the order above (as Odoo writes)."""
    gathered: list[Row] = []
    current = ""
    for number, values in rows:
        found.rows += 1
        own = values.get(places["order"], "") or current
        if gathered and own != current:
            _order(gathered, places, project, zone, at, found)
            gathered = []
        current = own
        gathered.append((number, values))
    if gathered:
        _order(gathered, places, project, zone, at, found)


def _order(
    rows: list[Row], places: dict[str, str], project: Project, zone: ZoneInfo, at: datetime, found: Read
) -> None:
    problems: list[Problem] = []
    head = Cells(*rows[0], places, zone, problems)
    currency = head.text("currency", 3).upper() or project.currency
    if currency != project.currency:
        head.wrong("currency", "other_currency", f"{project.currency}: a project has one currency")
    lines = []
    for number, values in rows[:MAX_LINES]:
        cells = Cells(number, values, places, zone, problems)
        price = cells.money("price", project.currency)
        lines.append(
            LineSeen(
                cells.text("sku", 60, needed=True),
                cells.whole("units", 1, MAX_UNITS),
                price,
                cells.money("discount", project.currency) or 0,
                cells.text("title", 200, cut=True),
                cells.gtin(),
            )
        )
    if len(rows) > MAX_LINES:
        head.wrong("order", "too_many_lines", f"at most {MAX_LINES} lines in an order")
    lon, lat = head.degrees("lon", 180), head.degrees("lat", 90)
    seen = OrderSeen(
        native_id=head.text("order", 120, needed=True),
        placed_at=head.time("placed") or at,
        currency=currency,
        lines=tuple(lines),
        ref=head.text("ref", 120),
        source=head.text("source", 40),
        store=head.text("store", 60),
        cancelled=bool(head.raw("cancelled")) or any(word in head.raw("status").lower() for word in GONE),
        fulfilment=head.text("fulfilment", 10, cut=True).lower(),
        phone=head.text("phone", 40, cut=True),
        email=head.text("email", 200, cut=True),
        place=Point(lon, lat) if lon is not None and lat is not None else None,
        where=tuple(head.text(n, 80, cut=True) for n in ("city", "region", "postcode", "country")),  # type: ignore[arg-type]
        promised_at=head.time("promised") if head.raw("promised") else None,
        row=rows[0][0],
    )
    if problems:
        found.refuse(problems, len(rows))
    else:
        found.seen.append(seen)
