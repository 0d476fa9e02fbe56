"""What is given on top of a top-up: rules as data, and what an amount would get here and now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand.api import list_channels, list_stores
from datong.channels.console.moments import moment_text
from datong.channels.console.rewards.typed import Typed, errors_of, listed
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.templatetags.design import money
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.wallet import api as wallet
from datong.wallet.types.stored import BonusRule


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.WALLET_VIEW, write=Action.MONEY_EDIT)
def bonus(request: HttpRequest, who: Who) -> HttpResponse:
    """POST adds or changes a rule, or takes one away (`drop`); GET with an amount tells what it would get."""
    currency, errors = who.brand.currency, {}
    if request.method == "POST":
        require(who, Action.MONEY_EDIT)
        try:
            messages.success(request, _change(request, who))
            return redirect("top-up-bonus")
        except BadInput as error:
            errors = errors_of(error)
    rules = wallet.stored_policy(who.brand.id, currency).bonus
    given = {
        "rules": [_said(rule, currency) for rule in rules],
        "lead": _("Of the rules that hold for a top-up, the one that gives most counts.")
        if rules
        else _("Nothing is given on top of a top-up."),
        "typed": request.POST if errors else {},
        "errors": errors,
        "asked": request.GET,
        "preview": _preview(request, who),
        "stores": [("", _("No store")), *((store.code, store.name) for store in list_stores(who.brand.id)[:200])],
        "doors": [("", _("No channel")), *((door.code, door.name) for door in list_channels(who.brand.id)[:200])],
        "may": who.may(Action.MONEY_EDIT),
        "currency": currency,
    }
    return page(request, who, "wallet/bonus", given, status=422 if errors else 200)


def _change(request: HttpRequest, who: Who) -> str:
    brand, currency, by = who.brand.id, who.brand.currency, who.staff.username
    if gone := request.POST.get("drop", ""):
        wallet.drop_bonus_rule(currency, gone, brand=brand, by=by)
        return _("The rule is gone. What was given stays.")
    typed = Typed(request.POST, currency)
    rule = BonusRule(
        code=typed.text("code").lower(),
        from_minor=typed.amount("from_minor"),
        bonus_minor=typed.amount("bonus_minor", empty=0),
        percent=typed.whole("percent", empty=0),
        max_minor=typed.amount("max_minor") if typed.text("max_minor") else None,
        starts_at=typed.moment("starts_at"),
        ends_at=typed.moment("ends_at"),
        stores=typed.codes("stores"),
        channels=typed.codes("channels"),
    )
    typed.check()
    wallet.put_bonus_rule(currency, rule, brand=brand, by=by)
    return _("The rule is kept. Top-ups follow it from now on.")


def _preview(request: HttpRequest, who: Who) -> dict[str, str]:
    """What the amount in the address would get; nothing without one."""
    typed = Typed(request.GET, who.brand.currency)
    if not typed.text("amount"):
        return {}
    amount = typed.amount("amount")
    if typed.problems or not amount:
        return {"error": _("An amount such as 12.50.")}
    store, channel = typed.text("store"), typed.text("channel")
    given, rule = wallet.preview_bonus(who.brand.id, who.brand.currency, amount, store=store, channel=channel)
    if rule is None:
        return {"said": _("No rule holds: nothing is given on top.")}
    shown = {"bonus": money(given, who.brand.currency), "total": money(amount + given, who.brand.currency)}
    return {"said": _("%(bonus)s on top, %(total)s altogether, by the rule %(code)s.") % {**shown, "code": rule.code}}


def _said(rule: BonusRule, currency: str) -> dict[str, Any]:
    now = clock.now()
    if rule.ends_at and rule.ends_at <= now:
        badge = (_("over"), "neutral")
    elif rule.starts_at and rule.starts_at > now:
        badge = (_("to come"), "waiting")
    else:
        badge = (_("in force"), "good")
    places = " · ".join(listed(codes) for codes in (rule.stores, rule.channels) if codes)
    since, until = moment_text(rule.starts_at), moment_text(rule.ends_at)
    when = f"{since} – {until}" if since or until else ""
    return {"r": rule, "badge": badge, "places": places, "when": when}
