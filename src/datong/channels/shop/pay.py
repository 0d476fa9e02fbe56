"""Paying an order (支付): choose the provider, go there or scan its code, and see that the money has come.

Coming back from the provider proves nothing: the page shows what the provider told us. A paid order's page of payment
leads to the order, so that the back button never pays twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from datong.channels.console.invoices.code import code_of
from datong.channels.console.payproviders.words import provider_word
from datong.channels.console.who import address_of
from datong.channels.shop.door import Shopper, door, page
from datong.channels.shop.fetching import opened
from datong.channels.shop.status import status_url, token_of
from datong.kernel import clock
from datong.kernel.errors import Conflict, NotFound, Unavailable
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types import OrderState
from datong.payments import api as payments
from datong.payments.types import PaymentMethod
from datong.payments.types.online import Intent, Provider, Scene


@dataclass(frozen=True, slots=True)
class Now:
    """An order that is to be paid, as its page shows it. `intent`: what was asked last and can still be paid."""

    order: OrderView
    ends: datetime
    intent: Intent | None

    @property
    def over(self) -> bool:
        return self.order.state == OrderState.CANCELLED or self.ends <= clock.now()


def pay_url(shopper: Shopper, order_id: UUID) -> str:
    return shopper.url("pay", token_of(shopper, order_id))


def scene_of(request: HttpRequest, provider: Provider) -> Scene:
    """A phone's browser opens the provider's app; on a computer WeChat Pay shows a code and the others a page."""
    if "Mobi" in request.headers.get("User-Agent", ""):
        return Scene.PHONE
    return Scene.QR if provider is Provider.WECHAT else Scene.PAGE


def start(request: HttpRequest, shopper: Shopper, order_id: UUID, provider: Provider) -> str:
    """Ask the provider; what stood in the way, '' when nothing did. In no transaction, for it talks to others."""
    back = request.build_absolute_uri(f"{pay_url(shopper, order_id)}?back")
    told = request.build_absolute_uri(reverse("pay-hook", args=[shopper.brand.slug, provider.value]))
    try:
        orders.start_payment(
            order_id,
            provider,
            scene_of(request, provider),
            brand=shopper.brand.id,
            by="shop",
            return_url=back,
            notify_url=told,
            address=address_of(request),
        )
    except Unavailable:
        return _away(provider)
    except NotFound:
        return _("This way to pay is not open any more. Choose another one.")
    except Conflict as error:
        codes = {problem.code for problem in error.problems}
        return "" if codes & {"order_paid", "order_over"} else _("That did not work. Choose another way to pay.")
    return ""


def _away(provider: Provider) -> str:
    said = _("%(provider)s does not answer at the moment. Your order is kept: try again, or pay another way.")
    return said % {"provider": provider_word(provider)}


@door("GET", "HEAD", "POST", private=True)
def pay(request: HttpRequest, shopper: Shopper, token: str) -> HttpResponse:
    """The page of payment; POST asks the provider that was chosen."""
    order_id, said = opened(shopper, token), ""
    if request.method == "POST":
        chosen = request.POST.get("with", "")
        if chosen in set(Provider):
            said = start(request, shopper, order_id, Provider(chosen))
            if not said:
                return redirect(pay_url(shopper, order_id))
        else:
            said = _("Choose how to pay.")
    elif request.GET.get("away") in set(Provider):
        said = _away(Provider(request.GET["away"]))
    now = _now(shopper, order_id)
    if now.order.paid or now.order.payment != PaymentMethod.PREPAID:
        return redirect(status_url(shopper, order_id))
    if "back" in request.GET and now.intent is not None:
        payments.ask_soon([order_id], brand=shopper.brand.id)
    return page(
        request, shopper, "pay", _given(shopper, now, said), status=422 if said and request.method == "POST" else 200
    )


@door(private=True)
def pay_state(request: HttpRequest, shopper: Shopper, token: str) -> HttpResponse:
    """What the page asks every few seconds: whether the money has come, or the time is over."""
    now = _now(shopper, opened(shopper, token))
    if now.order.paid or now.over:
        to = status_url(shopper, now.order.id) if now.order.paid else pay_url(shopper, now.order.id)
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return render(request, "shop/_pay_state.html", _given(shopper, now, ""))


def _now(shopper: Shopper, order_id: UUID) -> Now:
    brand = shopper.brand.id
    found = orders.order_page(brand, order_id)
    asked = [
        one for one in payments.intents_of(brand, [order_id]) if one.live and (one.handed.qr or one.handed.redirect)
    ]
    return Now(found, orders.pay_until(found.placed_at), asked[0] if asked else None)


def _given(shopper: Shopper, now: Now, said: str) -> dict[str, Any]:
    brand = shopper.brand
    return {
        "now": now,
        "order": now.order,
        "said": said,
        "over": now.over,
        "minutes": max(1, round((now.ends - clock.now()).total_seconds() / 60)),
        "slug": brand.slug,
        "token": token_of(shopper, now.order.id),
        "currency": now.order.currency,
        "word": provider_word(now.intent.provider) if now.intent else "",
        "code": code_of(now.intent.handed.qr) if now.intent and now.intent.handed.qr else None,
        "ways": [
            (one.value, provider_word(one))
            for one in payments.providers_for(brand.id, now.order.currency)
            if now.intent is None or one is not now.intent.provider
        ],
    }


def ways_of(shopper: Shopper) -> list[tuple[str, str]]:
    """Who takes payments in the shop's currency, for the checkout."""
    return [(one.value, provider_word(one)) for one in payments.providers_for(shopper.brand.id, shopper.brand.currency)]
