"""One order: what it is, what can be done now, its money, why this store, its way through the layers, who did what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console import layers, splitorder, words, worklist
from datong.channels.console.board import Names
from datong.channels.console.books.oforder import postings_of
from datong.channels.console.contacts import contact_of, delivering, may_see_order, own_lines
from datong.channels.console.decision import decision_of, map_of
from datong.channels.console.invoices import receipts
from datong.channels.console.partners.oforder import settling_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.channels.design.maps import View
from datong.kernel.errors import NotFound
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types import ExceptionKind, OrderState

EVENT = {
    "placed": pgettext_lazy("event", "Taken"),
    "sourced": pgettext_lazy("event", "Looked for a store again"),
    "approved": pgettext_lazy("event", "Approved"),
    "finding_closed": pgettext_lazy("event", "Dealt with"),
    "repeat_differs": pgettext_lazy("event", "Sent again, different"),
    "cancelled": pgettext_lazy("event", "Cancelled"),
    "paid": pgettext_lazy("event", "Paid"),
    "refund": pgettext_lazy("event", "Money to give back"),
    "withdrawn": pgettext_lazy("event", "Taken out"),
    "completed": pgettext_lazy("event", "Complete"),
    "return_asked": pgettext_lazy("event", "Return asked for"),
    "return_approved": pgettext_lazy("event", "Return approved"),
    "return_refused": pgettext_lazy("event", "Return refused"),
    "return_withdrawn": pgettext_lazy("event", "Return taken back"),
    "return_received": pgettext_lazy("event", "Goods came back"),
    "exchanged": pgettext_lazy("event", "Exchanged"),
    "redirected": pgettext_lazy("event", "Address or time changed"),
    "sent_again": pgettext_lazy("event", "Sent again"),
}


@require_safe
@desk(Action.ORDERS_VIEW)
def order(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    found = visible(who, number)
    names = Names.of(who)
    titles = _titles(who, found)
    channel = names.channels.get(found.channel_id)
    may_act = who.may(Action.ORDERS_ACT, found.store_id)
    contact = contact_of(who, found, delivering(found))
    lines = own_lines(who, found)
    part = len(lines) < len(found.lines)
    decision = decision_of(found.decisions[-1], names, titles) if found.decisions and not part else None
    view = map_of(replace(found, address=contact.address), decision, names) if decision else None
    tasks = worklist.tasks_of(who, found, names)
    parts = splitorder.parts_of(who, found)
    given = {
        "order": found,
        "contact": contact,
        "channel": channel,
        "state": words.word(words.ORDER_STATE, found.state),
        "hue": words.ORDER_HUE.get(found.state, ""),
        "fulfilment": words.word(words.FULFILMENT, found.fulfilment),
        "payment": words.word(words.PAYMENT, found.payment),
        "model": words.word(words.BUSINESS_MODEL, found.model),
        "store": names.stores.get(found.store_id) if found.store_id else None,
        "referrer": names.stores.get(found.referred_store_id) if found.referred_store_id else None,
        "findings": [_finding(f, found) for f in found.findings if f.closed_at is None],
        "lines": [_line(line, found, names, split=bool(parts)) for line in lines],
        "parts": parts,
        "split": splitorder.sentence(parts),
        "sums": [(_("Your lines"), sum(line.total_minor for line in lines), True)] if part else sums(found),
        "compare": [] if part else compare(found),
        "decision": decision,
        "sees_rules": who.sees(Action.SOURCING_VIEW),
        "tries": len(found.decisions),
        "map": view,
        "legend": _legend(view),
        "layers": () if part else layers.of(who, found, channel),
        "postings": postings_of(who.brand.id, found.id) if who.sees(Action.MONEY_VIEW) else (),
        "timeline": [_event(e, names) for e in reversed(found.timeline)],
        "tasks": tasks,
        "money_back": worklist.money_back(who, found, tasks, may_act=may_act),
        "settling": settling_of(who, found.id),
        "may_approve": found.state == OrderState.REVIEW and may_act,
        "may_retry": found.state == OrderState.BACKORDER and may_act and who.stores is None,
        "may_act": may_act,
        "invoice": None if part else receipts.invoice_code(request, who, found),
        "taxes": [] if part else receipts.taxes_of(who, found),
    }
    return page(request, who, "order", given)


def _key(number: str) -> UUID | str:
    """Records elsewhere know an order by its id; people by its number."""
    try:
        return UUID(number)
    except ValueError:
        return number


def _legend(view: View | None) -> list[tuple[str, str]]:
    said = (("chosen", _("serves it")), ("refused", _("refused")), ("customer", pgettext("layer", "Customer")))
    return [(look, text) for look, text in said if view and look in view.looks]


def serving(found: OrderView) -> set[UUID | None]:
    """The stores an order's units come from, and the one that has it."""
    return {store for line in found.lines for store, _units in line.stores} | {found.store_id}


