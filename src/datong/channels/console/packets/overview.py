"""Red packets in the console: how they stand, what they came to, one with who took what; giving, limits."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.packets.words import fault, split_word, state_badge
from datong.channels.console.rewards.typed import Typed, plain
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict, DatongError, NotFound
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.packets import Giving, Packet, PacketLimits, PacketState, Split

DAYS = 30
MONEY = ("most_minor", "share_least_minor", "share_most_minor", "given_a_day_minor")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_EDIT)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """POST gives a packet of the brand's."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = _give(request, who)
        except (BadInput, Conflict, NotFound) as error:
            errors = errors_of(error)
        else:
            messages.success(request, _("The packet is there: send its link on."))
            return redirect("packet", made.id)
    return _page(request, who, errors)


def _page(request: HttpRequest, who: Who, errors: dict[str, str], typed: Any = None) -> HttpResponse:
    brand = who.brand
    wanted = request.GET.get("state", "")
    state = PacketState(wanted) if wanted in set(PacketState) else None
    found, following = wallet.packets(brand.id, state=state, cursor=request.GET.get("cursor", ""))
    now = clock.now()
    offers = wallet.offers(brand.id)
    limits = wallet.stored_policy(brand.id, brand.currency).packets
    given = {
        "lead": _lead(found),
        "rows": [{"p": each, "badge": state_badge(each.state), "how": split_word(each.how)} for each in found],
        "older": f"?state={wanted}&cursor={following}" if following else "",
        "sums": wallet.packet_sums(brand.id, now - timedelta(days=DAYS), now),
        "days": DAYS,
        "states": [("", _("all")), *((each.value, state_badge(each)[0]) for each in PacketState)],
        "state": wanted,
        "hows": [(how.value, split_word(how)) for how in (Split.LUCK, Split.EQUAL)],
        "offers": [("", _("money")), *((o.code, o.name) for o in offers if o.active and not o.price_minor)],
        "limits": [_field(name, getattr(limits, name), who) for name in (f.name for f in fields(limits))],
        "typed": request.POST if typed is None else typed,
        "errors": errors,
        "key": request.POST.get("key") or str(uuid7()),
        "currency": brand.currency,
        "may": who.may(Action.REWARDS_EDIT),
    }
    return page(request, who, "packets/overview", given, status=422 if errors else 200)


def _lead(found: list[Packet]) -> str:
    open_ = sum(each.state is PacketState.OPEN for each in found)
    return ngettext("%(n)s packet is open.", "%(n)s packets are open.", open_) % {"n": number(open_)}


def _field(name: str, value: int, who: Who) -> dict[str, Any]:
    words = {
        "most_minor": _("A customer's packet, at most"),
        "share_least_minor": _("A share, at least"),
        "share_most_minor": _("A share, on average at most"),
        "shares": _("Shares of a packet, at most"),
        "gives_a_day": _("Packets a person gives in a day"),
        "given_a_day_minor": _("Money a person gives in a day"),
        "claims_a_day": _("Packets a person takes in a day"),
        "hours": _("Hours until the rest goes back"),
    }
    money = name in MONEY
    return {"name": name, "label": words[name], "affix": who.brand.currency if money else "",
            "value": plain(value, who.brand.currency) if money else str(value)}  # fmt: skip


def errors_of(error: DatongError) -> dict[str, str]:
    """Beside the field; what is of none stands on top."""
    known = {"shares", "note", "total_minor", "offer", *(f.name for f in fields(PacketLimits))}
    found = {p.field if p.field in known else "all": fault(error) if isinstance(error, Conflict) else p.fix
             for p in error.problems}  # fmt: skip
    return found or {"all": str(error)}


def _give(request: HttpRequest, who: Who) -> Packet:
    typed = Typed(request.POST, who.brand.currency)
    offer = typed.text("offer")
    shares = typed.whole("shares", least=1)
    total = 0 if offer else typed.amount("total_minor")
    typed.check()
    how = Split(typed.text("how")) if typed.text("how") in set(Split) else Split.LUCK
    giving = Giving(shares, how, total, who.brand.currency, offer, None, typed.text("note"))
    key = f"{who.staff.username} {typed.text('key')[:60]}"
    return wallet.give_packet(giving, brand=who.brand.id, by=who.staff.username, key=key)


@require_POST
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_EDIT)
def limits(request: HttpRequest, who: Who) -> HttpResponse:
    """What the brand allows of packets."""
    typed = Typed(request.POST, who.brand.currency)
    said = {f.name: typed.amount(f.name) if f.name in MONEY else typed.whole(f.name, least=1)
            for f in fields(PacketLimits)}  # fmt: skip
    try:
        typed.check()
        wallet.put_packet_limits(who.brand.currency, PacketLimits(**said), brand=who.brand.id, by=who.staff.username)
    except BadInput as error:
        return _page(request, who, errors_of(error), typed={})
    messages.success(request, _("Saved: it holds for packets from now on."))
    return redirect("packets")


@require_safe
@desk(Action.REWARDS_VIEW)
def packet(request: HttpRequest, who: Who, packet_id: UUID) -> HttpResponse:
    """One packet: its link, who took what, the proof of its luck."""
    found = wallet.get_packet(who.brand.id, packet_id)
    ours = found.giver_id is None and who.may(Action.REWARDS_EDIT)
    code = wallet.packet_code(who.brand.id, packet_id) if ours and found.state is PacketState.OPEN else ""
    link = request.build_absolute_uri(reverse("packet-open", args=[who.brand.id, code])) if code else ""
    said = _("%(taken)s of %(shares)s shares are taken.")
    given = {
        "p": found,
        "lead": said % {"taken": number(found.taken), "shares": number(found.shares)},
        "badge": state_badge(found.state),
        "how": split_word(found.how),
        "link": link,
        "claims": [{"c": claim, "href": _customer(who, claim.customer_id)} for claim in found.claims],
        "giver": _customer(who, found.giver_id) if found.giver_id else "",
    }
    answer = page(request, who, "packets/packet", given)
    answer["Cache-Control"] = "no-store"
    return answer


def _customer(who: Who, customer_id: UUID) -> str:
    return reverse("customer", args=[customer_id]) if who.sees(Action.CUSTOMERS_VIEW) else ""
