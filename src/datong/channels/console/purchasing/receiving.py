"""Receiving a purchase order on a phone: scan what comes, unit by unit, or type it; then put it on the shelf."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Item
from datong.channels.console.places import stores_of
from datong.channels.console.purchasing.common import HUE, OPEN, state_word
from datong.channels.console.purchasing.order import find
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.typed import errors_of, units_of
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.purchasing import api as purchasing
from datong.purchasing.types import PurchaseOrder

GTIN = 14
"""A barcode of 8, 12 or 13 digits is one of 14 with zeros in front."""


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PURCHASING_VIEW, write=Action.PURCHASING_RECEIVE)
def receive(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """The page to scan into; sent, it adds the scanned unit, or books what has come."""
    found = find(who, order_id)
    require(who, Action.PURCHASING_RECEIVE, found.store_id)
    if found.state not in OPEN:
        raise Conflict(_("This order is %(state)s: nothing can be received.") % {"state": state_word(found.state)})
    known = catalog.items_by_id(who.brand.id, [x.item_id for x in found.lines])
    if request.method != "POST":
        return _show(request, who, found, known, {}, {})
    try:
        ids = [x.item_id for x in found.lines]
        good, bad = units_of(request.POST, "good", ids), units_of(request.POST, "bad", ids)
        if request.POST.get("do") == "scan":
            item = _scanned(request.POST.get("code", ""), known)
            good[item.id] += 1
            return _show(request, who, found, known, {}, {"good": good, "bad": bad, "last": item})
        if not any(good.values()) and not any(bad.values()):
            raise BadValue("", "0", _("Scan or type what came first."))
        key = request.POST.get("key", "")
        purchasing.receive_goods(who.brand.id, order_id, good, damaged=bad, by=who.staff.username, key=key)
    except BadInput as error:
        return _show(request, who, found, known, errors_of(error), {})
    n = sum(good.values())
    messages.success(
        request, ngettext("%(n)s unit is on the shelf.", "%(n)s units are on the shelf.", n) % {"n": number(n)}
    )
    return redirect("purchase-order", order_id=order_id)


def _scanned(code: str, known: dict[UUID, Item]) -> Item:
    """The line with this barcode or number; BadValue says what was scanned."""
    code = code.strip()
    for item in known.values():
        if code and code in codes_of(item):
            return item
    if not code:
        raise BadValue("code", code, _("Scan a barcode first."))
    raise BadValue("code", code[:60], _("%(code)s is not of this order.") % {"code": code[:60]})


def codes_of(item: Item) -> list[str]:
    """What a scanner may send for an item: its number, and its barcode with and without zeros in front."""
    gtin = item.gtin
    wide = gtin.zfill(GTIN) if gtin else ""
    shorter = [wide[n:] for n in (1, 2, 6) if wide and not wide[:n].strip("0")]
    return list(dict.fromkeys(filter(None, [item.sku, gtin, wide, *shorter])))


def _show(
    request: HttpRequest,
    who: Who,
    o: PurchaseOrder,
    known: dict[UUID, Item],
    errors: dict[str, str],
    now: dict[str, Any],
) -> HttpResponse:
    """`now`: units by item as they stand after a scan; without it what was typed stays as it was."""

    def typed(kind: str, item: UUID) -> Any:
        return (now[kind][item] or "") if now else request.POST.get(f"{kind}-{item}", "")

    lines = [
        {
            "x": x, "title": title_of(known[x.item_id]), "item": known[x.item_id],
            "codes": "\n".join(codes_of(known[x.item_id])),
            "good": f"good-{x.item_id}", "bad": f"bad-{x.item_id}",
            "good_typed": typed("good", x.item_id), "bad_typed": typed("bad", x.item_id),
        }
        for x in sorted(o.lines, key=lambda x: (x.open == 0, known[x.item_id].sku if x.item_id in known else ""))
        if x.item_id in known
    ]  # fmt: skip
    last, open_units = now.get("last"), sum(x.open for x in o.lines)
    supplier = next(iter(purchasing.suppliers(who.brand.id, ids=[o.supplier_id])), None)
    store = next((s for s in stores_of(who) if s.id == o.store_id), None)
    given = {
        "o": o,
        "supplier": supplier,
        "store": store,
        "state": state_word(o.state),
        "hue": HUE[o.state],
        "lead": ngettext("%(n)s unit is still to come.", "%(n)s units are still to come.", open_units)
        % {"n": number(open_units)},
        "lines": lines,
        "scanned": _("%(title)s: %(n)s") % {"title": title_of(last), "n": number(now["good"][last.id])} if last else "",
        "code": request.POST.get("code", "") if errors else "",
        "errors": errors,
        "key": request.POST.get("key") or str(uuid7()),
    }
    return page(request, who, "purchasing/receive", given, status=422 if errors else 200)
