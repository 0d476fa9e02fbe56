"""Prices as things of an import: a dated row, or 'from the start of this import on'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from datong.access import api as access
from datong.access.types import Asker, Machine
from datong.catalog import api as catalog
from datong.catalog.types import ChangeState, NewPrice, PriceChange
from datong.imports.types import Change, Context, Key, State
from datong.kernel import clock

NOW = ""
"""In a key: from the moment of the import on; the state is what holds."""


def key(price_list: str, sku: str, since: str = NOW) -> Key:
    return ("price", sku, price_list, since)


def standing(keys: Iterable[Key], context: Context) -> dict[Key, State]:
    """At most two statements. The key of a dated row has its amount and end; one of now has the amount in force."""
    wanted = list(keys)
    found: dict[Key, State] = {}
    if now := [k for k in wanted if k[3] == NOW]:
        held = catalog.prices_in_force(context.brand.id, [(k[2], k[1]) for k in now], clock.now())
        found |= {k: {"amount": held[k[2], k[1]][0]} for k in now if (k[2], k[1]) in held}
    if dated := [k for k in wanted if k[3] != NOW]:
        rows = catalog.price_rows(context.brand.id, [(k[2], k[1], datetime.fromisoformat(k[3])) for k in dated])
        told = {(lst, sku, at.isoformat()): state(amount, until) for (lst, sku, at), (amount, until) in rows.items()}
        for k in dated:
            if (row := told.get((k[2], k[1], datetime.fromisoformat(k[3]).isoformat()))) is not None:
                found[k] = row
    return found


def state(amount: int, until: datetime | None) -> State:
    return {"amount": amount, "until": until.astimezone(ZoneInfo("UTC")).isoformat() if until else None}


def write(changes: Sequence[Change], context: Context) -> None:
    """First prices are written; the others are gathered until `settle`."""
    asked = [wanted(change, context) for change in changes]
    if asked:
        catalog.gather_prices(
            context.brand.id, context.run_id, asked, by=asker(context), reason=why(context), at=context.at
        )


def settle(context: Context) -> None:
    """The prices that change what holds are one change: done now, or waiting for a second person."""
    change_id = catalog.change_marked(context.brand.id, context.run_id)
    if change_id is not None:
        catalog.submit_change(context.brand.id, change_id, by=asker(context), reason=why(context))


def change_of(context: Context) -> PriceChange | None:
    """The change of prices this run asked for; its undoing is another."""
    change_id = catalog.change_marked(context.brand.id, context.run_id)
    return catalog.get_change(context.brand.id, change_id) if change_id else None


def waits(context: Context) -> bool:
    """Whether the prices that hold are those from before the run."""
    asked = context.once("price change", lambda: change_of(context))
    return asked is not None and asked.state not in (ChangeState.DONE, ChangeState.UNDONE)


def unsettle(context: Context) -> None:
    """What waits is given up; what was carried out is asked back, as any change of prices."""
    asked = change_of(context)
    if asked is None:
        return
    if catalog.drop_change(context.brand.id, asked.id, by=asker(context), note=_("The import was undone.")):
        return
    if asked.state is ChangeState.DONE:
        catalog.undo_change(context.brand.id, asked.id, by=asker(context), reason=f"undo of {context.file}"[:300])


def asker(context: Context) -> Asker:
    """Who runs it: a person of the brand, or a command on the server, to which the limit of programs applies."""

    def find() -> Asker:
        user = access.user_id_of(context.by)
        staff = access.staff_of(user, context.brand.id) if user else None
        return staff or Machine(UUID(int=0), context.brand.id, context.by)

    asked: Asker = context.once(f"asker {context.by}", find)
    return asked


def why(context: Context) -> str:
    return f"import of {context.file}"[:300]


def wanted(change: Change, context: Context) -> NewPrice:
    """What a row asks for. A first price of now holds from the morning of the brand's day on, so that the day's orders
    have it; a change from when it is carried out."""
    dated = change.key[3] != NOW or (change.before is None and not change.key[2])
    until = change.after.get("until")
    end = datetime.fromisoformat(str(until)) if until else None
    return NewPrice(
        change.key[1], int(str(change.after["amount"])), since(change, context) if dated else None, end, change.key[2]
    )


def since(change: Change, context: Context) -> datetime:
    """When a first price of a row begins."""
    if change.key[3] != NOW:
        return datetime.fromisoformat(change.key[3])
    return context.at if change.key[2] else morning(context)


def morning(context: Context) -> datetime:
    local = context.at.astimezone(ZoneInfo(context.brand.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def apart(changes: Sequence[Change], context: Context) -> set[Key]:
    """The prices that were not written but asked for, as one change of prices."""
    pairs = context.once("asked prices", lambda: _asked(context))
    return {c.key for c in changes if c.key[0] == "price" and (c.key[2], c.key[1]) in pairs}


def _asked(context: Context) -> set[tuple[str, str]]:
    change_id, after = catalog.change_marked(context.brand.id, context.run_id), 0
    found: set[tuple[str, str]] = set()
    while change_id and (lines := catalog.change_lines(context.brand.id, change_id, after=after, limit=20_000)):
        found |= {(line.price_list, line.sku) for line in lines}
        after = lines[-1].number
    return found


def take_back(changes: Sequence[Change], context: Context) -> None:
    """The first prices go."""
    if changes:
        rows = [(c.key[2], c.key[1], since(c, context)) for c in changes]
        catalog.remove_prices(context.brand.id, rows, by=context.by)
