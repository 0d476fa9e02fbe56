"""Posting rules 记账规则: what each business event debits and credits, from which day, and what was before."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.books.common import tabs
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.ledger import api as ledger
from datong.ledger.types import PostingRule


def event_word(event: str) -> str:
    """A business event or account, as a bookkeeper says it."""
    said = {
        "received.platform": _("Where a platform's money stands"),
        "received.prepaid": _("Where a provider's money stands"),
        "received.counter": _("Where money taken at the counter stands"),
        "receivable": _("What customers still have to pay"),
        "refunds": _("What is owed back to customers"),
        "bank": _("The bank"),
        "sale.payment": _("Sale: paid"),
        "sale.open": _("Sale: still to be paid"),
        "sale.subsidy": _("Sale: the brand's own subsidy"),
        "sale.goods": _("Sale: goods handed over"),
        "sale.goods.owed": _("Sale: goods still to be handed over"),
        "sale.packaging": _("Sale: packaging, handed over"),
        "sale.packaging.owed": _("Sale: packaging, still to be handed over"),
        "sale.delivery": _("Sale: delivery, done"),
        "sale.delivery.owed": _("Sale: delivery, still to be done"),
        "sale.tax": _("Sale: tax"),
        "sale.discount": _("Sale: discount split from the price"),
        "sale.commission": _("Sale: the platform's commission"),
        "sale.difference": _("Sale: amounts that do not explain themselves"),
        "refund.goods": _("Refund: of goods handed over"),
        "refund.tax": _("Refund: tax"),
        "refund.paid": _("Refund: paid out"),
        "provider.fee": _("Statement: the provider's fee"),
        "royalty.owed": _("Royalty: in the franchisee's books"),
        "royalty.earned": _("Royalty: in the brand's books"),
        "cash.short": _("Day close: cash missing"),
        "cash.over": _("Day close: cash over"),
        "cash.deposit": _("Day close: cash taken to the bank"),
    }
    return said.get(event, event)


@require_safe
@desk(Action.MONEY_VIEW)
def rules(request: HttpRequest, who: Who) -> HttpResponse:
    today = ledger.rulebook(who.brand.id)
    listed: dict[str, list[PostingRule]] = {}
    for each in ledger.posting_rules(who.brand.id):
        listed.setdefault(each.event, []).append(each)
    now = ledger.first_day(who.brand.id)
    rows = []
    for event, own in listed.items():
        current = today.rule(event, now)
        coming = [r for r in own if r.valid_from > now]
        rows.append({"event": event, "word": event_word(event), "r": current, "own": bool(current.by),
                     "coming": coming, "account": event in ledger.ACCOUNTS})  # fmt: skip
    given = {
        "lead": _("Each event posts two accounts; a change holds from a later day on, what is posted stays."),
        "tabs": tabs("books-rules"),
        "accounts": [row for row in rows if row["account"]],
        "events": [row for row in rows if not row["account"]],
    }
    return page(request, who, "books/rules", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def rule(request: HttpRequest, who: Who, event: str) -> HttpResponse:
    history = [r for r in ledger.posting_rules(who.brand.id) if r.event == event]
    if not history:
        raise NotFound(_("There is no such event."))
    first = ledger.first_day(who.brand.id)
    typed = {"debit": history[0].debit, "credit": history[0].credit, "valid_from": first.isoformat(), "reason": ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip() for key in typed}
        try:
            wanted = PostingRule(event, typed["debit"], typed["credit"], _day(typed["valid_from"]))
            ledger.put_rule(who.brand.id, wanted, by=who.staff.username, reason=typed["reason"])
            said = _("The rule holds from %(day)s.") % {"day": wanted.valid_from.isoformat()}
            messages.success(request, said)
            return redirect("books-rules")
        except BadInput as error:
            errors = {problem.field: problem.fix for problem in error.problems}
    given = {
        "title": event_word(event),
        "event": event,
        "account": event in ledger.ACCOUNTS,
        "usual": ledger.OPTIONAL.get(event),
        "history": history,
        "typed": typed,
        "errors": errors,
        "may": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "books/rule", given, status=422 if errors else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("valid_from", text[:40], _("a day such as 2026-11-22")) from None
