"""The shares of sales credit: the rule in force, those to come, those before; a new one from a moment on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.moments import read_moment
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types.credit import PLAIN, CreditShares

SAID = gettext_lazy(
    "Of an order %(selling)s %% goes to who sold it, %(fulfilling)s %% to who serves it, "
    "%(associate)s %% to the member of staff."
)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CREDIT_VIEW, write=Action.CREDIT_EDIT)
def rule(request: HttpRequest, who: Who) -> HttpResponse:
    """POST makes a rule."""
    errors: dict[str, str] = {}
    key = _key(request.POST.get("key", ""))
    if request.method == "POST":
        try:
            _put(request, who, key)
        except BadInput as error:
            said = {
                "selling": _("Whole percents of 0 or more that come to 100."),
                "valid_from": _("Now or later: what is credited stays."),
            }
            errors = {problem.field: said.get(problem.field, problem.fix) for problem in error.problems}
        else:
            messages.success(request, _("Saved: orders placed from then on are split so."))
            return redirect("credit-rule")
    rules, now = orders.credit_rules(who.brand.id), clock.now()
    current = next((one for one in rules if one.valid_from <= now), None)
    shares = current.shares if current else PLAIN
    words = {"selling": shares.selling, "fulfilling": shares.fulfilling, "associate": shares.associate}
    given = {
        "shares": shares,
        "lead": str(SAID) % words,
        "rules": [{"r": one, "current": one is current, "coming": one.valid_from > now} for one in rules[:100]],
        "typed": request.POST if errors else words,
        "errors": errors,
        "key": key,
        "may": who.may(Action.CREDIT_EDIT),
    }  # fmt: skip
    return page(request, who, "credit/rule", given, status=422 if errors else 200)


def _put(request: HttpRequest, who: Who, key: UUID) -> None:
    parts = [request.POST.get(name, "").strip() for name in ("selling", "fulfilling", "associate")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 3 for part in parts):
        raise BadValue("selling", parts, "whole percents")
    since = read_moment("valid_from", request.POST.get("valid_from", "")) or clock.now()
    orders.put_credit_rule(
        who.brand.id, CreditShares(*map(int, parts)), since, by=who.staff.username,
        reason=request.POST.get("reason", ""), id=key,
    )  # fmt: skip


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()
