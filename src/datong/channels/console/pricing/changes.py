"""Changing many prices: choose and reckon, look, ask, decide, undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import ChangeLine, ChangeState, Flag, Formula, PriceChange, Rounding, Wanted
from datong.channels.console.export import line
from datong.channels.console.pricing import words
from datong.channels.console.pricing.forms import Reader, errors_of, read_prices
from datong.channels.console.pricing.prices import tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict, NotAllowed
from datong.kernel.money import Money

LINES = 100


@require_safe
@desk(Action.CATALOG_VIEW)
def changes(request: HttpRequest, who: Who) -> HttpResponse:
    found, after = catalog.list_changes(who.brand.id, cursor=request.GET.get("after", ""))
    waiting = sum(change.state is ChangeState.WAITING for change in found)
    lead = ngettext("%(n)s change waits for approval.", "%(n)s changes wait for approval.", waiting)
    given = {
        "tabs": tabs("price-changes"),
        "lead": lead % {"n": number(waiting)},
        "rows": [_row(who, change) for change in found],
        "after": after,
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "pricing/changes", given)


def _row(who: Who, change: PriceChange) -> dict[str, Any]:
    return {
        "change": change,
        "what": _what(change),
        "list": _("several lists") if change.wanted.several else change.wanted.price_list or _("the brand's list"),
        "state": words.STATE[change.state],
        "status": words.STATUS[change.state],
        "later": change.begins is not None and change.begins > clock.now(),
    }


def _what(change: PriceChange) -> str:
    wanted = change.wanted
    if wanted.formula is Formula.GIVEN:
        if change.undoes:
            return _("Back to the prices before")
        if change.count == 1 and wanted.skus:
            return _("New price of %(sku)s") % {"sku": wanted.skus[0]}
        return _("Prices as given")
    how: dict[Formula, Any] = {
        Formula.PERCENT: f"{words.percent(wanted.value)} %"
        if wanted.value < 0
        else f"+{words.percent(wanted.value)} %",
        Formula.AMOUNT: f"{Money(wanted.value, change.currency).decimal:+}",
        Formula.SET: _("new prices"),
        Formula.MATCH: words.FORMULA[Formula.MATCH],
    }
    where = wanted.category or wanted.search or (_("everything") if wanted.everything else _("chosen products"))
    return f"{how[wanted.formula]} · {where}"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    require(who, Action.CATALOG_EDIT)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            wanted, reason = _read(request, who)
            change = catalog.preview_change(who.brand.id, wanted, by=who.staff.username, reason=reason)
            return redirect("price-change", change_id=change.id)
        except BadInput as error:
            errors = errors_of(error)
    lists = catalog.list_rules(who.brand.id).lists
    given = {
        "typed": request.POST,
        "errors": errors,
        "lists": [("", _("The brand's list")), *((code, code) for code in sorted(lists) if code)],
        "categories": [
            ("", _("All categories")),
            *((n, f"{n} ({c})") for n, c in catalog.item_categories(who.brand.id)),
        ],
        "formulas": [(f.value, words.FORMULA[f]) for f in Formula if f is not Formula.GIVEN],
        "roundings": [(r.value, words.ROUNDING[r]) for r in Rounding],
        "currency": who.brand.currency,
        "crumbs": [(_("Changes"), reverse("price-changes"))],
    }
    return page(request, who, "pricing/change_new", given, status=422 if errors else 200)


def _read(request: HttpRequest, who: Who) -> tuple[Wanted, str]:
    form = Reader(request.POST, who.brand.currency)
    formula = Formula(form.text("formula")) if form.text("formula") in set(Formula) else Formula.PERCENT
    rounding = Rounding(form.text("rounding")) if form.text("rounding") in set(Rounding) else Rounding.NONE
    own: dict[str, int] = {}
    if uploaded := request.FILES.get("file"):
        own, problems = read_prices(uploaded.read(), who.brand.currency)
        form.problems += problems
        formula = Formula.SET
    value = 0
    if formula is Formula.PERCENT:
        value = form.bps("value")
    elif formula is Formula.AMOUNT or (formula is Formula.SET and not own):
        value = form.amount("value")
    wanted = Wanted(
        price_list=form.text("list"),
        formula=formula,
        value=value,
        rounding=rounding,
        category=form.text("category"),
        search=form.text("search"),
        skus=form.names("skus"),
        everything="everything" in request.POST,
        own=own,
        begins=form.moment("begins"),
        ends=form.moment("ends"),
    )
    form.done()
    return wanted, form.text("reason")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW)
def change(request: HttpRequest, who: Who, change_id: UUID) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _act(request, who, change_id)
        except (Conflict, NotAllowed) as error:
            errors = {"": str(error)}
        except BadInput as error:
            errors = errors_of(error)
    found = catalog.get_change(who.brand.id, change_id)
    flag = request.GET.get("flag", "")
    flag = flag if flag in set(Flag) else ""
    after = request.GET.get("after", "")
    lines = catalog.change_lines(
        who.brand.id, change_id, after=int(after) if after.isdecimal() else 0, flag=flag, limit=LINES + 1
    )
    given = {
        **_row(who, found),
        "errors": errors,
        "typed": request.POST,
        "lines": [_line(one) for one in lines[:LINES]],
        "after": lines[LINES - 1].number if len(lines) > LINES else "",
        "flag": flag,
        "own_lists": found.wanted.formula is Formula.GIVEN,
        "flags": [(f.value, words.FLAG[f]) for f in words.FLAG],
        "acts": _acts(who, found),
        "crumbs": [(_("Changes"), reverse("price-changes"))],
    }
    return page(request, who, "pricing/change", given, status=422 if errors else 200)


def _line(one: ChangeLine) -> dict[str, Any]:
    margins = (one.margin_before_bps, one.margin_after_bps)
    before, after = ("" if bps is None else f"{words.percent(bps)} %" for bps in margins)
    flags = [(f.value, words.FLAG.get(f, f)) for f in one.flags]
    return {"line": one, "flags": flags, "before_percent": before, "after_percent": after}


def _acts(who: Who, change: PriceChange) -> set[str]:
    """What this person may do now."""
    acts = set()
    edits = who.may(Action.CATALOG_EDIT)
    if change.state is ChangeState.DRAFT and edits and change.count:
        acts.add("submit")
    if change.state is ChangeState.DONE and edits:
        acts.add("undo")
    if change.state is ChangeState.WAITING and change.approval_id:
        asked = access.approval(who.brand.id, change.approval_id)
        mine = who.staff.user_id in (asked.asked_by_id, asked.held_by_id)
        if mine:
            acts.add("withdraw")
        elif who.may(Action.APPROVALS_DECIDE):
            acts.add("decide")
    return acts


def _act(request: HttpRequest, who: Who, change_id: UUID) -> HttpResponse:
    act, reason = request.POST.get("do", ""), request.POST.get("reason", "").strip()
    brand = who.brand.id
    if act == "submit":
        found = catalog.submit_change(brand, change_id, by=who.staff, reason=reason)
        done = found.state is ChangeState.DONE
        messages.success(request, _("The prices are changed.") if done else _("Asked for. Another person decides it."))
    elif act in ("approve", "refuse"):
        catalog.decide_change(brand, change_id, by=who.staff, approve=act == "approve", note=reason)
        messages.success(
            request, _("Approved. The prices hold from their date on.") if act == "approve" else _("Refused.")
        )
    elif act == "withdraw":
        found = catalog.get_change(brand, change_id)
        if found.approval_id:
            access.withdraw(found.approval_id, brand=brand, by=who.staff)
        messages.success(request, _("Taken back."))
    elif act == "undo":
        require(who, Action.CATALOG_EDIT)
        undoing = catalog.undo_change(brand, change_id, by=who.staff, reason=reason or _("Undone"))
        done = undoing.state is ChangeState.DONE
        messages.success(
            request, _("What held before holds again.") if done else _("Asked for. Another person decides it.")
        )
        return redirect("price-change", change_id=undoing.id)
    return redirect("price-change", change_id=change_id)


@require_GET
@desk(Action.CATALOG_VIEW)
def export(request: HttpRequest, who: Who, change_id: UUID) -> StreamingHttpResponse:
    found = catalog.get_change(who.brand.id, change_id)
    head = ["\ufeffSKU", _("Product"), _("List"), _("Begins"), _("Before"), _("After"), _("Cost"), _("Look at")]

    def amount(minor: int | None) -> Any:
        return "" if minor is None else Money(minor, found.currency).decimal

    def pages() -> Iterator[ChangeLine]:
        after = 0
        while lines := catalog.change_lines(who.brand.id, change_id, after=after, limit=5_000):
            yield from lines
            after = lines[-1].number

    rows = (
        [
            o.sku,
            o.title,
            o.price_list,
            o.begins.isoformat() if o.begins else "",
            amount(o.before_minor),
            amount(o.after_minor),
            amount(o.cost_minor),
            " ".join(o.flags),
        ]
        for o in pages()
    )
    response = StreamingHttpResponse((line(row) for row in (head, *rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="price-change-{change_id}.csv"'
    return response
