"""The customer's own log-in (登录): a code or link by e-mail or text message; no session of staff, no password."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datong.channels.console.who import address_of
from datong.channels.shop.came import VISITOR_COOKIE
from datong.channels.shop.checkout import phone_of
from datong.channels.shop.door import (
    SESSION_COOKIE,
    Shopper,
    door,
    may_sign_in,
    page,
    session_token,
    with_person,
)
from datong.channels.shop.entering import enter
from datong.channels.shop.fetching import called
from datong.channels.shop.passkeys import asked_of, own_passkeys
from datong.channels.shop.status import says, status_url
from datong.customers import api as customers
from datong.customers.ports import text_sender
from datong.customers.types import Identity, IdentityKind
from datong.customers.types.signin import Challenge, CodeWrong
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import TaskState
from datong.kernel.errors import BadValue, NotFound, Unavailable
from datong.kernel.mail import has_server, send_mail
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.wallet import api as wallet

log = logging.getLogger(__name__)
LISTED = 20


@door("GET", "HEAD", "POST", private=True)
def login(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """Say where to send a code; the answer is the same whoever reads there."""
    if not may_sign_in():
        raise NotFound("nobody can log in here")
    if request.method != "POST":
        return redirect(shopper.url("me")) if shopper.customer_id else _ask(request, shopper)
    typed = request.POST.get("to", "").strip()[:254]
    identity = _identity(shopper, typed)
    if identity is None:
        return _ask(request, shopper, typed=typed, error=_wanted())
    try:
        challenge = customers.ask_sign_in(identity, brand=shopper.brand.id, asker=address_of(request))
        _send(request, shopper, challenge)
    except BadValue:
        return _ask(request, shopper, typed=typed, error=_wanted())
    except Unavailable as error:
        log.warning("a log-in code was not sent", extra={"why": str(error)[:200]})
        raise
    return page(request, shopper, "code", {"to": typed, "token": challenge.token})


def _ask(request: HttpRequest, shopper: Shopper, *, typed: str = "", error: str = "") -> HttpResponse:
    given: dict[str, object] = {
        "to": typed,
        "error": error,
        "by_phone": text_sender() is not None,
        "by_mail": has_server(),
    }
    given["again"] = "again" in request.GET
    given |= asked_of(request, shopper)
    return page(request, shopper, "login", given, status=422 if error else 200)


def _wanted() -> str:
    if text_sender() is None:
        return _("An e-mail address, such as ann@example.com.")
    return _("An e-mail address or a phone number.") if has_server() else _("A phone number.")


def _identity(shopper: Shopper, typed: str) -> Identity | None:
    if "@" in typed:
        return Identity(IdentityKind.EMAIL, typed.lower()) if has_server() else None
    phone = phone_of(typed, shopper.brand.country)
    return Identity(IdentityKind.PHONE, phone) if phone and text_sender() is not None else None


def _send(request: HttpRequest, shopper: Shopper, challenge: Challenge) -> None:
    """The code by the way it was asked for; in no transaction, for it talks to another machine."""
    said = {"brand": shopper.brand.name, "code": challenge.code}
    text = _("%(brand)s: your code is %(code)s. It is good for ten minutes. Nobody of us asks for it.") % said
    sender = text_sender()
    if challenge.identity.kind is IdentityKind.PHONE and sender is not None:
        sender.send(challenge.identity.value, text)
        return
    link = request.build_absolute_uri(shopper.url("link", challenge.link))
    body = _("%(text)s\n\nOr open this link, which is good once:\n%(link)s\n") % {"text": text, "link": link}
    send_mail(challenge.identity.value, _("Your code for %(brand)s") % said, body)


@door("POST", private=True)
def code(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """The code that came. A wrong one is told, and may be tried again a few times."""
    token, to = request.POST.get("token", "")[:2000], request.POST.get("to", "")[:254]
    try:
        who, session = customers.sign_in(
            token, request.POST.get("code", "")[:20], brand=shopper.brand.id, channel_id=shopper.channel.id,
            language=get_language() or "",
        )  # fmt: skip
    except CodeWrong:
        given = {"to": to, "token": token, "error": _("This code is not right, or its time is over.")}
        return page(request, shopper, "code", given, status=422)
    return enter(request, shopper, who.customer_id, session)


@door("GET", "HEAD", "POST", private=True)
def by_link(request: HttpRequest, shopper: Shopper, link: str) -> HttpResponse:
    """The link of the e-mail. Opening it does nothing yet, for mail programs open links too; the button logs in."""
    if request.method != "POST":
        return page(request, shopper, "link", {})
    try:
        who, session = customers.sign_in_by_link(
            link, brand=shopper.brand.id, channel_id=shopper.channel.id, language=get_language() or ""
        )
    except CodeWrong:
        return page(request, shopper, "link", {"error": _("This link was used, or its time is over.")}, status=422)
    return enter(request, shopper, who.customer_id, session)


@door("POST", private=True)
def logout(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    customers.sign_out(session_token(request, shopper.brand.id), brand=shopper.brand.id)
    response = redirect(shopper.url("home"))
    for cookie in (SESSION_COOKIE, VISITOR_COOKIE):
        response.delete_cookie(cookie, path=shopper.url("home"))
    return response


@door(private=True)
def me(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """My orders of all doors, and what is on my card."""
    if shopper.customer_id is None:
        return redirect(shopper.url("login"))
    brand = shopper.brand.id
    found = orders.board(brand, BoardFilter(customer_id=shopper.customer_id, limit=LISTED)).rows
    tasks = fulfilment.tasks_of(brand, [row.id for row in found])
    live = [task for task in tasks if task.state not in (TaskState.REFUSED, TaskState.CANCELLED)]
    waiting = called(brand, live, {})
    purses = [purse for purse in wallet.purses_of(brand, shopper.customer_id) if purse.state == "active"]
    given = {
        "rows": [
            {
                "row": row,
                "url": status_url(shopper, row.id),
                "says": says(row, [task for task in live if task.order_id == row.id]),
                "called": [one for one in waiting if one["task"].order_id == row.id],
            }
            for row in found
        ],
        "purses": purses,
        "points": [one for one in wallet.points_of(brand, shopper.customer_id) if one.active],
        "vouchers": len(wallet.vouchers_of(brand, shopper.customer_id)),
        "name": with_person(shopper).contact.get("name", ""),
        **own_passkeys(request, shopper),
    }
    return page(request, shopper, "me", given)
