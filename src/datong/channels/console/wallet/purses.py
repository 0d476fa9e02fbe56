"""What the buttons of a customer's stored value do: open, put money on, pay back, move, freeze."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datong.access.types import Action
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.shell import desk
from datong.channels.console.wallet.said import fault
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.money import Money, minor_of
from datong.wallet import api as wallet
from datong.wallet.types.stored import Opening, Purse, PurseKind


@require_POST
@desk(Action.WALLET_VIEW, write=Action.WALLET_TOP_UP)
def act(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Who serves the customer puts money on; paying back, moving and freezing need more."""
    if not opened(who, orders_of(who, customer_id, 50)):
        raise NotFound("no such customer")
    do = request.POST.get("do", "")
    if do != "top_up" and not who.sees(Action.WALLET_MANAGE):
        raise NotAllowed(_("Your role does not include this."))
    try:
        messages.success(request, _act(request, who, customer_id, do))
    except (BadInput, Conflict) as error:
        messages.error(request, fault(error))
    return redirect("customer", customer_id)


def _act(request: HttpRequest, who: Who, customer_id: UUID, do: str) -> str:
    given, brand, by = request.POST, who.brand.id, who.staff.username
    key, reason = f"{customer_id} {do} {given.get('key', '')[:60]}", given.get("reason", "")
    if do == "open":
        opening = Opening(PurseKind.PREPAID, given.get("currency", who.brand.currency), customer_id)
        wallet.open_purse(opening, brand=brand, by=by, key=key)
        return _("The purse is there. Put money on it.")
    mine = {str(purse.id): purse for purse in wallet.purses_of(brand, customer_id)}
    purse = mine.get(given.get("purse", ""))
    if purse is None:
        raise NotFound("no such purse")
    if do == "freeze":
        wallet.freeze_purse(purse.id, brand=brand, by=by, reason=reason or _("asked for"))
        return _("Frozen: nothing is paid from it.")
    if do == "unfreeze":
        wallet.unfreeze_purse(purse.id, brand=brand, by=by, reason=reason or _("asked for"))
        return _("It pays again.")
    amount = _amount(given.get("amount", ""), purse)
    shown = Money(amount, purse.currency).format(request.LANGUAGE_CODE)
    if do == "top_up":
        method = given.get("method", "cash")
        made = wallet.top_up(purse.id, amount, brand=brand, by=by, key=key, method=method, ref=given.get("ref", ""))
        bonus = Money(made.bonus_minor, purse.currency).format(request.LANGUAGE_CODE)
        said = (
            _("%(amount)s was put on, with a bonus of %(bonus)s.") if made.bonus_minor else _("%(amount)s was put on.")
        )
        return said % {"amount": shown, "bonus": bonus}
    if do == "refund":
        parts = wallet.pay_out(purse.id, amount, brand=brand, by=by, key=key, reason=reason)
        to = ", ".join(f"{part.method} {part.ref}".strip() for part in parts)
        return _("Pay %(amount)s back by: %(to)s.") % {"amount": shown, "to": to}
    raise BadValue("do", do, _("one of the buttons"))


def _amount(text: str, purse: Purse) -> int:
    return minor_of(text.strip().replace(",", "") or "?", purse.currency)
