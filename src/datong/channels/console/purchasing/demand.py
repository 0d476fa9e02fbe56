"""Demand by item and area, coverage by market tier, and the chain from order to delivery, link by link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.purchasing.common import tabs
from datong.channels.console.shell import desk, page
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design import charts
from datong.channels.design.formats import number
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.purchasing import api as purchasing

DAYS = 28
CHAINED = 12
"""How many of the latest orders are followed along the chain."""


@require_safe
@desk(Action.PURCHASING_VIEW)
def demand(request: HttpRequest, who: Who) -> HttpResponse:
    today = timezone.localtime(clock.now()).date()
    since = today - timedelta(days=DAYS - 1)
    stores = {s.id: s for s in stores_of(who)}
    sku = request.GET.get("sku", "").strip()
    item = catalog.items_by_sku(who.brand.id, [sku]).get(sku) if sku else None
    only = [item.id] if item else ([UUID(int=0)] if sku else None)
    by_day, areas = {since + timedelta(days=n): 0 for n in range(DAYS)}, dict[str, int]()
    for store, day, units in purchasing.area_demand(who.brand.id, since, items=only):
        if who.stores is not None and store not in stores:
            continue
        if day in by_day:
            by_day[day] += units
        area = (stores[store].region or stores[store].city) if store in stores else _("no store yet")
        areas[area] = areas.get(area, 0) + units
    top = purchasing.item_demand(
        who.brand.id, since, items=only, stores=None if who.stores is None else list(stores), limit=20
    )
    known = catalog.items_by_id(who.brand.id, [i for i, _units in top])
    total = sum(by_day.values())
    names = [f"{d:%m-%d}" for d in by_day]
    note = _("units a day; orders that were cancelled are left out")
    given = {
        "lead": ngettext("%(n)s unit wanted in four weeks", "%(n)s units wanted in four weeks", total)
        % {"n": number(total)},
        "tabs": tabs("demand"),
        "sku": sku,
        "days": charts.lines(_("Demand by day"), names, [(_("Units"), list(by_day.values()))], note=note),
        "areas": charts.bars(_("Demand by area"), sorted(areas.items(), key=lambda a: -a[1])[:12], note=""),
        "total": total,
        "rows": [{"sku": known[i].sku, "title": title_of(known[i]), "units": n} for i, n in top if i in known],
        "tiers": _tiers(who) if who.stores is None else [],
        "chain": chain(who) if who.sees(Action.ORDERS_VIEW) and who.stores is None else [],
    }
    return page(request, who, "purchasing/demand", given)


def _tiers(who: Who) -> list[dict[str, Any]]:
    """Today's coverage of each tier, and how many stores it had when it was first looked at."""
    kept = purchasing.coverage(who.brand.id, clock.now().date() - timedelta(days=365))
    latest = {t.tier: t for t in kept}
    first = {t.tier: t for t in reversed(kept)}
    return [{"t": latest[tier], "first": first[tier]} for tier in sorted(latest)]


def chain(who: Who) -> list[dict[str, Any]]:
    """The latest orders followed by their keys: order, product, stock, delivery; what is broken is named (S-149)."""
    found = orders.board(who.brand.id, BoardFilter(limit=CHAINED)).rows
    tasks: dict[UUID, int] = {}
    for task in fulfilment.tasks_of(who.brand.id, [o.id for o in found]):
        tasks[task.order_id] = tasks.get(task.order_id, 0) + 1
    pages = [orders.order_page(who.brand.id, o.id) for o in found]
    known = catalog.items_by_id(who.brand.id, {x.item_id for p in pages for x in p.lines if x.item_id})
    listed = []
    for o in pages:
        served = o.state in ("assigned", "completed")
        moved = inventory.holds_of(who.brand.id, o.id) or inventory.movements(who.brand.id, subject=o.id, limit=1)
        goods = [x for x in o.lines if x.item_id and x.kind != "service"]
        listed.append(
            {
                "number": o.number,
                "product": all(x.item_id in known for x in o.lines),
                "stock": bool(moved) or not goods if served else None,
                # What is handed over at the register has no delivery to be linked with.
                "delivery": o.id in tasks if served and o.fulfilment != FulfilmentKind.TILL else None,
            }
        )
    return listed
