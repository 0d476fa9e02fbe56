"""Interest and exchange rates: what holds, what is dated later, a new one."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Rate, RateKind
from datong.channels.console.pricing.forms import Reader, errors_of
from datong.channels.console.pricing.prices import tabs
from datong.channels.console.pricing.words import rate_text
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def rates(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        try:
            rate = _read(request, who)
            catalog.put_rates(who.brand.id, [rate], by=who.staff.username, reason=request.POST.get("reason", ""))
            messages.success(request, _("%(key)s holds from its date on, at every channel.") % {"key": rate.key})
            return redirect("rates")
        except BadInput as error:
            errors = {{"valid_from": "begins"}.get(n, n): fix for n, fix in errors_of(error).items()}
    now, holds = clock.now(), set()
    rows = []
    for rate in catalog.list_rates(who.brand.id):
        begun = rate.valid_from <= now
        holding = begun and (rate.kind, rate.key) not in holds
        if begun:
            holds.add((rate.kind, rate.key))
        rows.append({"rate": rate, "value": rate_text(rate), "holds": holding, "later": not begun})
    given = {
        "tabs": tabs("rates"),
        "rows": rows,
        "kinds": [(RateKind.EXCHANGE.value, _("Exchange rate")), (RateKind.INTEREST.value, _("Interest rate"))],
        "errors": errors,
        "typed": request.POST,
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "pricing/rates", given, status=422 if errors else 200)


def _read(request: HttpRequest, who: Who) -> Rate:
    form = Reader(request.POST, who.brand.currency)
    kind = RateKind.INTEREST if form.text("kind") == RateKind.INTEREST.value else RateKind.EXCHANGE
    begins: datetime | None = form.moment("begins")
    form.done()
    value = catalog.read_rate(form.text("value"), kind)
    return Rate(kind, form.text("key", 60), value, begins or clock.now())
