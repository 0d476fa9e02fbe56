"""A points programme: what points are worth, how they are earned, the tiers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from datong.access.types import Action
from datong.channels.console.moments import moment_text
from datong.channels.console.rewards import words
from datong.channels.console.rewards.typed import Typed, errors_of, listed, plain
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue
from datong.wallet import api as wallet
from datong.wallet.types import Basis, EarningRule, Programme, RuleKind, Tier


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    return _form(request, who, wallet.new_programme("", ""), fresh=True)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_EDIT)
def programme(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    return _form(request, who, wallet.programme(who.brand.id, code), fresh=False)


def _form(request: HttpRequest, who: Who, found: Programme, *, fresh: bool) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.REWARDS_EDIT)
        typed = Typed(request.POST, who.brand.currency)
        try:
            wanted = replace(
                found,
                code=typed.text("code").lower() if fresh else found.code,
                name=typed.text("name"),
                burn_points=typed.whole("burn_points", least=1),
                burn_minor=typed.amount("burn_minor"),
                fair_points=typed.whole("burn_points", least=1),
                fair_minor=typed.amount("fair_minor"),
                pending_days=typed.whole("pending_days", empty=0),
                life_days=typed.maybe("life_days"),
                grace_days=typed.whole("grace_days", empty=0),
                max_owed=typed.maybe("max_owed"),
                pay_least=typed.whole("pay_least", empty=1, least=1),
                pay_most=typed.maybe("pay_most"),
                pay_percent=typed.whole("pay_percent", empty=100, least=1),
                active=fresh or "active" in request.POST,
            )
            typed.check()
            wallet.put_programme(who.brand.id, wanted, by=who.staff.username, fresh=fresh)
            messages.success(request, _("%(name)s is kept.") % {"name": wanted.name})
            return redirect("rewards-programme", code=wanted.code)
        except BadInput as error:
            errors = errors_of(error)
    return _page(request, who, found, errors, fresh=fresh)


@require_POST
@desk(Action.REWARDS_EDIT)
def rules(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """Add a rule, change the one of this code, or take one away."""
    found = wallet.programme(who.brand.id, code)
    standing = {rule.code: rule for rule in wallet.earning_rules(who.brand.id, found.id)}
    if gone := request.POST.get("drop", ""):
        standing.pop(gone, None)
    else:
        typed = Typed(request.POST, who.brand.currency)
        try:
            rule = _rule(typed)
            typed.check()
            standing[rule.code] = rule
            wallet.put_earning_rules(who.brand.id, code, list(standing.values()), by=who.staff.username)
        except BadInput as error:
            return _page(request, who, found, {f"rule_{k}": fix for k, fix in errors_of(error).items()})
        messages.success(request, _("The rule is kept. Orders earn by it from now on."))
        return redirect("rewards-programme", code=code)
    wallet.put_earning_rules(who.brand.id, code, list(standing.values()), by=who.staff.username)
    messages.success(request, _("The rule is gone. What was earned stays."))
    return redirect("rewards-programme", code=code)


def _rule(typed: Typed) -> EarningRule:
    kind = next((kind for kind in RuleKind if kind == typed.text("kind")), RuleKind.MONEY)
    return EarningRule(
        code=typed.text("code").lower(),
        kind=kind,
        points=typed.whole("points", empty=1),
        per_minor=typed.amount("per_minor", empty=100) or 1,
        percent=typed.whole("percent", empty=100),
        event=typed.text("event"),
        skus=typed.codes("skus"),
        categories=typed.codes("categories"),
        channels=typed.codes("channels"),
        stores=typed.codes("stores"),
        tiers=typed.codes("tiers"),
        min_minor=typed.amount("min_minor", empty=0),
        starts_at=typed.moment("starts_at"),
        ends_at=typed.moment("ends_at"),
        campaign=typed.text("campaign"),
    )


@require_POST
@desk(Action.REWARDS_EDIT)
def tiers(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """Add a tier, change the one of this code, take one away, or change how long tiers are kept."""
    found = wallet.programme(who.brand.id, code)
    plan = wallet.tier_plan(who.brand.id, found.id)
    typed = Typed(request.POST, who.brand.currency)
    try:
        if gone := request.POST.get("drop", ""):
            wanted = replace(plan, tiers=tuple(tier for tier in plan.tiers if tier.code != gone))
        elif "period_days" in request.POST:
            basis = Basis.POINTS if typed.text("basis") == Basis.POINTS else Basis.SPEND
            days = typed.whole("period_days", least=1), typed.whole("keep_days", empty=0)
            wanted = replace(plan, basis=basis, period_days=days[0], keep_days=days[1])
        else:
            tier = _tier(typed, plan.basis)
            kept = [each for each in plan.tiers if each.code != tier.code]
            wanted = replace(plan, tiers=tuple(sorted([*kept, tier], key=lambda each: each.threshold)))
        typed.check()
        wallet.put_tier_plan(who.brand.id, code, wanted, by=who.staff.username)
    except BadInput as error:
        return _page(request, who, found, {f"tier_{k}": fix for k, fix in errors_of(error).items()})
    messages.success(request, _("The tiers are kept. Everybody's tier follows within minutes."))
    return redirect("rewards-programme", code=code)


def _tier(typed: Typed, basis: Basis) -> Tier:
    threshold = typed.amount("threshold") if basis is Basis.SPEND else typed.whole("threshold", least=1)
    perks = tuple(line.strip() for line in typed.text("perks").splitlines() if line.strip())
    if not typed.text("name"):
        raise BadValue("name", "", _("A name for people."))
    return Tier(
        typed.text("code").lower(),
        typed.text("name"),
        threshold,
        typed.whole("points_percent", empty=100),
        perks,
        free_delivery=bool(typed.text("free_delivery")),
    )


def _page(
    request: HttpRequest, who: Who, found: Programme, errors: dict[str, str], *, fresh: bool = False
) -> HttpResponse:
    currency = who.brand.currency
    plan = wallet.tier_plan(who.brand.id, found.id)
    people = wallet.count_tiers(who.brand.id, found.id)
    typed: Any = {
        "code": found.code, "name": found.name, "burn_points": found.burn_points,
        "burn_minor": plain(found.burn_minor, currency), "fair_minor": plain(found.fair_minor, currency),
        "pending_days": found.pending_days, "life_days": found.life_days, "grace_days": found.grace_days,
        "max_owed": found.max_owed, "pay_least": found.pay_least, "pay_most": found.pay_most,
        "pay_percent": found.pay_percent,
    }  # fmt: skip
    mine = request.POST if errors else {}
    given = {
        "p": found,
        "fresh": fresh,
        "title": _("New points programme") if fresh else found.name,
        "typed": mine if errors and not any(key.startswith(("rule_", "tier_")) for key in errors) else typed,
        "rule": mine if any(key.startswith("rule_") for key in errors) else {},
        "tier": mine if any(key.startswith("tier_") for key in errors) else {},
        "errors": errors,
        "rules": [] if fresh else [_said(rule, currency) for rule in wallet.earning_rules(who.brand.id, found.id)],
        "kinds": [(kind.value, words.RULE[kind]) for kind in RuleKind],
        "plan": plan,
        "by_spend": plan.basis is Basis.SPEND,
        "bases": [(basis.value, words.BASIS[basis]) for basis in Basis],
        "tiers": [(tier, people.get(tier.code, 0)) for tier in plan.tiers],
        "may": who.may(Action.REWARDS_EDIT),
        "currency": currency,
    }
    return page(request, who, "rewards/programme", given, status=422 if errors else 200)


def _said(rule: EarningRule, currency: str) -> dict[str, Any]:
    where = (rule.skus, rule.categories, rule.channels, rule.stores, rule.tiers)
    return {
        "r": rule,
        "kind": words.RULE[rule.kind],
        "narrow": " · ".join(listed(codes) for codes in where if codes),
        "per": plain(rule.per_minor, currency),
        "until": moment_text(rule.ends_at),
    }
