"""What they bought at every door: figures by door, and the orders a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datong.channels.console import words
from datong.channels.console.contacts import narrowed
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.design.formats import money, number
from datong.orders import api as orders
from datong.orders.api import BoardFilter, BoardRow, Bought
from datong.orders.types import OrderState

SHOWN = 20


def read(seen: Seen) -> dict[str, Any]:
    params, who = seen.request.GET, seen.who
    figures = list(seen.figures)
    channel, state = seen.names.channel(params.get("channel", "")), params.get("state", "")
    before, after = _id(params.get("before", "")), _id(params.get("after", ""))
    wanted = BoardFilter(
        customer_id=seen.person.id,
        channel_id=channel.id if channel else None,
        state=state if state in set(OrderState) else "",
        before=before,
        after=None if before else after,
        limit=SHOWN,
        **narrowed(who),
    )
    plain = replace(wanted, before=None, after=None, channel_id=None, state="") == wanted
    rows, more = list(seen.bought), len(seen.bought) == SHOWN
    if not plain:
        found = orders.board(who.brand.id, wanted)
        rows, more = list(found.rows), found.more
    return {
        "figures": [{"door": _door(seen, one), **said(mine)} for one, mine in _by_door(figures)],
        "all": said(figures),
        "lead": sentence(figures),
        "rows": [_row(row, seen) for row in rows],
        "any": bool(figures),
        "channels": [
            ("", _("All channels")),
            *((c.code, c.name) for c in seen.names.channels.values() if c.id in {f.channel_id for f in figures}),
        ],
        "channel": channel.code if channel else "",
        "states": [("", _("Any state")), *((s.value, words.ORDER_STATE[s]) for s in OrderState)],
        "state": wanted.state,
        "older": _at(seen, before=str(rows[-1].id)) if rows and (more or wanted.after) else "",
        "newer": _at(seen, after=str(rows[0].id)) if rows and (before or wanted.after) else "",
    }


BLOCK = Block("orders", "console/person/bought.html", read)


def said(figures: list[Bought]) -> dict[str, Any]:
    """Orders, what of them was cancelled, and money by currency: nothing is added across currencies."""
    kept = [one for one in figures if one.state != OrderState.CANCELLED]
    sums: dict[str, int] = {}
    for one in kept:
        sums[one.currency] = sums.get(one.currency, 0) + one.total_minor
    return {
        "orders": sum(one.orders for one in figures),
        "cancelled": sum(one.orders for one in figures if one.state == OrderState.CANCELLED),
        "money": [money(total, currency) for currency, total in sorted(sums.items())],
        "last": max((one.last_at for one in figures), default=None),
    }


def sentence(figures: list[Bought]) -> str:
    """'2 orders · through 2 doors'."""
    count, doors = sum(one.orders for one in figures), len({one.channel_id for one in figures})
    bought = ngettext("%(n)s order", "%(n)s orders", count) % {"n": number(count)}
    through = ngettext("through %(n)s door", "through %(n)s doors", doors) % {"n": number(doors)}
    return f"{bought} · {through}"


def _by_door(figures: list[Bought]) -> list[tuple[UUID, list[Bought]]]:
    doors: dict[UUID, list[Bought]] = {}
    for one in figures:
        doors.setdefault(one.channel_id, []).append(one)
    return sorted(doors.items(), key=lambda door: -sum(one.orders for one in door[1]))


def _door(seen: Seen, channel_id: UUID) -> str:
    channel = seen.names.channels.get(channel_id)
    return channel.name if channel else "–"


def _row(row: BoardRow, seen: Seen) -> dict[str, Any]:
    return {
        "row": row,
        "channel": seen.names.channels.get(row.channel_id),
        "store": seen.names.stores.get(row.store_id) if row.store_id else None,
        "state": words.word(words.ORDER_STATE, row.state),
        "hue": words.ORDER_HUE.get(row.state, ""),
    }


def _at(seen: Seen, **edge: str) -> str:
    query = seen.request.GET.copy()
    for key in ("before", "after"):
        query.pop(key, None)
    for key, value in edge.items():
        query[key] = value
    return f"{reverse('customer', args=[seen.person.id])}?{query.urlencode()}#orders"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
