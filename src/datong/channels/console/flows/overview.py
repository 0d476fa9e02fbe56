"""What came of the doors today as it is now, the ways orders went, loops that are open, entries that only guide."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.flows.words import LOOP, way_said
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.ledger.api import rulebook
from datong.orders import api as orders
from datong.orders.types import MODES
from datong.orders.types.ways import Effect, Loop, LoopRow

PAGE = 50
DAYS = 30


@require_safe
@desk(Action.ENTRIES_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    brand, now = who.brand.id, clock.now()
    book, since = rulebook(brand), now - timedelta(days=DAYS)
    began = book.days.day_begins(book.business_date(now), None)
    names = {one.id: one.name for one in stores_of(who)}
    store = request.GET.get("store", "")[:40]
    chosen = frozenset(one.id for one in stores_of(who) if one.code == store) if store else who.stores
    loop = next((one for one in Loop if one.value == request.GET.get("loop", "")), None)
    wanted = request.GET.get("format")
    found = orders.loops(
        brand, since, now, loop=loop, stores=chosen, before=_key(request.GET.get("before", "")),
        limit=5000 if wanted else PAGE,
    )  # fmt: skip
    if wanted is not None:
        return download(_table(found, names), wanted, "loops")
    today, guides = orders.effect(brand, began, now, stores=chosen), orders.guides(brand, since, now, stores=chosen)
    kinds = {mode.code: mode.basic for mode in MODES}
    asked = {"store": store, "loop": loop.value if loop else ""}
    given = {
        "lead": _lead(today),
        "today": today,
        "currency": who.brand.currency,
        "ways": [
            {"w": way, "said": way_said(way.sides), "basic": kinds.get(way.mode), "mode": bool(way.mode)}
            for way in orders.ways(brand, since, now, stores=chosen)
        ],
        "loops": [
            {"l": one, "badge": LOOP[one.loop], "store": names.get(one.store_id, "") if one.store_id else ""}
            for one in found
        ],
        "guides": [one for one in guides if not one.orders],
        "choices": [("", _("All stores")), *((one.code, one.name) for one in stores_of(who)[:2000])],
        "loop_choices": [("", _("Every open loop")), *((one.value, LOOP[one][0]) for one in Loop)],
        "store": store,
        "loop": asked["loop"],
        "older": f"?{urlencode({**asked, 'before': found[-1].order_id})}" if len(found) == PAGE else "",
        "days": DAYS,
    }
    return page(request, who, "flows/overview", given)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _lead(today: Effect) -> str:
    visits = ngettext("%(n)s visit today", "%(n)s visits today", today.visits) % {"n": number(today.visits)}
    said = {"visits": visits, "orders": number(today.orders), "used": number(today.used)}
    return _("%(visits)s, %(orders)s orders, %(used)s of them with their customers.") % said


def _table(found: list[LoopRow], names: dict[UUID, str]) -> Table:
    table = Table(_("Open loops"), (_("Order"), _("Loop"), _("Store"), _("Amount")), numbers=frozenset({3}))
    for one in found:
        store = names.get(one.store_id, "") if one.store_id else ""
        texts = (one.number, str(LOOP[one.loop][0]), store)
        table.rows.append(Row((*(Text(text) for text in texts), Amount(one.total_minor, one.currency))))
    return table
