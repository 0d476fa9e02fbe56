"""A card with a code that is lost or stolen: found, frozen, given free, replaced by a new one with all its money."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from datong.access.types import Action
from datong.channels.console.shell import desk, page, require
from datong.channels.console.wallet.said import fault, kind_word, state_badge
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, Conflict, NotFound, TooManyTries
from datong.wallet import api as wallet
from datong.wallet.types.stored import GiftCard, PurseKind, PurseState


@require_POST
@desk(Action.WALLET_VIEW, write=Action.WALLET_MANAGE)
def find(request: HttpRequest, who: Who) -> HttpResponse:
    """The card of a code that somebody still has; by POST, so that no address keeps it."""
    code = request.POST.get("code", "").strip()
    try:
        [purse] = wallet.find_gifts((code,), brand=who.brand.id, asker=f"staff {who.staff.username}")
    except TooManyTries:
        messages.error(request, _("Too many wrong codes. Wait a few minutes and try again."))
    except (BadInput, Conflict, NotFound) as error:
        messages.error(request, fault(error))
    else:
        return redirect("coded-card", purse.id)
    return redirect("stored-value")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.WALLET_VIEW, write=Action.WALLET_MANAGE)
def card(request: HttpRequest, who: Who, purse_id: UUID) -> HttpResponse:
    """POST freezes, gives free, or replaces; the new code is shown in the answer and nowhere after it."""
    errors: dict[str, str] = {}
    new: GiftCard | None = None
    if request.method == "POST":
        require(who, Action.WALLET_MANAGE)
        try:
            new = _act(request, who, purse_id)
            if new is None:
                return redirect("coded-card", purse_id)
        except (BadInput, Conflict) as error:
            field = error.problems[0].field if error.problems else ""
            errors = {"reason" if field == "reason" else "all": fault(error)}
    purse = wallet.get_purse(who.brand.id, purse_id)
    if purse.kind is PurseKind.PREPAID:
        raise NotFound(_("There is no such card."))
    given: dict[str, Any] = {
        "it": purse,
        "new": new,
        "kind": kind_word(purse.kind),
        "badge": state_badge(purse.state),
        "open": purse.state in (PurseState.ACTIVE, PurseState.FROZEN),
        "active": purse.state is PurseState.ACTIVE,
        "errors": errors,
        "typed": request.POST if errors else {},
        "may": who.may(Action.WALLET_MANAGE),
    }
    answer = page(request, who, "wallet/coded", given, status=422 if errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _act(request: HttpRequest, who: Who, purse_id: UUID) -> GiftCard | None:
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    by = {"brand": who.brand.id, "by": who.staff.username, "reason": reason}
    if wallet.get_purse(who.brand.id, purse_id).kind is PurseKind.PREPAID:
        raise NotFound(_("There is no such card."))
    if do == "replace":
        return wallet.replace_gift(purse_id, **by)  # type: ignore[arg-type]
    if do == "freeze":
        wallet.freeze_purse(purse_id, **by)  # type: ignore[arg-type]
        messages.success(request, _("Frozen: nothing is paid from it."))
    else:
        wallet.unfreeze_purse(purse_id, **by)  # type: ignore[arg-type]
        messages.success(request, _("It pays again."))
    return None
