"""Adverts with what they were seen and charged; selling one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.adverts.form import LANGUAGES, basis_word, errors_of, price_of, put, state_badge
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.partners.common import cursor_of, names, seen, tabs
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types.adverts import AdvertBasis, AdvertReport, AdvertState

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """POST sells an advert."""
    errors: dict[str, str] = {}
    key = _key(request.POST.get("key", ""))
    if request.method == "POST":
        try:
            made = put(request, who, key)
        except (BadInput, Conflict, NotFound) as error:
            errors = errors_of(error)
        else:
            messages.success(request, _("Sold: doors show it from %(day)s.") % {"day": made.advert.since.isoformat()})
            return redirect("advert", key)
    mine, firms, wanted = seen(who), names(who), request.GET.get("format")
    found = merchants.advert_reports(
        who.brand.id,
        companies=None if mine is None else sorted(mine),
        before=cursor_of(request),
        limit=200 if wanted else PAGE,
    )
    if wanted is not None:
        return download(_table(found, firms), wanted, "adverts")
    today = merchants.today(who.brand.id).isoformat()
    given = {
        "lead": _lead(found),
        "tabs": tabs("adverts"),
        "rows": [{"r": r, "a": r.advert, "firm": firms.get(r.advert.company_id, ""), "price": price_of(r.advert),
                  "badge": state_badge(r.state)} for r in found],
        "older": f"?after={found[-1].advert.id}" if len(found) == PAGE else "",
        "companies": [(str(id_), name) for id_, name in firms.items() if id_ and (mine is None or id_ in mine)],
        "bases": [(basis.value, basis_word(basis)) for basis in AdvertBasis],
        "languages": LANGUAGES,
        "typed": request.POST if errors else {"since": today, "channel": "web"},
        "errors": errors,
        "key": key,
        "currency": who.brand.currency,
        "may": who.may(Action.PARTNERS_EDIT),
    }  # fmt: skip
    return page(request, who, "adverts/overview", given, status=422 if errors else 200)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()


def _lead(found: list[AdvertReport]) -> str:
    shown = sum(each.state is AdvertState.SHOWN for each in found)
    if not found:
        return _("No partner advertises on your doors yet.")
    return ngettext("%(n)s advert is on show.", "%(n)s adverts are on show.", shown) % {"n": number(shown)}


def _table(found: list[AdvertReport], firms: dict[UUID | None, str]) -> Table:
    columns = (_("Advert"), _("Company"), _("Door"), _("Place"), _("State"), _("First day"), _("Last day"), _("Price"),
               _("Views"), _("Comes to"), _("Charged"))  # fmt: skip
    table = Table(_("Adverts"), columns, numbers=frozenset(range(8, 11)))
    for each in found:
        a = each.advert
        texts = (a.title, firms.get(a.company_id, ""), a.channel, a.place, state_badge(each.state)[0],
                 a.since.isoformat(), a.last.isoformat(), price_of(a), str(each.views))  # fmt: skip
        amounts = [Amount(minor, a.currency) for minor in (each.earned_minor, each.charged_minor)]
        table.rows.append(Row((*(Text(text) for text in texts), *amounts)))
    return table
