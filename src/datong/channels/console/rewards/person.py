"""A person's points: what there is, the lots, the tier and what is missing, what happened; vouchers; corrections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action, ApprovalState
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.rewards import words
from datong.channels.console.rewards.overview import said_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types import Offer

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_GIVE)
def points(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    person = customers.customer_page(who.brand.id, customer_id)
    if not opened(who, orders_of(who, customer_id, SHOWN)) and who.stores is not None:
        raise NotFound("no such customer")
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.REWARDS_GIVE)
        try:
            _act(request, who, person.id)
            return redirect("customer-points", person.id)
        except (BadInput, Conflict) as error:
            errors = {p.field: p.fix for p in error.problems} or {"offer": str(error)}
    return _page(request, who, person.id, person.name, errors)


def _act(request: HttpRequest, who: Who, customer_id: UUID) -> None:
    post, by, brand = request.POST, who.staff.username, who.brand.id
    key = UUID(post.get("key", ""))
    if post.get("do") == "voucher":
        wallet.issue_voucher(post.get("offer", ""), brand=brand, by=by, id=key, customer_id=customer_id)
        messages.success(request, _("The voucher is given."))
        return
    text = post.get("points", "").strip().replace(",", "").replace("−", "-")
    wanted = int(text) if text.lstrip("+-").isdecimal() and len(text) < 11 else 0
    reason = post.get("reason", "")
    href = reverse("customer-points", args=[customer_id])
    asked = wallet.ask_to_adjust(
        customer_id, wanted, key=f"console:{key}", brand=brand, by=who.staff, reason=reason, href=href
    )
    if asked.state is ApprovalState.PENDING:
        messages.success(request, _("So many points need a second person: it waits under Approvals."))
    else:
        messages.success(request, _("The points are corrected."))


def _page(request: HttpRequest, who: Who, customer_id: UUID, name: str, errors: dict[str, str]) -> HttpResponse:
    brand, currency = who.brand.id, who.brand.currency
    known = {found.id: found for found in wallet.offers(brand)}
    programmes = []
    for balance in wallet.points_of(brand, customer_id):
        found = wallet.programme(brand, balance.programme)
        programmes.append(
            {
                "p": found,
                "b": balance,
                "standing": wallet.standing_of(brand, customer_id, found.id),
                "steps": wallet.tier_steps(brand, customer_id, found.id),
                "lots": [lot for lot, _record in wallet.lots_of(brand, customer_id, found.id)][:SHOWN],
                "acts": [
                    {"a": act, "kind": words.ACT[act.kind]}
                    for act in wallet.point_history(brand, customer_id, found.id, limit=SHOWN)
                ],
            }
        )
    given = {
        "customer_id": customer_id,
        "name": name or _("customer"),
        "programmes": programmes,
        "vouchers": [voucher_row(one, known, currency) for one in wallet.vouchers_of(brand, customer_id, active=False)],
        "offers": [(o.code, o.name) for o in known.values() if o.active and not o.price_minor],
        "errors": errors,
        "typed": request.POST if errors else {},
        "key": uuid7(),
        "may": who.may(Action.REWARDS_GIVE),
        "currency": currency,
    }
    return page(request, who, "rewards/person", given, status=422 if errors else 200)


def voucher_row(one: Any, known: dict[UUID, Offer], currency: str) -> dict[str, Any]:
    about = known.get(one.offer_id)
    return {
        "v": one,
        "name": about.name if about else "",
        "said": said_of(about, currency) if about else "",
        "code": wallet.shown(one.code),
        "state": words.STATE[one.state],
        "hue": words.STATE_HUE[one.state],
    }
