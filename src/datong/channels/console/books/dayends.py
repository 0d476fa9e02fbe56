"""The business day 营业日: at which hour it ends, for the brand and for stores, each from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue
from datong.ledger import api as ledger
from datong.ledger.types import LATEST, DayEnd

AS_BRAND = "brand"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.DAY_VIEW, write=Action.MONEY_EDIT)
def day_ends(request: HttpRequest, who: Who) -> HttpResponse:
    """What holds now and what was or will be set; POST sets an hour from a day on."""
    codes = {store.code: store.id for store in stores_of(who)}
    typed = {"store": request.GET.get("store", "")[:40], "hour": "0", "reason": ""}
    typed["valid_from"] = ledger.first_day_of(who.brand.id, codes.get(typed["store"])).isoformat()
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in typed}
        try:
            _put(who, typed, codes)
            messages.success(request, _("The business day ends so from %(day)s.") % {"day": typed["valid_from"]})
            return redirect("day-ends")
        except BadInput as error:
            errors = {problem.field: problem.fix for problem in error.problems}
    names = {store.id: store.name for store in stores_of(who)}
    listed = [end for end in ledger.day_ends(who.brand.id) if end.store_id is None or end.store_id in names]
    book, now = ledger.rulebook(who.brand.id), clock.now()
    ends = book.days.ending(book.business_date(now))[0]
    given = {
        "lead": _("The brand's business day ends at %(hour)s; a sale before it belongs to the day before.")
        % {"hour": hour_word(ends)},
        "rows": [_row(end, names, book.business_date(now, end.store_id)) for end in listed[:500]],
        "typed": typed,
        "errors": errors,
        "hours": [*((str(n), hour_word(n)) for n in range(LATEST + 1)), (AS_BRAND, _("as the brand (a store only)"))],
        "may": who.may(Action.MONEY_EDIT),
        "back": reverse("store-days"),
    }
    return page(request, who, "books/day_ends", given, status=422 if errors else 200)


def hour_word(hour: int | None) -> str:
    if hour is None:
        return _("as the brand")
    return _("midnight") if hour == 0 else f"{hour:02}:00"


def _row(end: DayEnd, names: dict[UUID, str], today: date) -> dict[str, Any]:
    return {
        "name": names[end.store_id] if end.store_id else _("The brand"),
        "brand": end.store_id is None,
        "hour": hour_word(end.hour),
        "zone": end.zone,
        "day": end.valid_from.isoformat(),
        "coming": end.valid_from > today,
        "by": end.by,
    }


def _put(who: Who, typed: dict[str, str], codes: dict[str, UUID]) -> None:
    store = None
    if typed["store"]:
        store = codes.get(typed["store"])
        if store is None:
            raise BadValue(
                "store", typed["store"][:40], _("the number of one of your stores, or nothing for the brand")
            )
    require(who, Action.MONEY_EDIT, store)
    try:
        hour = None if typed["hour"] == AS_BRAND else int(typed["hour"][:3])
        begins = date.fromisoformat(typed["valid_from"])
    except ValueError:
        field = "valid_from" if typed["hour"] == AS_BRAND or typed["hour"][:3].isdigit() else "hour"
        raise BadValue(field, typed[field][:40], _("one of those offered, and a day such as 2026-11-22")) from None
    ledger.put_day_end(who.brand.id, hour, begins, by=who.staff.username, store_id=store, reason=typed["reason"])
