"""Deliveries of partners' cards: sold and not, cost and margin; taking one in."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.partnercards.words import deal_word, fault
from datong.channels.console.partners.common import cursor_of, names, seen
from datong.channels.console.rewards.typed import Typed
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound
from datong.kernel.ids import uuid7
from datong.merchants import api as merchants
from datong.merchants.types.cards import CardBatch, CardDeal, CardReport

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """POST takes a delivery in."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = _take_in(request, who)
        except (BadInput, Conflict, NotFound) as error:
            errors = errors_of(error)
        else:
            messages.success(request, _("Taken in: %(n)s cards.") % {"n": number(made.count)})
            return redirect("partner-cards-delivery", made.batch.id)
    mine = seen(who)
    companies = None if mine is None else sorted(mine)
    wanted = request.GET.get("format")
    found = merchants.card_reports(
        who.brand.id, companies=companies, before=cursor_of(request), limit=200 if wanted else PAGE
    )
    firms = names(who)
    if wanted is not None:
        return download(_table(found, firms), wanted, "partner-cards")
    given = {
        "lead": _lead(found),
        "rows": [{"r": r, "firm": firms.get(r.batch.company_id, ""), "deal": deal_word(r.batch.deal)} for r in found],
        "older": f"?after={found[-1].batch.id}" if len(found) == PAGE else "",
        "companies": [(str(id_), name) for id_, name in firms.items() if id_],
        "deals": [(deal.value, deal_word(deal)) for deal in CardDeal],
        "typed": request.POST,
        "errors": errors,
        "key": request.POST.get("key") or str(uuid7()),
        "currency": who.brand.currency,
        "may": who.may(Action.PARTNERS_EDIT),
        "may_sell": who.sees(Action.WALLET_TOP_UP),
    }
    return page(request, who, "partnercards/overview", given, status=422 if errors else 200)


def _lead(found: list[CardReport]) -> str:
    """Stock at cost and margin, by currency."""
    stock: dict[str, list[int]] = {}
    for each in found:
        sums = stock.setdefault(each.batch.currency, [0, 0])
        sums[0] += each.stock_minor
        sums[1] += each.margin_minor
    if not found:
        return _("No cards of partner brands are sold here yet.")
    told = _("%(stock)s lies in unsold cards, %(margin)s was earned.")
    return " ".join(
        told % {"stock": money(s, unit), "margin": money(m, unit)} for unit, (s, m) in sorted(stock.items())
    )


def errors_of(error: DatongError) -> dict[str, str]:
    """Beside the field; codes all stand in one field, and what is of none stands on top."""
    found: dict[str, str] = {}
    for problem in error.problems[:50] or ():
        field = problem.field.split("/")[0]
        text = f"{problem.value}: {problem.fix}" if "/" in problem.field else fault(error)
        found.setdefault(field if field in FIELDS else "all", text if problem.code != "twice" else fault(error))
    return found or {"all": str(error)}


FIELDS = frozenset(
    ("name", "company_id", "deal", "face_minor", "price_minor", "cost_minor", "licence", "expires_at", "refund_days")
    + ("codes", "cards", "method", "store", "proof", "reason", "code")
)


def _take_in(request: HttpRequest, who: Who) -> CardReport:
    typed = Typed(request.POST, who.brand.currency)
    face, price, cost = (typed.amount(name) for name in ("face_minor", "price_minor", "cost_minor"))
    days = typed.whole("refund_days", empty=7)
    typed.check()
    ends = typed.text("expires_at")
    day = parse_date(ends) if ends else None
    if ends and day is None:
        raise BadValue("expires_at", ends[:20], _("a day such as 2031-12-31"))
    batch = CardBatch(
        _id("key", typed.text("key")),
        _id("company_id", typed.text("company_id")),
        typed.text("name"),
        CardDeal(typed.text("deal")) if typed.text("deal") in set(CardDeal) else CardDeal.BUYOUT,
        who.brand.currency,
        face,
        price,
        cost,
        typed.text("licence"),
        timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None,
        days,
    )
    codes = [line for line in request.POST.get("codes", "").splitlines() if line.strip()]
    return merchants.take_in_cards(batch, codes, brand=who.brand.id, by=who.staff.username)


def _id(field: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        fix = _("a company from the list") if field == "company_id" else _("open the page anew")
        raise BadValue(field, text[:40], fix) from None


def _table(found: list[CardReport], firms: dict[UUID | None, str]) -> Table:
    columns = (_("Cards"), _("Company"), _("Deal"), _("Came"), _("Sold"), _("Not sold"), _("Taken"), _("Cost"),
               _("Margin"), _("In stock, at cost"))  # fmt: skip
    table = Table(_("Partners' cards"), columns, numbers=frozenset(range(3, 10)))
    for each in found:
        counts: list[Any] = [Text(str(n)) for n in (each.count, each.gone, each.stock + each.returned)]
        sums = (each.revenue_minor, each.cost_minor, each.margin_minor, each.stock_minor)
        amounts = [Amount(minor, each.batch.currency) for minor in sums]
        firm = firms.get(each.batch.company_id, "")
        table.rows.append(Row((Text(each.batch.name), Text(firm), Text(deal_word(each.batch.deal)), *counts, *amounts)))
    return table
