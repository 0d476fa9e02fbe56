"""An advert: its days with views and charges; changing what is shown, taking it off."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.adverts.form import LANGUAGES, errors_of, price_of, put, state_badge, typed_of
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.partners.common import names, partner_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, Conflict
from datong.merchants import api as merchants
from datong.merchants.types.adverts import AdvertReport, AdvertState

PAGE = 50
MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def advert(request: HttpRequest, who: Who, advert_id: UUID) -> HttpResponse:
    """POST changes what is shown, or takes it off."""
    found = merchants.advert_report(who.brand.id, advert_id)
    partner_of(who, found.advert.company_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request, who, found))
            return redirect("advert", advert_id)
        except (BadInput, Conflict) as error:
            errors = errors_of(error)
    wanted = request.GET.get("format")
    days = merchants.advert_days(
        who.brand.id, advert_id, before=_day(request.GET.get("before", "")), limit=MOST if wanted else PAGE
    )
    if wanted is not None:
        table = Table(found.advert.title, (_("Day"), _("Views"), _("Charged")), numbers=frozenset({1, 2}))
        unit = found.advert.currency
        told = ((Text(d.day.isoformat()), Text(str(d.views)), Amount(d.charged_minor, unit)) for d in days)
        table.rows.extend(map(Row, told))
        return download(table, wanted, f"advert-{found.advert.code}")
    open_ = found.state is not AdvertState.OVER
    given = {
        "r": found,
        "a": found.advert,
        "badge": state_badge(found.state),
        "lead": _lead(found),
        "price": price_of(found.advert),
        "firm": names(who).get(found.advert.company_id, ""),
        "days": days,
        "older": f"?before={days[-1].day.isoformat()}" if len(days) == PAGE else "",
        "languages": LANGUAGES,
        "typed": request.POST if errors else typed_of(found.advert),
        "errors": errors,
        "currency": found.advert.currency,
        "may": who.may(Action.PARTNERS_EDIT) and open_,
    }
    return page(request, who, "adverts/advert", given, status=422 if errors else 200)


def _act(request: HttpRequest, who: Who, found: AdvertReport) -> str:
    if request.POST.get("do") == "end":
        reason = request.POST.get("reason", "").strip()
        merchants.end_advert(found.advert.id, brand=who.brand.id, by=who.staff.username, reason=reason)
        return _("Taken off: today is its last day.")
    put(request, who, found.advert.id, found.advert)
    return _("Saved: doors show it so.")


def _lead(found: AdvertReport) -> str:
    unit = found.advert.currency
    facts = {"views": number(found.views), "sum": money(found.earned_minor, unit)}
    charged = {"charged": money(found.charged_minor, unit), "day": found.charged_through.isoformat()}
    lead = _("%(views)s views, which come to %(sum)s.") % facts
    if found.charged_through < found.advert.since:
        return f"{lead} " + _("The first day is charged when it is over.")
    return f"{lead} " + _("%(charged)s was charged up to %(day)s.") % charged


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
