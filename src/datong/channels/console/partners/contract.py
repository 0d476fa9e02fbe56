"""Partners 合作方 and their contracts 合同: what is in force, what was, and asking for another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.partners.common import partner_of, period_word, seen, tabs, use_word
from datong.channels.console.rewards.typed import Typed
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.kernel.money import Money, minor_of
from datong.merchants import api as merchants
from datong.merchants.types import Commission, Contract, Period, Terms, Use


@require_safe
@desk(Action.PARTNERS_VIEW)
def partners(request: HttpRequest, who: Who) -> HttpResponse:
    """Every partner with what is open between it and the brand."""
    mine = seen(who)
    found = [p for p in merchants.partners(who.brand.id) if mine is None or p.company_id in mine]
    open_: dict[UUID, list[tuple[int, str]]] = {}
    for company, _counter, currency, _n, _day, owes, gets in merchants.open_sums(who.brand.id):
        open_.setdefault(company, []).append((gets - owes, currency))
    rows = [
        {
            "p": p,
            "accepts": [use_word(use) for use in Use if p.now and use in p.now.terms.accepts],
            "period": period_word(p.now.terms.period) if p.now else "",
            "open": [(_owed(net), money(abs(net), currency)) for net, currency in open_.get(p.company_id, []) if net],
        }
        for p in found
    ]
    count = sum(1 for p in found if p.now)
    lead = ngettext("%(n)s partner has a contract.", "%(n)s partners have a contract.", count) % {"n": number(count)}
    return page(
        request,
        who,
        "partners/partners",
        {"lead": lead, "rows": rows, "may": who.may(Action.REGIONS_EDIT), "tabs": tabs("partners")},
    )


def _owed(net_minor: int) -> str:
    return _("gets") if net_minor > 0 else _("pays")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def partner(request: HttpRequest, who: Who, company_id: UUID) -> HttpResponse:
    """POST asks for another version; another person agrees under Approvals."""
    found = partner_of(who, company_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _ask(request, who, company_id)
            messages.success(request, _("Asked: another person decides, under Approvals."))
            return redirect("partner", company_id=company_id)
        except (BadInput, Conflict) as error:
            errors = {problem.field.split("/")[0]: problem.fix for problem in error.problems} or {"": str(error)}
    held = merchants.contracts(who.brand.id, [company_id]).get(company_id, [])
    given = {
        "p": found,
        "lead": _lead(found.now),
        "now": _said(found.now) if found.now else [],
        "history": [{"c": c, "terms": _said(c), "current": c == found.now, "coming": c == found.next} for c in held],
        "typed": request.POST if errors else _typed(found.next or found.now, merchants.today(who.brand.id), who),
        "uses": [(use.value, use_word(use), _checked(request, errors, found.now, use)) for use in Use],
        "periods": [(period.value, period_word(period)) for period in Period],
        "errors": errors,
        "may": who.may(Action.PARTNERS_EDIT),
        "currency": who.brand.currency,
    }
    return page(request, who, "partners/partner", given, status=422 if errors else 200)


def _lead(contract: Contract | None) -> str:
    if contract is None:
        return _("No contract is in force: points are not settled, stored value is cleared as it stands.")
    facts = {"day": contract.valid_from.isoformat(), "period": period_word(contract.terms.period)}
    return _("In force since %(day)s; settled %(period)s.") % facts


def _checked(request: HttpRequest, errors: dict[str, str], contract: Contract | None, use: Use) -> bool:
    if errors:
        return use.value in request.POST.getlist("accepts")
    return contract is None or use in contract.terms.accepts


def _said(contract: Contract) -> list[tuple[str, str]]:
    """The terms in words, line by line."""
    terms = contract.terms
    rates = _("%(points)s points = %(money)s")
    lines = [(use_word(use), _("yes") if use in terms.accepts else _("no")) for use in Use]
    lines.append((_("Pays for points given"), rates % {"points": number(terms.earn_points),
                  "money": money(terms.earn_minor, terms.currency)}))  # fmt: skip
    lines.append((_("Gets for points taken"), rates % {"points": number(terms.burn_points),
                  "money": money(terms.burn_minor, terms.currency)}))  # fmt: skip
    for line in terms.commission:
        floor = _("at least")
        least = f", {floor} {money(line.least_minor, terms.currency)}" if line.least_minor else ""
        name = _("Commission: %(category)s") % {"category": line.category or _("everything else")}
        lines.append((name, f"{line.rate_bp / 100:g} %{least}"))
    if terms.fixed_minor:
        lines.append((_("Commission for each order"), money(terms.fixed_minor, terms.currency)))
    lines.append((_("Settled"), period_word(terms.period)))
    lines.append((_("Bank"), terms.bank))
    return lines


def _typed(contract: Contract | None, today: date, who: Who) -> dict[str, Any]:
    terms = contract.terms if contract else Terms(who.brand.currency)
    first = today + timedelta(days=1) if contract else today

    def decimal(minor: int) -> str:
        return str(Money(minor, terms.currency).decimal)

    lines = [f"{c.category or '*'} {c.rate_bp / 100:g} {decimal(c.least_minor)}" for c in terms.commission]
    return {
        "valid_from": first.isoformat(),
        "earn_points": terms.earn_points,
        "earn_minor": decimal(terms.earn_minor),
        "burn_points": terms.burn_points,
        "burn_minor": decimal(terms.burn_minor),
        "fixed_minor": decimal(terms.fixed_minor),
        "commission": "\n".join(lines),
        "period": terms.period.value,
        "bank": terms.bank,
    }


def _ask(request: HttpRequest, who: Who, company_id: UUID) -> None:
    typed, currency = Typed(request.POST, who.brand.currency), who.brand.currency
    terms = Terms(
        currency=currency,
        accepts=frozenset(Use(use) for use in request.POST.getlist("accepts") if use in set(Use)),
        earn_points=typed.whole("earn_points", least=1),
        earn_minor=typed.amount("earn_minor"),
        burn_points=typed.whole("burn_points", least=1),
        burn_minor=typed.amount("burn_minor"),
        commission=tuple(_commission(request.POST.get("commission", ""), currency)),
        fixed_minor=typed.amount("fixed_minor", empty=0),
        period=Period(typed.text("period")) if typed.text("period") in set(Period) else Period.MONTH,
        bank=typed.text("bank"),
    )
    if typed.problems:
        raise BadInput("the contract cannot be read", *typed.problems)
    merchants.ask_contract(
        company_id, _day(typed.text("valid_from")), terms, brand=who.brand.id, by=who.staff,
        reason=typed.text("reason"),
    )  # fmt: skip


def _commission(text: str, currency: str) -> list[Commission]:
    """A line a category: its code (* is everything else), per cent, and perhaps the least fee."""
    found = []
    for line in text.splitlines()[:100]:
        parts = line.replace("%", " ").split()
        if not parts:
            continue
        try:
            rate = round(float(parts[1]) * 100)
            least = minor_of(parts[2], currency) if len(parts) > 2 else 0
            if not 0 <= rate <= 10_000 or least < 0 or len(parts) > 3:
                raise ValueError
        except (IndexError, ValueError, OverflowError, BadInput):
            fix = _("a line such as: tea 8 1.00 (category, per cent, least fee)")
            raise BadValue("commission", line[:80], fix) from None
        found.append(Commission("" if parts[0] == "*" else parts[0], rate, least))
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("valid_from", text, _("a day such as 2026-11-22")) from None
