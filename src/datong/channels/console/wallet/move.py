"""Money moved from one purse to another: who from, who to, how much and why; shown once more before it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.rewards.typed import plain
from datong.channels.console.shell import desk, page
from datong.channels.console.wallet.said import fault, kind_word, state_badge
from datong.channels.console.who import Who
from datong.channels.templatetags.design import money
from datong.customers import api as customers
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound, TooManyTries
from datong.kernel.ids import uuid7
from datong.kernel.money import minor_of
from datong.wallet import api as wallet
from datong.wallet.types.stored import Purse, PurseKind, PurseState

FIELDS = {"from_id": "from", "to_id": "to", "amount_minor": "amount", "purse_id": "from", "reason": "reason"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.WALLET_MANAGE)
def move(request: HttpRequest, who: Who) -> HttpResponse:
    """`do=look` finds both purses and shows what would be; `do=move` moves it, once for the form's key."""
    errors: dict[str, str] = {}
    look: dict[str, Any] = {}
    if request.method == "POST":
        try:
            if request.POST.get("do") == "move":
                return _move(request, who)
            look = _look(request, who)
        except (BadInput, Conflict, NotFound, TooManyTries) as error:
            errors = _errors(error)
    given = {
        "look": look,
        "sides": [look["giver"], look["taker"]] if look else [],
        "typed": request.POST if request.method == "POST" else {"from": request.GET.get("from", "")[:60]},
        "errors": errors,
        "key": request.POST.get("key") or uuid7().hex,
        "currency": who.brand.currency,
    }
    return page(request, who, "wallet/transfer", given, status=422 if errors else 200)


def _look(request: HttpRequest, who: Who) -> dict[str, Any]:
    typed = request.POST
    giver = _found(typed.get("from", ""), "from", who, "")
    taker = _found(typed.get("to", ""), "to", who, giver.currency)
    amount = minor_of(typed.get("amount", "").strip().replace(",", "") or "?", giver.currency, field="amount")
    if amount <= 0:
        raise BadValue("amount", amount, _("an amount above 0"))
    if not typed.get("reason", "").strip():
        raise BadValue("reason", "", _("a few words on why"))
    free = max(0, giver.principal_minor - giver.held_minor)
    if amount > free:
        raise BadValue("amount", amount, _("at most %(sum)s") % {"sum": money(free, giver.currency)})
    return {
        "giver": _told(giver, who, -amount),
        "taker": _told(taker, who, amount),
        "sum": money(amount, giver.currency),
        "amount": plain(amount, giver.currency),
    }


def _told(purse: Purse, who: Who, change: int) -> dict[str, Any]:
    owner = customers.customers_by_id(who.brand.id, [purse.customer_id]) if purse.customer_id else {}
    person = owner.get(purse.customer_id) if purse.customer_id else None
    name = (person.name if person else "") or (f"…{purse.code_end}" if purse.code_end else _("nameless"))
    return {
        "it": purse,
        "name": name,
        "kind": kind_word(purse.kind),
        "badge": state_badge(purse.state),
        "before": money(purse.available_minor, purse.currency),
        "after": money(purse.available_minor + change, purse.currency),
    }


def _found(text: str, field: str, who: Who, currency: str) -> Purse:
    """The purse that is meant: by its own id, the code of a gift card, or the number of a member's card."""
    brand, asker = who.brand.id, f"staff {who.staff.username}"
    said = text.strip()
    try:
        if not said:
            raise BadValue(field, "", _("a card's code or a member's number"))
        if len(said) == 36:
            return wallet.get_purse(brand, _uuid(said, field))
        if sum(char.isalpha() for char in said) and ":" not in said:
            return wallet.find_gifts((said,), brand=brand, asker=asker)[0]
        member = customers.scan(said, brand=brand, asker=asker)
    except BadValue as error:
        raise BadValue(field, said[:40], fault(error)) from None
    except (NotFound, Conflict) as error:
        raise BadValue(field, said[:40], fault(error)) from None
    mine = [
        purse
        for purse in wallet.purses_of(brand, member.customer_id)
        if purse.kind is PurseKind.PREPAID and purse.state is PurseState.ACTIVE and currency in ("", purse.currency)
    ]
    if not mine:
        raise BadValue(field, said[:40], _("somebody with a purse: open one on the customer's page"))
    return mine[0]


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue(field, text[:40], _("a card's code or a member's number")) from None


def _move(request: HttpRequest, who: Who) -> HttpResponse:
    typed, brand = request.POST, who.brand.id
    giver = wallet.get_purse(brand, _uuid(typed.get("from", ""), "from"))
    amount = minor_of(typed.get("amount", ""), giver.currency, field="amount")
    ends = wallet.transfer(
        giver.id,
        _uuid(typed.get("to", ""), "to"),
        amount,
        brand=brand,
        by=who.staff.username,
        key=f"{who.staff.username} {typed.get('key', '')[:60]}",
        reason=typed.get("reason", ""),
    )
    left = money(ends[0].available_minor, giver.currency)
    said = _("%(sum)s was moved. %(left)s is left on the first card.")
    messages.success(request, said % {"sum": money(amount, giver.currency), "left": left})
    return redirect("purse-transfer")


def _errors(error: DatongError) -> dict[str, str]:
    if isinstance(error, TooManyTries):
        return {"all": _("Too many wrong codes. Wait a few minutes and try again.")}
    field = error.problems[0].field if error.problems else ""
    name = FIELDS.get(field, field)
    known = name in ("from", "to", "amount", "reason")
    # What `_found` and `_look` say is already in the reader's words.
    own = isinstance(error, BadValue) and field in ("from", "to", "amount", "reason")
    return {name if known else "all": error.problems[0].fix if own else fault(error)}
