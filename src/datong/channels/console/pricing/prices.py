"""The one price table: every product across the lists, what differs, what is dated later; the gap closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import ChangeState, Formula, TableRow, WaitingPrice, Wanted
from datong.channels.console.export import line
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.money import Money

PAGE = 50
EXPORT_PAGE = 1_000
MOST_ROWS = 100_000


def tabs(current: str) -> list[dict[str, Any]]:
    """The parts of prices."""
    return [
        {"text": text, "href": reverse(name), "current": name == current}
        for name, text in (
            ("prices", _("Price table")),
            ("price-changes", _("Changes")),
            ("price-policies", _("Lists and policies")),
            ("rates", _("Rates")),
            ("taxes", _("Sales tax")),
        )
    ]


@require_safe
@desk(Action.CATALOG_VIEW)
def prices(request: HttpRequest, who: Who) -> HttpResponse:
    search, category = (request.GET.get(key, "").strip()[:100] for key in ("q", "category"))
    differing, after = request.GET.get("only") == "differing", request.GET.get("after", "")
    found = catalog.price_table(
        who.brand.id, after=after, search=search, category=category, differing=differing, limit=PAGE + 1
    )
    lists = sorted(code for code in catalog.list_rules(who.brand.id).lists if code)
    overlaps = catalog.price_overlaps(who.brand.id)
    waiting = catalog.waiting_prices(who.brand.id, [row.sku for row in found[:PAGE]])
    given = {
        "tabs": tabs("prices"),
        "lists": [{"code": code, "doors": doors} for code, doors in _doors(who, lists)],
        "rows": [_row(row, lists, waiting.get(row.sku, [])) for row in found[:PAGE]],
        "differ": sum(bool(row.differs) for row in found[:PAGE]),
        "q": search,
        "category": category,
        "categories": [
            ("", _("All categories")),
            *((n, f"{n} ({c})") for n, c in catalog.item_categories(who.brand.id)),
        ],
        "differing": differing,
        "after": found[PAGE - 1].sku if len(found) > PAGE else "",
        "paged": bool(after),
        "overlaps": overlaps[:20],
        "overlap_count": len(overlaps),
        "may_edit": who.may(Action.CATALOG_EDIT),
        "currency": who.brand.currency,
    }
    return page(request, who, "pricing/prices", given)


def _doors(who: Who, lists: list[str]) -> list[tuple[str, str]]:
    """Where each list holds now: by policy, or by the channel's own record."""
    now = clock.now()
    names = {channel.id: channel.name for channel in brands.list_channels(who.brand.id)}
    said: dict[str, set[str]] = {code: set() for code in lists}
    for channel in brands.list_channels(who.brand.id):
        if channel.price_list in said and channel.price_policy_note:
            said[channel.price_list].add(channel.name)
    for policy in catalog.price_policies(who.brand.id):
        if policy.price_list in said and policy.valid_from <= now and (not policy.valid_to or policy.valid_to > now):
            said[policy.price_list] |= {names.get(c, "") for c in policy.channels} | set(policy.regions)
            if policy.stores:
                said[policy.price_list].add(_("%(n)s stores") % {"n": len(policy.stores)})
    return [(code, ", ".join(sorted(filter(None, said[code]))) or _("holds nowhere")) for code in lists]


def _row(row: TableRow, lists: list[str], waiting: Sequence[WaitingPrice]) -> dict[str, Any]:
    base = row.cells[""]
    return {
        "row": row,
        "base": base,
        "cells": [{"cell": row.cells[code], "differs": code in row.differs} for code in lists],
        "first": row.differs[0] if row.differs else "",
        "waiting": waiting[:3],
    }


@require_POST
@desk(Action.CATALOG_EDIT)
def close(request: HttpRequest, who: Who) -> HttpResponse:
    """Make a list's price of one product, or of all, the brand's from now on; approved as any change is."""
    require(who, Action.CATALOG_EDIT)
    code, sku = request.POST.get("list", ""), request.POST.get("sku", "")
    wanted = Wanted(code, Formula.MATCH, skus=(sku,) if sku else (), everything=not sku)
    reason = _("One price at every door")
    change = catalog.preview_change(who.brand.id, wanted, by=who.staff.username, reason=reason)
    try:
        change = catalog.submit_change(who.brand.id, change.id, by=who.staff)
    except BadInput as error:
        messages.error(request, str(error.problems[0].fix if error.problems else error))
        return redirect("prices")
    if change.state is ChangeState.DONE:
        messages.success(request, _("The gap is closed: this list costs what the brand's list says."))
    else:
        messages.success(request, _("Asked for. Another person decides it."))
    return redirect("price-change", change_id=change.id)


@require_GET
@desk(Action.CATALOG_VIEW)
def export(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    response = StreamingHttpResponse((line(row) for row in _lines(who)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="prices-{who.brand.slug}.csv"'
    return response


def _lines(who: Who) -> Iterator[list[Any]]:
    lists = sorted(code for code in catalog.list_rules(who.brand.id).lists if code)
    yield [
        "\ufeffSKU",
        _("Product"),
        _("Category"),
        _("Cost"),
        _("The brand's list"),
        *lists,
        _("Next price"),
        _("From"),
    ]
    after, sent = "", 0
    while sent < MOST_ROWS:
        found = catalog.price_table(who.brand.id, after=after, limit=EXPORT_PAGE)
        for row in found:
            base = row.cells[""]
            costs = [row.cost_minor, base.amount_minor, *(row.cells[code].amount_minor for code in lists)]
            said = [_decimal(minor, who.brand.currency) for minor in (*costs, base.next_minor)]
            yield [row.sku, row.title, row.category, *said, base.next_from.isoformat() if base.next_from else ""]
        sent += len(found)
        if len(found) < EXPORT_PAGE:
            return
        after = found[-1].sku


def _decimal(minor: int | None, currency: str) -> Any:
    return "" if minor is None else Money(minor, currency).decimal
