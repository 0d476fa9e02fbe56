"""The member's own page: the card full-screen, its balances, in the phone's wallet, and without network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from datong.brand import api as brands
from datong.brand.types import Brand
from datong.channels.console.shell import brand_css
from datong.channels.console.wallet.balances import Line, balance_lines
from datong.channels.open import anyone
from datong.customers import api as customers
from datong.customers.types.cards import Card, CardRefused, CardState, PassFace, PassField
from datong.kernel import clock
from datong.kernel.errors import DatongError, NotFound, Unavailable

BY_LINK = "a signed address is the proof; it shows a card and its balances, no name and no contact"

MEMBER = "member"
"""The cookie by which the page of a red packet knows the member: the address of their card, sent to that page only."""
MEMBER_S = 180 * 24 * 3600


@anyone(BY_LINK)
@require_safe
def card(request: HttpRequest, token: str) -> HttpResponse:
    try:
        brand, found = _opened(token)
    except NotFound:
        gone = {"language": get_language(), "gone": _("This address opens no card. Copy it whole from our message.")}
        return render(request, "console/wallet/member.html", gone, status=404)
    given = {
        "language": get_language(),
        "brand": brand,
        "brand_css": brand_css(brand),
        "token": token,
        "card": found,
        "grouped": grouped(found.number),
        "stopped": _stopped(found),
        "still": _still(found.number),
        "balances": balance_lines(brand.id, found.customer_id, get_language() or "en"),
        "at": clock.now(),
        "apple": customers.has_apple(),
        "google": customers.has_google(),
    }
    with timezone.override(brand.timezone):
        answer = render(request, "console/wallet/member.html", given)
    answer["Cache-Control"] = "no-cache, private"
    if not given["stopped"]:  # a red packet that is opened in this browser goes to this member
        secure = request.is_secure()
        answer.set_cookie(
            MEMBER, token, max_age=MEMBER_S, path="/packet/", secure=secure, httponly=True, samesite="Lax"
        )
    return answer


@anyone(BY_LINK)
@csrf_exempt  # the address itself is the secret, and the page works without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def card_key(request: HttpRequest, token: str) -> JsonResponse:
    """POST: a key for this browser, told this once. GET: the server's time, and whether key `no` still counts."""
    now = clock.now().timestamp()
    try:
        brand, found = _opened(token)
        if request.method == "POST":
            label = request.headers.get("User-Agent", "")[:60]
            made = customers.add_card_key(found.id, brand=brand.id, label=label)
            told: dict[str, Any] = {"no": made.no, "secret": made.secret, "now": now}
        else:
            no = request.GET.get("no", "")
            live = no.isascii() and no.isdigit() and customers.card_key_live(brand.id, found.id, int(no[:6]))
            told = {"now": now, "live": live}
    except DatongError as error:
        detail = _stopped(found) if isinstance(error, CardRefused) else _("This address opens no card.")
        return JsonResponse({"detail": detail}, status=409 if isinstance(error, CardRefused) else 404)
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@anyone("names the app and its start; the address is the proof")
@require_safe
def manifest(request: HttpRequest, token: str) -> JsonResponse:
    """What makes the page an app on the home screen (W3C Web Application Manifest)."""
    try:
        brand, _found = _opened(token)
    except NotFound:
        return JsonResponse({}, status=404)
    start = reverse("card", args=[token])
    said = {
        "name": f"{brand.name} · {_('Member card')}",
        "short_name": brand.name[:30],
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": static("datong/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@anyone("a script that holds nothing")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker stands beside the pages it serves: that is how far it may reach."""
    return HttpResponse(_worker(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@cache
def _worker() -> bytes:
    path = finders.find("datong/js/card-worker.js")
    assert isinstance(path, str)
    return Path(path).read_bytes()


@anyone(BY_LINK)
@require_safe
def apple(request: HttpRequest, token: str) -> HttpResponse:
    """The card for Apple Wallet."""
    brand, found, refusal = _for_pass(request, token)
    if refusal or brand is None or found is None:
        return refusal or redirect("card", token)
    try:
        packed = customers.apple_pass(found.id, _face(brand, found), brand=brand.id)
    except (Unavailable, CardRefused) as error:
        return _no_pass(request, str(error))
    name = f'attachment; filename="{found.number}.pkpass"'
    return HttpResponse(packed, content_type="application/vnd.apple.pkpass", headers={"Content-Disposition": name})


@anyone(BY_LINK)
@require_safe
def google(request: HttpRequest, token: str) -> HttpResponse:
    """To Google's page that saves the card; a key of its own goes with it."""
    brand, found, refusal = _for_pass(request, token)
    if refusal or brand is None or found is None:
        return refusal or redirect("card", token)
    try:
        return redirect(customers.google_pass(found.id, _face(brand, found), brand=brand.id))
    except (Unavailable, CardRefused) as error:
        return _no_pass(request, str(error))


def _for_pass(request: HttpRequest, token: str) -> tuple[Brand | None, Card | None, HttpResponse | None]:
    try:
        brand, found = _opened(token)
    except NotFound:
        return None, None, _no_pass(request, _("This address opens no card."), status=404)
    return brand, found, None


def _no_pass(request: HttpRequest, why: str, *, status: int = 503) -> HttpResponse:
    return render(request, "console/wallet/member.html", {"language": get_language(), "gone": why}, status=status)


def _face(brand: Brand, found: Card) -> PassFace:
    lines: list[Line] = balance_lines(brand.id, found.customer_id, brand.locale)
    fields = [PassField(f"b{n}", line.label, line.value) for n, line in enumerate(lines[:4])]
    return PassFace(brand.name, found.number, str(found.id), fields)


def _opened(token: str) -> tuple[Brand, Card]:
    brand_id, card_id = customers.opened_card(token)
    found = customers.get_card(brand_id, card_id)
    return brands.get_brand(brand_id), found


def _stopped(found: Card) -> str:
    if found.state is CardState.FROZEN:
        return _("This card is frozen. Ask us to give it free again.")
    if found.state is CardState.REPLACED:
        return _("Another card took the place of this one. Open the address of the new card.")
    return ""


def grouped(number: str) -> str:
    """A number in fours, as it is printed."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _still(number: str) -> str:
    """The number as a picture, for a browser without scripts: the modules of version 3, as the script draws them."""
    rows = segno.make(number, version=3, error="m", boost_error=False).matrix
    return "".join(f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
