"""Log-in by a passkey (通行密钥): made by who is logged in, proven by finger, face or PIN at the next log-in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from datong.channels.console.who import address_of
from datong.channels.shop.door import Shopper, door, page, with_person
from datong.channels.shop.entering import enter
from datong.customers import api as customers
from datong.customers.ports import passkey_checker
from datong.customers.types.passkeys import PasskeyRefused, Site
from datong.kernel.errors import BadValue


def site_of(request: HttpRequest, shopper: Shopper) -> Site:
    """A passkey is bound to the shop's host name, and good on this origin only."""
    host = request.get_host()
    return Site(host.rsplit(":", 1)[0], f"{request.scheme}://{host}", shopper.brand.name)


def asked_of(request: HttpRequest, shopper: Shopper) -> dict[str, Any]:
    """What the page of log-in gives to the browser's script; nothing where nobody speaks WebAuthn."""
    if passkey_checker() is None:
        return {}
    return {"passkey": customers.ask_passkey(brand=shopper.brand.id, site=site_of(request, shopper))}


def own_passkeys(request: HttpRequest, shopper: Shopper) -> dict[str, Any]:
    """The passkeys of who is logged in, and what their browser needs to make another."""
    if shopper.customer_id is None or passkey_checker() is None:
        return {}
    known = with_person(shopper).contact
    name = known.get("email") or known.get("phone") or known.get("name") or shopper.brand.name
    brand, site = shopper.brand.id, site_of(request, shopper)
    return {
        "passkeys": customers.passkeys_of(shopper.customer_id, brand=brand),
        "new_passkey": customers.ask_new_passkey(shopper.customer_id, brand=brand, site=site, name=name),
        "passkey_said": _("That did not work. Try again, or go on logging in by a code.")
        if "no-key" in request.GET
        else "",
    }


@door("POST", private=True)
def by_passkey(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """Log in by the answer of the browser."""
    try:
        customer, session = customers.sign_in_by_passkey(
            request.POST.get("token", "")[:2000],
            request.POST.get("credential", ""),
            brand=shopper.brand.id,
            channel_id=shopper.channel.id,
            site=site_of(request, shopper),
            asker=address_of(request),
        )
    except PasskeyRefused:
        said = _("Nobody here has this passkey, or it took too long. Try again, or log in by a code.")
        return page(request, shopper, "login", {"passkey_said": said, **asked_of(request, shopper)}, status=422)
    return enter(request, shopper, customer, session)


@door("POST", private=True)
def passkeys(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """Take a passkey the browser made, or take one away."""
    if shopper.customer_id is None:
        return redirect(shopper.url("login"))
    brand, gone = shopper.brand.id, request.POST.get("remove", "")
    if gone:
        with suppress(ValueError):
            customers.remove_passkey(shopper.customer_id, UUID(gone), brand=brand)
        return redirect(shopper.url("me"))
    name = request.POST.get("name", "") or _("Made in the shop")
    token, answer = request.POST.get("token", "")[:2000], request.POST.get("credential", "")
    try:
        site = site_of(request, shopper)
        customers.add_passkey(shopper.customer_id, token, answer, brand=brand, site=site, name=name)
    except BadValue:
        return redirect(f"{shopper.url('me')}?no-key")
    return redirect(shopper.url("me"))
