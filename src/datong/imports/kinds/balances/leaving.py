"""Balances on their way out, in the shape in which they come in; and such a file when it comes back.

A row that left carries the id of its thing. Where that thing is known it is not opened a second time: the row is the
same as what stands, or it is refused. In another brand the id only tells two balances of one person apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from datong.brand import api as brands
from datong.customers import api as customers
from datong.customers.types import IdentityKind
from datong.imports.rules import cells
from datong.imports.types import Column, Context, Facts, Raw, Row, Wrong
from datong.kernel.money import Money
from datong.wallet import api as wallet
from datong.wallet.types.opening import Bring, Brought, Taken

Line = dict[str, Raw]
MOST_LOTS = 1_000
"""Points of one person that end on different days; beyond, the earliest are put together with the next."""


def _id(raw: Raw, facts: Facts) -> str:
    try:
        return str(UUID(cells.code(40)(raw, facts)))
    except ValueError:
        raise Wrong("datong_id") from None


ID = Column("id", _("Datong id"), _id, _("Only in files that were exported here: leave it as it is, or out."),
            "01931f0e-5c1a-7d3e-9b1f-2a4c6e8f0a12", width=38)  # fmt: skip


def lines_of(brand_id: UUID, kind: Taken) -> Iterator[Line]:
    """Everything of a kind, a row each, by column."""
    timezone = ZoneInfo(brands.get_brand(brand_id).timezone)
    for page in wallet.all_things(brand_id, kind):
        signs = customers.signs_of(brand_id, {one.it.customer_id for one in page if one.it.customer_id})
        for one in page:
            holder = shown(signs.get(one.it.customer_id)) if one.it.customer_id else {}
            yield {**holder, **line(one, timezone)}


def shown(sign: tuple[IdentityKind, str] | None) -> Line:
    return {sign[0].value: sign[1]} if sign else {}


def line(found: Brought, timezone: ZoneInfo) -> Line:
    """What a row says of a thing, without whose it is."""
    it, made = found.it, {"id": found.it.ref}
    ends = last_day(it.expires_at, timezone)
    if it.kind is Taken.POINTS:
        return {**made, **_points(it, timezone)}
    if it.kind is Taken.VOUCHER:
        return {**made, "code": str(found.detail["code"]), "offer": it.group, "state": it.state, "expiry": ends}
    money = {"currency": it.unit, "state": it.state, "expiry": ends}
    if it.kind is Taken.STORED:
        return {**made, **money, "principal": _decimal(it.principal, it), "bonus": _decimal(it.bonus, it)}
    sealed = {"code": f"***{it.code_end}", "sealed": str(found.detail["hash"])}
    return {**made, **money, **sealed, "face": _decimal(it.face, it), "left": _decimal(it.principal, it)}


def _points(it: Bring, timezone: ZoneInfo) -> Line:
    days = sorted((last_day(ends, timezone) or "", points) for points, ends in it.lots)
    lots = [(day, sum(points for _, points in some)) for day, some in groupby(days, key=lambda each: each[0])]
    lots.sort(key=lambda lot: (not lot[0], lot[0]))
    while len(lots) > MOST_LOTS:
        (_day, points), (later, more), *rest = lots
        lots = [(later, points + more), *rest]
    said = "; ".join(f"{points}@{day}" if day else str(points) for day, points in lots)
    return {"programme": it.group, "points": it.principal, "lots": said}


def last_day(ends: datetime | None, timezone: ZoneInfo) -> str | None:
    """The last day on which something is good at least in part, as a table writes it."""
    return (ends - timedelta(microseconds=1)).astimezone(timezone).date().isoformat() if ends else None


def _decimal(minor: int, it: Bring) -> str:
    return str(Money(minor, it.unit).decimal)


PASSED_OVER = frozenset({"id", "card", "member", "phone", "email", "sealed", "code"})
"""Of a row that came back: whose it is and its code are not compared; its id says which it is."""


def find_here(rows: Sequence[Row], kind: Taken, columns: Sequence[Column], context: Context) -> None:
    """Put `_here` (the thing as it stands) on the rows whose id this brand knows; one that says something else of it is
    refused: what changed here since is no news, and a balance changes by what is done with it."""
    asked = {row.values["id"]: UUID(row.values["id"]) for row in rows if "id" in row.values}
    known = wallet.standing_things(context.brand.id, kind, asked.values())
    timezone = ZoneInfo(context.brand.timezone)
    for row in rows:
        found = known.get(row.values.get("id", ""))
        if found is None:
            continue
        row.values["_here"] = found
        stands = read_line(line(found, timezone), columns, context.facts)
        differs = [
            column.name
            for column in columns
            if column.name in row.values
            and column.name not in PASSED_OVER
            and _same(row.values[column.name]) != _same(stands.get(column.name))
        ]
        if differs:
            row.wrong(differs[0], "stands_here", stands=str(line(found, timezone).get(differs[0]) or "-"))


def read_line(said: Mapping[str, Raw], columns: Sequence[Column], facts: Facts) -> dict[str, object]:
    return {c.name: c.read(said[c.name], facts) for c in columns if said.get(c.name) is not None and c.name != "code"}


def _same(value: object) -> object:
    """Amounts may be written in many ways (1,000.5 or 1000.50)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.4f}"
    if isinstance(value, str):
        try:
            return f"{float(value.replace(',', '')):.4f}"
        except ValueError:
            return value
    return value
