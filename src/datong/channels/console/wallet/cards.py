"""The member cards of a customer: issue, freeze, give free, replace."""

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
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.kernel.errors import BadInput, Conflict, NotFound


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.CARDS_ISSUE)
def act(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """What the buttons beside a card do; who serves the customer may."""
    if not opened(who, orders_of(who, customer_id, 50)):
        raise NotFound("no such customer")
    try:
        _act(request, who, customer_id)
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("customer", customer_id)


def _act(request: HttpRequest, who: Who, customer_id: UUID) -> None:
    brand, by, do = who.brand.id, who.staff.username, request.POST.get("do", "")
    if do == "issue":
        key = request.POST.get("key", "")[:100]
        number = request.POST.get("number", "").strip()
        customers.issue_card(customer_id, brand=brand, by=by, number=number, key=f"{customer_id} {key}" if key else "")
        messages.success(request, _("The card is there. Send its page to the customer."))
        return
    mine = {str(card.id): card.id for card in customers.cards_of(brand, customer_id)}
    card_id, reason = mine.get(request.POST.get("card", "")), request.POST.get("reason", "")
    if card_id is None:
        raise NotFound("no such card")
    if do == "freeze":
        customers.freeze_card(card_id, brand=brand, by=by, reason=reason or _("reported lost"))
        messages.success(request, _("Frozen: it identifies nobody and pays nothing."))
    elif do == "unfreeze":
        customers.unfreeze_card(card_id, brand=brand, by=by, reason=reason or _("found again"))
        messages.success(request, _("The card is taken again."))
    elif do == "replace":
        customers.replace_card(card_id, brand=brand, by=by, reason=reason)
        messages.success(request, _("A new card took its place. The old number, codes and page have ended."))
