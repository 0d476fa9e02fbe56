"""Stock levels (s, S) of a store: when an item is ordered and up to what, beside what the forecast would say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.catalog.types import Item
from datong.channels.console.places import stores_of
from datong.channels.console.purchasing.common import model_word, tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.choice import chosen, options
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number, percent
from datong.inventory import api as inventory
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.purchasing import api as purchasing
from datong.purchasing.types import Outlook, Policy

PAGE = 25
PAST_DAYS = 56
TOLD = 20
"""How many of the latest changes are shown."""


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PURCHASING_VIEW, write=Action.PURCHASING_EDIT)
def levels(request: HttpRequest, who: Who) -> HttpResponse:
    store = chosen(who, request.POST or request.GET)
    text, only = ((request.POST or request.GET).get(name, "").strip() for name in ("q", "only"))
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.PURCHASING_EDIT)
        try:
            done = _save(request.POST, who, store)
            said = ngettext("%(n)s level is changed.", "%(n)s levels are changed.", done) % {"n": number(done)}
            messages.success(request, said if done else _("Nothing was changed."))
            query = {"store": store.code if store else "", "q": text, "only": only}
            return redirect(f"{reverse('levels')}?{urlencode({k: v for k, v in query.items() if v})}")
        except BadInput as error:
            errors = {p.field: p.fix for p in error.problems}
    fixed = purchasing.policies(who.brand.id, stores=[store.id] if store else [s.id for s in stores_of(who)])
    n = len(fixed)
    lead = ngettext("%(n)s product has a level of its own", "%(n)s products have a level of their own", n)
    where = store.name if store else _("all stores")
    given = {
        "lead": lead % {"n": number(n)} + f" · {where}",
        "tabs": tabs("levels"),
        "store": store,
        "stores": options(who),
        "q": text,
        "only": only,
        "rows": _rows(request, who, store, text, only, fixed, errors) if store else [],
        "many": PAGE,
        "counts": _counts(who, fixed) if store is None else [],
        "told": _told(who, store),
        "errors": errors,
        "may": who.may(Action.PURCHASING_EDIT),
    }
    return page(request, who, "purchasing/levels", given, status=422 if errors else 200)


def _save(post: Mapping[str, str], who: Who, store: Store | None) -> int:
    """Every row of the form; both fields empty gives the item back to the forecast. BadInput names each field."""
    if store is None:
        raise BadValue("", "", _("Choose a store first."))
    kept: list[Policy] = []
    gone: list[tuple[UUID, UUID]] = []
    problems: list[Problem] = []
    for name in [key for key in post if key.startswith("low-")][: 2 * PAGE]:
        low, high = (post.get(f"{side}-{name[4:]}", "").strip() for side in ("low", "high"))
        try:
            item = UUID(name[4:])
        except ValueError:
            continue
        wrong = [side for side, text in (("low", low), ("high", high)) if not text.isdecimal() or len(text) > 7]
        if not low and not high:
            gone.append((store.id, item))
        elif wrong:
            problems += [Problem(f"{side}-{item}", "units", _("A whole number of units.")) for side in wrong]
        elif int(high) <= int(low):
            problems.append(Problem(f"high-{item}", "range", _("More than the level at which it is ordered.")))
        else:
            kept.append(Policy(store.id, item, int(low), int(high)))
    if problems:
        raise BadInput("some levels cannot be kept", *problems)
    return purchasing.put_levels(who.brand.id, kept, dropped=gone, by=who.staff.username)


def _rows(
    request: HttpRequest, who: Who, store: Store, text: str, only: str, fixed: Mapping[tuple[UUID, UUID], Policy],
    errors: Mapping[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    """What was searched for; else what has a level, what is wanted most, and what else lies on the shelf."""
    stock = {r.item_id: r for r in inventory.stock_of(who.brand.id, locations=[store.id], limit=50_000)}
    if text:
        found = [item.id for item in catalog.search_items(who.brand.id, text, limit=PAGE)]
    else:
        found = [item for _store, item in fixed]
        if not only:
            since = timezone.localtime(clock.now()).date() - timedelta(days=PAST_DAYS)
            wanted = purchasing.item_demand(who.brand.id, since, stores=[store.id], limit=2 * PAGE)
            found = list(dict.fromkeys([*found, *(item for item, _units in wanted), *sorted(stock)]))
    known = catalog.items_by_id(who.brand.id, found[: 4 * PAGE])
    shown = [known[i] for i in found if i in known and known[i].active and (not only or (store.id, i) in fixed)][:PAGE]
    said = purchasing.outlook(who.brand.id, store.id, [i.id for i in shown])
    typed = request.POST if errors else {}
    return [
        _row(item, fixed.get((store.id, item.id)), said.get(item.id), typed)
        | {"free": stock[item.id].free if item.id in stock else 0, "errors": errors}
        for item in shown
    ]


def _row(item: Item, level: Policy | None, said: Outlook | None, typed: Mapping[str, str]) -> dict[str, Any]:
    low, high = f"low-{item.id}", f"high-{item.id}"
    forecast = said.forecast if said else None
    if said is None:
        why, error = _("no supplier sells it"), ""
    elif forecast is None:
        why, error = _("no demand yet"), ""
    else:
        why = _("%(units)s in %(days)s days · %(model)s") % {
            "units": number(round(forecast.units, 1)), "days": number(said.days), "model": model_word(forecast.model)
        }  # fmt: skip
        shown = [percent(x) if x is not None else "–" for x in (forecast.wape, forecast.naive_wape)]
        error = _("error %(error)s, naive %(naive)s") % {"error": shown[0], "naive": shown[1]}
    return {
        "sku": item.sku, "title": title_of(item), "low": low, "high": high, "why": why, "error": error,
        "low_typed": typed.get(low, "" if level is None else str(level.low)),
        "high_typed": typed.get(high, "" if level is None else str(level.high)),
        "would": said.level if said else None,
    }  # fmt: skip


def _counts(who: Who, fixed: Mapping[tuple[UUID, UUID], Policy]) -> list[dict[str, Any]]:
    """Without a store: how many levels each has, the most first."""
    by_store: dict[UUID, int] = {}
    for store, _item in fixed:
        by_store[store] = by_store.get(store, 0) + 1
    listed = sorted(stores_of(who), key=lambda s: (-by_store.get(s.id, 0), s.name))[:PAGE]
    return [{"store": s, "n": by_store.get(s.id, 0)} for s in listed]


def _told(who: Who, store: Store | None) -> list[dict[str, Any]]:
    """The latest changes: what it was, what it is, who and when."""
    stores = [store.id] if store else (None if who.stores is None else sorted(who.stores))
    found = audit.page(who.brand.id, verb="stock.level", stores=stores, limit=TOLD).entries

    def side(facts: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
        both = {**(other or {}), **(facts or {})} if facts is not None else {}
        return f"{both.get('low', '–')} / {both.get('high', '–')}" if both else _("forecast")

    return [
        {"subject": e.subject.removeprefix("stock level "), "was": side(e.before, e.after),
         "now": side(e.after, e.before),
         "many": (e.after or {}).get("changed"), "by": e.actor, "at": e.at}
        for e in found
    ]  # fmt: skip
