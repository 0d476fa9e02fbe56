"""A red packet on the phone: who has the link sees it, and a member takes one share of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.brand import api as brands
from datong.channels.console.packets.words import fault
from datong.channels.console.shell import brand_css
from datong.channels.console.wallet.member import MEMBER, MEMBER_S
from datong.channels.open import anyone
from datong.customers import api as customers
from datong.customers.types.cards import Card, CardState
from datong.kernel.errors import BadInput, Conflict, DatongError, NotFound
from datong.wallet import api as wallet
from datong.wallet.types.packets import Packet, PacketState

SHOWN = 50


@anyone("a link of 99 random bits is the proof; it shows amounts, no name and no contact")
@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest, brand_id: UUID, code: str) -> HttpResponse:
    """POST takes a share for the member whose card was opened in this browser, or whose card's address is pasted."""
    error, token = "", ""
    try:
        brand = brands.get_brand(brand_id)
        member, token = _member(request, brand_id)
        asker = str(member.id) if member else _address(request)
        found = wallet.find_packet(code, brand=brand_id, asker=asker)
        if request.method == "POST":
            if member:
                by = f"card {member.number}"
                wallet.claim_packet(code, member.customer_id, brand=brand_id, by=by, asker=asker)
                return _kept(redirect("packet-open", brand_id, code), token, request)
            error = _("Open your member card in this browser first, or paste its address.")
    except (NotFound, BadInput) as wrong:
        gone = {"language": get_language(), "gone": _gone(wrong)}
        return render(request, "console/packets/phone.html", gone, status=404)
    except Conflict as wrong:
        error = fault(wrong)
    except DatongError as wrong:
        gone = {"language": get_language(), "gone": fault(wrong)}
        return render(request, "console/packets/phone.html", gone, status=429)
    with timezone.override(brand.timezone):
        given = {**_given(found, member, brand_id), "brand": brand, "brand_css": brand_css(brand), "error": error}
        answer = render(request, "console/packets/phone.html", given, status=422 if error else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _given(found: Packet, member: Card | None, brand: UUID) -> dict[str, Any]:
    mine = None
    if member:
        theirs = set(customers.records_of(brand, [member.customer_id]).get(member.customer_id, ()))
        mine = next((claim for claim in found.claims if claim.customer_id in theirs), None)
    most = max((claim.amount_minor for claim in found.claims), default=0)
    over = found.state is not PacketState.OPEN
    return {
        "language": get_language(),
        "p": found,
        "mine": mine,
        "member": member,
        "open": not over,
        "over": over,
        "luckiest": most if found.state is PacketState.DONE and found.shares > 1 else 0,
        "claims": found.claims[:SHOWN],
        "left": found.shares - found.taken,
    }


def _gone(error: DatongError) -> str:
    return fault(error) if isinstance(error, Conflict) else _("This link opens no packet. Copy it whole.")


def _member(request: HttpRequest, brand_id: UUID) -> tuple[Card | None, str]:
    """Whose browser it is, by the cookie or the pasted address of a card of this brand that is in use."""
    pasted = request.POST.get("card", "").strip()[:500].rstrip("/").rsplit("/", 1)[-1]
    for token in (pasted, request.COOKIES.get(MEMBER, "")):
        try:
            brand, card_id = customers.opened_card(token)
            if brand == brand_id:
                card = customers.get_card(brand_id, card_id)
                if card.state is CardState.ACTIVE:
                    return card, token
        except NotFound:
            continue
    return None, ""


def _kept(answer: HttpResponse, token: str, request: HttpRequest) -> HttpResponse:
    """A pasted card is known the next time."""
    answer.set_cookie(
        MEMBER, token, max_age=MEMBER_S, path="/packet/", secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return answer


def _address(request: HttpRequest) -> str:
    """Who asks, where it can be told; behind a proxy everybody has its address."""
    return "" if settings.HTTPS else str(request.META.get("REMOTE_ADDR", ""))[:45]
