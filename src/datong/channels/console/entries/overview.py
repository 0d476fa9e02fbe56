"""All entries with what came by them; making more."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types.entries import EntryScans, EntryType, Opens
from datong.channels.console.books.table import Row, Table, Text, download
from datong.channels.console.entries.form import EVERY, errors_of, read
from datong.channels.console.entries.words import KIND, OPENS, opens_said, state_badge
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7

PAGE = 100
DAYS = 30


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ENTRIES_VIEW, write=Action.ENTRIES_EDIT)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """POST makes entries."""
    errors: dict[str, str] = {}
    key = _key(request.POST.get("key", "")) or uuid7()
    if request.method == "POST":
        try:
            made = brands.make_entries(who.brand.id, read(who, request.POST, key), by=who.staff.username)
        except BadInput as error:
            errors = errors_of(error)
        else:
            said = ngettext("%(n)s code is made: print it.", "%(n)s codes are made: print them.", len(made))
            messages.success(request, said % {"n": number(len(made))})
            return redirect("entry", made[0].id) if len(made) == 1 else redirect("entries")
    kind, store = request.GET.get("kind", ""), request.GET.get("store", "")
    stores = stores_of(who)
    chosen = {one.id for one in stores if one.code == store} if store else who.stores
    wanted = request.GET.get("format")
    found = brands.list_entries(
        who.brand.id,
        since=clock.now() - timedelta(days=DAYS),
        kind=kind if kind in set(EntryType) else "",
        stores=chosen,
        ended="all" in request.GET,
        after=_key(request.GET.get("after", "")),
        limit=500 if wanted else PAGE,
    )
    names = {one.id: one.name for one in stores}
    if wanted is not None:
        return download(_table(found, names), wanted, "entries")
    now = clock.now()
    given = {
        "rows": [
            {"e": each.entry, "s": each, "kind": KIND[each.entry.kind], "opens": opens_said(each.entry),
             "store": names.get(each.entry.store_id, "") if each.entry.store_id else "",
             "badge": state_badge(each.entry, now)}
            for each in found
        ],
        "lead": _lead(found),
        "older": f"?{urlencode({'kind': kind, 'store': store, 'after': found[-1].entry.id})}"
        if len(found) == PAGE else "",
        "kinds": [(one.value, word) for one, word in KIND.items()],
        "filter_kinds": [("", _("Every kind")), *((one.value, word) for one, word in KIND.items())],
        "opens": [(one.value, word) for one, word in OPENS.items() if one is not Opens.PRODUCT],
        "stores": _choices(who, [(one.code, one.name) for one in stores]),
        "kind": kind,
        "filtered": bool(kind or store),
        "typed": request.POST if errors else {"kind": "store"},
        "errors": errors,
        "key": key,
        "may": who.sees(Action.ENTRIES_EDIT),
        "days": DAYS,
        "print": f"?{urlencode({'kind': kind, 'store': store})}",
    }  # fmt: skip
    return page(request, who, "entries/overview", given, status=422 if errors else 200)


def _choices(who: Who, stores: list[tuple[str, str]]) -> list[tuple[str, str]]:
    before = [("", _("No store"))] if who.stores is None else []
    return [*before, *([(EVERY, _("Every store, one each"))] if 1 < len(stores) <= 500 else []), *stores[:2000]]


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _lead(found: list[EntryScans]) -> str:
    if not found:
        return _("Nothing leads to your shop by a code yet.")
    n = sum(each.visits for each in found)
    said = ngettext("%(n)s visit came by these codes in 30 days.", "%(n)s visits came by these codes in 30 days.", n)
    return said % {"n": number(n)}


def _table(found: list[EntryScans], names: dict[UUID, str]) -> Table:
    columns = (_("Code"), _("Kind"), _("Where"), _("Store"), _("Opens"), _("Visits"), _("Browsers"))
    table = Table(_("QR codes and entries"), columns, numbers=frozenset({5, 6}))
    for each in found:
        e = each.entry
        texts = (e.code, str(KIND[e.kind]), e.title, names.get(e.store_id, "") if e.store_id else "", opens_said(e),
                 str(each.visits), str(each.visitors))  # fmt: skip
        table.rows.append(Row(tuple(Text(text) for text in texts)))
    return table
