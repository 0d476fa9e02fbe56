"""Lists of their own: where each holds, why, who decided it, from when to when; rates beside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import PricePolicy
from datong.channels.console.places import stores_of
from datong.channels.console.pricing.forms import Reader, errors_of
from datong.channels.console.pricing.prices import tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7

FIELD_OF = {"price_list": "list", "code": "list", "valid_from": "begins", "valid_to": "ends", "channels": "where"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def policies(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        try:
            if ending := request.POST.get("end"):
                catalog.end_policy(who.brand.id, UUID(ending), by=who.staff.username)
                messages.success(request, _("Ended. Its doors sell by the brand's list again."))
            else:
                policy = catalog.open_policy(who.brand.id, _read(request, who))
                said = _("List %(list)s holds there. Give it prices with a price change.")
                messages.success(request, said % {"list": policy.price_list})
            return redirect("price-policies")
        except BadInput as error:
            errors = {FIELD_OF.get(name, name): fix for name, fix in errors_of(error).items()}
    stores = {store.id: store.name for store in stores_of(who)}
    channels = {channel.id: channel.name for channel in brands.list_channels(who.brand.id)}
    now = clock.now()
    given = {
        "tabs": tabs("price-policies"),
        "rows": [_row(p, channels, stores, now) for p in catalog.price_policies(who.brand.id)],
        "own": [c for c in brands.list_channels(who.brand.id) if c.price_list],
        "channels": [(str(i), n) for i, n in channels.items()],
        "regions": sorted({store.region for store in stores_of(who) if store.region}),
        "errors": errors,
        "typed": request.POST,
        "chosen": request.POST.getlist("channels"),
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "pricing/policies", given, status=422 if errors else 200)


def _read(request: HttpRequest, who: Who) -> PricePolicy:
    form = Reader(request.POST, who.brand.currency)
    by_code = {store.code: store.id for store in stores_of(who)}
    codes = form.names("stores")
    unknown = [code for code in codes if code not in by_code]
    if unknown:
        form.wrong("stores", _("Store codes of the brand; %(code)s is none.") % {"code": unknown[0]})
    known = {str(channel.id): channel.id for channel in brands.list_channels(who.brand.id)}
    begins, ends = form.moment("begins"), form.moment("ends")
    form.done()
    return PricePolicy(
        id=uuid7(),
        price_list=form.text("list", 40).lower(),
        reason=form.text("reason"),
        by=form.text("by", 120) or who.staff.username,
        valid_from=begins or clock.now(),
        valid_to=ends,
        channels=frozenset(known[i] for i in request.POST.getlist("channels") if i in known),
        stores=frozenset(by_code[code] for code in codes),
        regions=frozenset(form.names("regions")),
    )


def _row(policy: PricePolicy, channels: dict[UUID, str], stores: dict[UUID, str], now: Any) -> dict[str, Any]:
    where = [channels.get(i, "?") for i in sorted(policy.channels)] + sorted(policy.regions)
    where += [stores.get(i, _("another store")) for i in sorted(policy.stores)][:5]
    if len(policy.stores) > 5:
        where.append(_("and %(n)s more") % {"n": len(policy.stores) - 5})
    return {"policy": policy, "where": ", ".join(where), "over": policy.valid_to is not None and policy.valid_to <= now}
