"""Prices as things of an import: a dated row, or 'from the start of this import on'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from datong.catalog import api as catalog
from datong.catalog.types import Price
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
    """A first price holds from the morning of the brand's day, so that the day's orders have it; a change from now."""
    prices = [price(change.key, change.after, since(change, context)) for change in changes]
    if prices:
        catalog.put_prices(context.brand.id, prices, by=context.by, reason=f"import of {context.file}"[:300])


def price(of: Key, after: Mapping[str, object], start: datetime) -> Price:
    until = after.get("until")
    end = datetime.fromisoformat(str(until)) if until else None
    return Price(of[1], int(str(after["amount"])), start, end, of[2])


def since(change: Change, context: Context) -> datetime:
    if change.key[3] != NOW:
        return datetime.fromisoformat(change.key[3])
    return context.at if change.before is not None else morning(context)


def morning(context: Context) -> datetime:
    local = context.at.astimezone(ZoneInfo(context.brand.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def take_back(changes: Sequence[Change], context: Context) -> None:
    """Rows that were added go; a dated row that was corrected says again what it said."""
    added = [c for c in changes if c.before is None or c.key[3] == NOW]
    if added:
        rows = [(c.key[2], c.key[1], since(c, context)) for c in added]
        catalog.remove_prices(context.brand.id, rows, by=context.by)
    corrected = [c for c in changes if c.before is not None and c.key[3] != NOW]
    if corrected:
        back = [price(c.key, c.before or {}, datetime.fromisoformat(c.key[3])) for c in corrected]
        catalog.put_prices(context.brand.id, back, by=context.by, reason=f"undo of {context.file}"[:300])