def visible(who: Who, number: str) -> OrderView:
    """The order, if it is one of this person's stores' when they have stores: else it does not exist for them."""
    found = orders.order_page(who.brand.id, _key(number))
    if not may_see_order(who, serving(found)):
        raise NotFound(f"no order {number}")
    return found


def visible_whole(who: Who, number: str) -> OrderView:
    """As `visible`, but an order of which this person sees only some lines does not exist either."""
    found = visible(who, number)
    if len(own_lines(who, found)) < len(found.lines):
        raise NotFound(f"no order {number} whole")
    return found


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def act(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """Approve, look for a store again, or close a finding; each leaves who and why on the timeline."""
    found = visible(who, number)
    require(who, Action.ORDERS_ACT, found.store_id)
    verb, reason = request.POST.get("do", ""), request.POST.get("reason", "").strip()
    by = who.staff.username
    if verb == "approve":
        orders.approve(who.brand.id, found.id, who=by, reason=reason or _("approved on its page"))
        messages.success(request, _("Approved. The store can begin."))
    elif verb == "retry" and who.stores is None:
        served = orders.resource([found.id], brand=who.brand.id, actor=by, why="asked for on its page")
        got = served.get(found.id)
        messages.success(request, _("A store has it now.") if got else _("Still nobody can serve it."))
    elif verb == "close":
        finding = next((f for f in found.findings if str(f.id) == request.POST.get("finding")), None)
        if finding is None:
            raise NotFound("no such finding on this order")
        orders.close_finding(who.brand.id, finding.id, who=by, resolution=reason)
        messages.success(request, _("Noted. It is off the list of things to do."))
    return redirect("order", number=number)


def _titles(who: Who, found: OrderView) -> dict[str, str]:
    items = catalog.items_by_id(who.brand.id, [line.item_id for line in found.lines if line.item_id])
    return {str(key): title_of(item) for key, item in items.items()}


def _line(line: Any, found: OrderView, names: Names, *, split: bool) -> dict[str, Any]:
    quoted = line.quoted_unit_minor
    return {
        "line": line,
        "differs": quoted is not None and quoted != line.unit_minor,
        "ours": splitorder.ours(names.who, line.stores, split),
    }


def sums(found: OrderView) -> list[tuple[str, int, bool]]:
    """The money under the lines, top to bottom: (name, minor units, is it the total)."""
    lines = sum(line.total_minor for line in found.lines)
    parts = [(_("Lines"), lines, False)]
    amounts = found.amounts or {"delivery": found.delivery_minor}
    for key, name, sign in (
        ("platform_subsidy", _("Platform's subsidy"), -1),
        ("merchant_subsidy", _("Our subsidy"), -1),
        ("packaging", _("Packaging fee"), 1),
        ("delivery", _("Delivery fee"), 1),
    ):
        if amounts.get(key):
            parts.append((name, sign * amounts[key], False))
    added = amounts.get("tax_added", found.total_minor - lines - found.delivery_minor if not found.amounts else 0)
    if added:
        parts.append((_("Tax"), added, False))
    total = (_("Customer pays"), found.total_minor, True)
    return [*parts, total] if len(parts) > 1 or lines != found.total_minor else [total]


def compare(found: OrderView) -> list[dict[str, Any]]:
    """What the channel booked beside what we would have asked; empty for an order of our own price."""
    if not found.amounts:
        return []
    ours = found.quoted_minor
    goods = found.amounts.get("goods", 0)
    gap = None if ours is None else goods - ours
    rows: list[dict[str, Any]] = [{"name": _("Goods"), "theirs": goods, "ours": ours, "gap": gap, "differs": bool(gap)}]
    paid, subsidy, fee = (found.amounts.get(key, 0) for key in ("paid", "platform_subsidy", "commission"))
    if subsidy or fee:
        rows += [{"name": _("Customer paid"), "theirs": paid, "ours": None}]
        rows += [{"name": _("Platform's subsidy"), "theirs": subsidy, "ours": None}] if subsidy else []
        rows += [{"name": _("Commission"), "theirs": -fee, "ours": None}] if fee else []
        rows += [{"name": _("The platform owes us"), "theirs": paid + subsidy - fee, "ours": None, "sum": True}]
    return rows


def _finding(finding: Any, found: OrderView) -> dict[str, Any]:
    kind = finding.kind
    return {
        "finding": finding,
        "title": words.word(words.EXCEPTION, kind),
        "means": _means(kind, finding.detail),
        "detail": _detail(finding.detail, found.currency),
        "status": "waiting" if kind in (ExceptionKind.PRICE_DIFFERS, ExceptionKind.AMOUNTS_DIFFER) else "problem",
    }


def _means(kind: str, detail: dict[str, Any]) -> Any:
    """What a finding means and what to do about it."""
    if detail.get("reason") == "named_store_lacks_stock":
        return _(
            "The store that was named lacks stock. Offer the customer another place, or wait for a delivery there."
        )
    return words.EXCEPTION_MEANS.get(kind, "")


def _detail(detail: dict[str, Any], currency: str) -> list[str]:
    """The facts of a finding, a line each: amounts as money, lines by their product, the rest as it was written."""
    said, plain = [], []
    for key, value in detail.items():
        if value in (None, "", [], 0) or key == "reason" or key.endswith("_id"):
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            said += [" · ".join(_fact(k, v, currency) for k, v in line.items() if k != "line_no") for line in value]
        else:
            plain.append(_fact(key, value, currency))
    return [*said, *([" · ".join(plain)] if plain else [])]


MONEY = frozenset({"booked", "quoted", "goods", "lines", "residual", "paid"})


def _fact(key: str, value: Any, currency: str) -> str:
    known = {
        "sku": "SKU",
        "booked": _("booked"),
        "quoted": _("our quote"),
        "store_code": _("store"),
        "units": _("units"),
        "rules": _("rules"),
        "received_by": _("received by"),
        "goods": _("the channel's sum"),
        "lines": _("sum of the lines"),
        "residual": _("left over"),
        "paid": _("paid"),
        "missing": _("units missing"),
    }
    name = key.removesuffix("_minor")
    if isinstance(value, int) and (name in MONEY or key.endswith("_minor")):
        text = money(value, currency)
    else:
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{known.get(name, name.replace('_', ' '))} {text}"


def _event(event: Any, names: Names) -> dict[str, Any]:
    what = words.word(EVENT, event.kind)
    if event.state:
        what = _("%(what)s: %(state)s") % {"what": what, "state": words.word(words.ORDER_STATE, event.state)}
    if event.kind == "finding_closed":
        what = _("%(what)s: %(kind)s") % {"what": what, "kind": words.word(words.EXCEPTION, event.detail.get("kind"))}
    if event.detail.get("lines") and event.kind.startswith(("withdrawn", "return")):
        goods = " · ".join(f"{number(line['units'])} × {line['title']}" for line in event.detail.get("lines", ()))
        what = _("%(what)s: %(goods)s") % {"what": what, "goods": goods}
    channel = names.channel(event.detail.get("channel", "")) if event.detail.get("channel") else None
    return {
        "what": what,
        "why": words.REASON.get(event.reason) or words.CONDITION.get(event.reason) or event.reason,
        "who": event.actor,
        "at": event.at,
        "channel": channel.name if channel else "",
        "status": words.ORDER_HUE.get(event.state, "") if event.state else "",
    }
