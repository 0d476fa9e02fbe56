"""Their own data: a copy for them, an erasure that two people decide, and who looked at them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.person import held
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.customers.types import Asked, DataRequest, RequestState
from datong.kernel.errors import BadInput, Conflict

SHOWN = 8
PAGE = 50
ASKED: words.Words = {
    Asked.EXPORT: gettext_lazy("a copy of their data"),
    Asked.ERASURE: gettext_lazy("to be erased"),
}
STATE: words.Words = {
    RequestState.WAITING: gettext_lazy("waits for a second person"),
    RequestState.APPROVED: gettext_lazy("being carried out"),
    RequestState.DONE: gettext_lazy("done"),
    RequestState.REFUSED: gettext_lazy("refused"),
}
HUE = {
    RequestState.WAITING: words.WAITING,
    RequestState.APPROVED: words.NEWS,
    RequestState.DONE: words.GOOD,
    RequestState.REFUSED: words.NEUTRAL,
}
PLACE: words.Words = {
    "page": gettext_lazy("on this page"),
    "api": gettext_lazy("over the API"),
    "export": gettext_lazy("by a copy"),
}


def read(seen: Seen) -> dict[str, Any] | None:
    """For those who answer people's requests, and for the auditor, who only sees."""
    who = seen.who
    may = who.may(Action.CUSTOMERS_DATA)
    if not may and not who.sees(Action.AUDIT_VIEW):
        return None
    looks = customers.looks_at(who.brand.id, seen.person.id, limit=SHOWN)
    return {
        "may": may,
        "requests": [line(one) for one in customers.data_requests_of(who.brand.id, seen.person.id)[:SHOWN]],
        "looks": [{"it": one, "place": words.word(PLACE, one.place)} for one in looks],
        "word": confirmation(),
    }


BLOCK = Block("rights", "console/person/rights.html", read, aside=True)


def confirmation() -> str:
    """What is typed to ask for what cannot be undone."""
    return _("ERASE")


def line(one: DataRequest) -> dict[str, Any]:
    still = one.state in (RequestState.WAITING, RequestState.APPROVED)
    return {
        "it": one,
        "what": words.word(ASKED, one.what),
        "state": words.word(STATE, one.state),
        "hue": HUE[one.state],
        "late": still and one.due < timezone.localdate(),
        "open": still,
        "rows": sum(one.counts.values()),
    }


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.CUSTOMERS_DATA)
def copy(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Everything held, as a file to be read by people or by programs."""
    require(who, Action.CUSTOMERS_DATA)
    try:
        given = customers.export_person(
            customer_id, brand=who.brand.id, by=who.staff.username, reason=request.POST.get("reason", "")
        )
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
        return redirect("customer", customer_id)
    name = f"{who.brand.slug}-{given['person'][:8]}"
    if request.POST.get("as") == "json":
        body = json.dumps(given, default=str, ensure_ascii=False, indent=1)
        response = HttpResponse(body, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response
    told = {"language": get_language(), "brand": who.brand, "given": given, "parts": held.parts(given["held"])}
    response = HttpResponse(render_to_string("console/person/held.html", told), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.html"'
    return response


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.CUSTOMERS_DATA)
def erase(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Ask for an erasure; another person decides it under Approvals."""
    require(who, Action.CUSTOMERS_DATA)
    reason = request.POST.get("reason", "")
    if request.POST.get("sure", "").strip().upper() != confirmation().upper():
        messages.error(request, _("Nothing was asked: type %(word)s to ask for it.") % {"word": confirmation()})
        return redirect("customer", customer_id)
    try:
        made = customers.ask_erasure(customer_id, brand=who.brand.id, by=who.staff, reason=reason)
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except Conflict as error:
        messages.error(request, _("They cannot be erased yet: %(why)s.") % {"why": error.problems[0].fix})
    else:
        day = made.due.isoformat()
        messages.success(request, _("Asked. A second person decides it under Approvals, until %(day)s.") % {"day": day})
    return redirect("customer", customer_id)


@require_safe
@desk(Action.CUSTOMERS_DATA)
def requests(request: HttpRequest, who: Who) -> HttpResponse:
    """What people asked about their data, and until when it is due."""
    before = request.GET.get("before", "")
    only_open = request.GET.get("show", "") != "all"
    found = customers.data_requests(who.brand.id, only_open=only_open, before=_id(before), limit=PAGE)
    waiting = customers.data_requests(who.brand.id, only_open=True, limit=PAGE) if not only_open else found
    count = len(waiting)
    lead = ngettext("%(n)s request is still due.", "%(n)s requests are still due.", count) % {"n": number(count)}
    here = reverse("data-requests")
    tabs = [
        {"text": _("Still due"), "href": here, "current": only_open, "count": number(count)},
        {"text": _("All"), "href": f"{here}?show=all", "current": not only_open, "count": ""},
    ]
    show = "" if only_open else "show=all&"
    given = {
        "lead": lead if count else _("Nothing is due: everybody who asked about their data has an answer."),
        "rows": [line(one) for one in found],
        "tabs": tabs,
        "older": f"{here}?{show}before={found[-1].id}" if len(found) == PAGE else "",
    }
    return page(request, who, "person/requests", given)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
