"""Posting rules 记账规则: what each business event debits and credits, from which day, and what was before."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.books.chart import one_of, template_word
from datong.channels.console.books.common import tabs
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.ledger import api as ledger
from datong.ledger.types import PostingRule, Template


def event_word(event: str) -> str:
    """A business event or account, as a bookkeeper says it."""
    return {**_sale_words(), **_wallet_words(), **_right_words()}.get(event, event)


def _sale_words() -> dict[str, str]:
    return {
        "received.platform": _("Where a platform's money stands"),
        "received.prepaid": _("Where a provider's money stands"),
        "received.counter": _("Where money taken at the counter stands"),
        "received.terminal": _("Where money taken by a card terminal stands"),
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
        "commission.owed": _("Commission: in the books of who owes it"),
        "commission.earned": _("Commission: in the books of who earns it"),
        "advert.owed": _("Advertising: in the books of who owes it"),
        "advert.earned": _("Advertising: in the books of who earns it"),
        "partner.points.owed": _("Partner points: the fee, in the books of who owes it"),
        "partner.points.earned": _("Partner points: the fee, in the books of who earns it"),
        "cash.paid_in": _("Till: change from the bank"),
        "cash.paid_out": _("Till: spent from the drawer"),
    }


def _wallet_words() -> dict[str, str]:
    return {
        "wallet.cash": _("Where cash for stored value stands"),
        "wallet.provider": _("Where other money for stored value stands"),
        "wallet.partner": _("What a card's issuer owes"),
        "wallet.topup": _("Stored value: top-up"),
        "wallet.bonus": _("Stored value: bonus given on top"),
        "wallet.gift": _("Gift card: sold"),
        "wallet.gift.discount": _("Gift card: sold below its value"),
        "wallet.spend": _("Stored value: pays an order"),
        "wallet.tender": _("Mixed payment: cash or another provider pays its part"),
        "wallet.move": _("Stored value: moved to another card"),
        "wallet.payback": _("Stored value: paid back"),
        "wallet.bonus.back": _("Stored value: bonus taken back"),
        "wallet.lapsed": _("Stored value: principal lapsed (breakage)"),
        "wallet.bonus.lapsed": _("Stored value: bonus lapsed"),
        "wallet.short": _("Payment without network: the balance was gone"),
        "wallet.short.collected": _("Shortfall: collected"),
        "wallet.short.written": _("Shortfall: written off"),
    }


def _right_words() -> dict[str, str]:
    return {
        "points.earned": _("Points: earned, at fair value"),
        "points.adjusted": _("Points: given or taken by hand"),
        "points.spent": _("Points: spent, at fair value"),
        "points.lapsed": _("Points: lapsed (breakage)"),
        "points.redeemed": _("Points: pay an order themselves"),
        "points.paid": _("Points: pay their part of an order"),
        "voucher.sold": _("Voucher: sold"),
        "voucher.used": _("Voucher: redeemed, what was paid for it"),
        "voucher.paid": _("Voucher: pays its part of an order"),
        "voucher.alone": _("Voucher: redeemed without an order"),
        "voucher.lapsed": _("Voucher: lapsed (breakage)"),
        "group.paid": _("Group buy: a member pays"),
        "group.complete": _("Group buy: complete, vouchers go out"),
        "coupon.verified": _("Platform coupon: verified"),
        "coupon.given": _("Platform coupon: worth more than the platform owes"),
        "coupon.more": _("Platform coupon: the platform owes more than it is worth"),
        "coupon.alone": _("Platform coupon: used without an order"),
        "coupon.paid": _("Platform coupon: pays its part of an order"),
        "coupon.lapsed": _("Platform coupon: unused rest (breakage)"),
        "packet.given": _("Red packet: given by a customer"),
        "packet.budget": _("Red packet: given by the brand"),
        "packet.taken": _("Red packet: a share is taken"),
        "cards.bought": _("Partner cards: bought out"),
        "cards.sold": _("Partner cards: the partner's part of a sale"),
        "cards.holders": _("Partner cards: what holders may spend, in the partner's books"),
        "cards.price": _("Partner cards: paid by the customer"),
        "cards.sale": _("Partner cards: sold, bought out before"),
        "cards.cost": _("Partner cards: cost of what was sold"),
        "cards.commission": _("Partner cards: our commission"),
        "cards.lost": _("Partner cards: written off"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def rules(request: HttpRequest, who: Who) -> HttpResponse:
    """Every event with what it posts; POST begins the rules of a kind of business."""
    errors: dict[str, str] = {}
    first = ledger.first_day(who.brand.id)
    typed = {"template": ledger.chart_on(who.brand.id).template.value, "valid_from": first.isoformat()}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip() for key in typed}
        try:
            template, day = one_of(Template, "template", typed["template"]), _day(typed["valid_from"])
            changed = ledger.adopt_rules(who.brand.id, template, day, by=who.staff.username)
            text = ngettext("%(n)s event is posted otherwise from %(day)s.",
                            "%(n)s events are posted otherwise from %(day)s.", changed)  # fmt: skip
            messages.success(request, text % {"n": changed, "day": day.isoformat()})
            return redirect("books-rules")
        except BadInput as error:
            errors = {problem.field: problem.fix for problem in error.problems}
    today = ledger.rulebook(who.brand.id)
    listed: dict[str, list[PostingRule]] = {}
    for each in ledger.posting_rules(who.brand.id):
        listed.setdefault(each.event, []).append(each)
    rows = []
    for event, own in listed.items():
        current = today.rule(event, first)
        coming = [r for r in own if r.valid_from > first]
        rows.append({"event": event, "word": event_word(event), "r": current, "own": bool(current.by),
                     "coming": coming, "account": event in ledger.ACCOUNTS})  # fmt: skip
    given = {
        "lead": _("Each event posts two accounts; a change holds from a later day on, what is posted stays."),
        "tabs": tabs("books-rules"),
        "accounts": [row for row in rows if row["account"]],
        "events": [row for row in rows if not row["account"]],
        "templates": [(x.value, template_word(x)) for x in Template],
        "typed": typed,
        "errors": errors,
        "may": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "books/rules", given, status=422 if errors else 200)


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
