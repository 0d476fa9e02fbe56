"""Closing the books 结账: up to which day they take nothing more, and asking to close or to open them again."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access import api as access
from datong.access.types import Action, ApprovalState
from datong.channels.console.books.common import tabs
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue
from datong.ledger import api as ledger
from datong.ledger.types import KIND_OF_PERIOD


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def periods(request: HttpRequest, who: Who) -> HttpResponse:
    today = ledger.rulebook(who.brand.id).business_date(clock.now())
    typed = {"until": (today.replace(day=1) - timedelta(days=1)).isoformat(), "reason": ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip() for key in typed}
        try:
            ledger.ask_period(who.brand.id, _day(typed["until"]), by=who.staff, reason=typed["reason"])
            messages.success(request, _("Asked: another person decides, under Approvals."))
            return redirect("books-periods")
        except BadInput as error:
            errors = {problem.field: problem.fix for problem in error.problems}
    gates = ledger.gates(who.brand.id)
    books = gates.get("")
    names = {str(store.id): store.name for store in stores_of(who)}
    lead = _("No day is closed yet.")
    if books:
        lead = _("Closed up to %(day)s; the first open day is %(open)s.") % {
            "day": books.closed_until.isoformat(), "open": books.first_open.isoformat()
        }  # fmt: skip
    given = {
        "lead": lead,
        "tabs": tabs("books-periods"),
        "books": books,
        "stores": [(names[scope], gate) for scope, gate in gates.items() if scope in names],
        "asked": access.list_approvals(who.brand.id, kind=KIND_OF_PERIOD, state=ApprovalState.PENDING).approvals,
        "history": audit.page(who.brand.id, subject="books", verb="period", limit=12).entries,
        "typed": typed,
        "errors": errors,
        "may": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "books/periods", given, status=422 if errors else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("until", text[:40], _("a day such as 2026-11-22")) from None
