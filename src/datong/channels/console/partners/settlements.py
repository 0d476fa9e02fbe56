"""Settlements 结算: what is open, proposing, what each company pays or gets, the bank's list, paid, undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.api import list_approvals
from datong.access.types import Action, ApprovalState
from datong.brand.api import tree
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.partners.common import cursor_of, kind_word, line_badge, names, run_badge, seen, tabs
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.merchants import api as merchants
from datong.merchants.types import KIND_OF_RUN, Run, SettlementState
from datong.orders.api import origins

PAGE = 30
LINES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def settlements(request: HttpRequest, who: Who) -> HttpResponse:
    """POST proposes one; another person decides under Approvals."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            currency = request.POST.get("currency", "") or who.brand.currency
            run, _asked = merchants.propose_run(
                _day("until", request.POST.get("until", "")), currency[:3], brand=who.brand.id, by=who.staff
            )
            messages.success(request, _("Proposed: another person decides, under Approvals."))
            return redirect("settlement", run_id=run.id)
        except (BadInput, Conflict, NotFound) as error:
            errors = {problem.field: problem.fix for problem in error.problems} or {"until": str(error)}
    mine, called, today = seen(who), names(who), merchants.today(who.brand.id)
    standing = [row for row in merchants.open_sums(who.brand.id) if mine is None or row[0] in mine or row[1] in mine]
    found = _runs(who, cursor_of(request))
    given = {
        "lead": _lead(standing, sum(run.state is SettlementState.DRAFT for run in found)),
        "tabs": tabs("settlements"),
        "open": [
            {"id": company, "name": called.get(company, ""), "with": called.get(counter, ""), "entries": number(count),
             "since": day.isoformat(), "net": gets - owes, "currency": currency}
            for company, counter, currency, count, day, owes, gets in standing
        ],
        "runs": [_row(run) for run in found],
        "older": f"?after={found[-1].id}" if mine is None and len(found) == PAGE else "",
        "until": request.POST.get("until", "") or today.isoformat(),
        "currencies": [(c, c) for c in sorted({row[2] for row in standing} | {who.brand.currency})],
        "currency": request.POST.get("currency", who.brand.currency),
        "errors": errors,
        "may": who.may(Action.PARTNERS_EDIT),
    }  # fmt: skip
    return page(request, who, "partners/settlements", given, status=422 if errors else 200)


def _runs(who: Who, before: UUID | None) -> list[Run]:
    mine = seen(who)
    if mine is None:
        return merchants.runs(who.brand.id, before=before, limit=PAGE)
    found = {run.id: run for company in mine for run in merchants.runs(who.brand.id, company_id=company, limit=PAGE)}
    return [_narrowed(run, who) for _id, run in sorted(found.items(), reverse=True)]


def _narrowed(run: Run, who: Who) -> Run:
    """Only what concerns the companies this person sees."""
    mine = seen(who)
    if mine is None:
        return run
    return replace(run, items=tuple(i for i in run.items if i.company_id in mine or i.counter_id in mine))


def _row(run: Run) -> dict[str, Any]:
    word, hue = run_badge(run.state)
    pays = sum(max(item.net_minor, 0) for item in run.items)
    gets = sum(max(-item.net_minor, 0) for item in run.items)
    return {"r": run, "word": word, "hue": hue, "pays": pays, "gets": gets,
            "entries": number(sum(item.entries for item in run.items))}  # fmt: skip


def _lead(standing: list[Any], due: int) -> str:
    if due:
        return ngettext("%(n)s settlement is due: check it.", "%(n)s settlements are due: check them.", due) % {
            "n": number(due)
        }
    count = len({row[0] for row in standing})
    if not count:
        return _("Nothing is open between companies.")
    said = ngettext("%(n)s company has something open.", "%(n)s companies have something open.", count)
    return said % {"n": number(count)}


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(field, text[:20], _("a day such as 2026-11-22")) from None


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def settlement(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    """POST says that it was paid, or takes it back."""
    found = _run(who, run_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _act(request, who, run_id)
            return redirect("settlement", run_id=run_id)
        except (BadInput, Conflict) as error:
            errors = {problem.field: problem.fix for problem in error.problems} or {"": str(error)}
    called, word = names(who), run_badge(found.state)
    company = _company(request, found)
    lines = merchants.lines(who.brand.id, run_id=run_id, company_id=company, after=cursor_of(request) or UUID(int=0),
                            limit=LINES) if company or seen(who) is None else []  # fmt: skip
    orders = origins(who.brand.id, [line.entry.subject_id for line in lines])
    waits = list_approvals(who.brand.id, kind=KIND_OF_RUN, state=ApprovalState.PENDING).approvals
    given = {
        "r": found,
        "word": word[0],
        "hue": word[1],
        "lead": _said(found),
        "items": [{"i": item, "name": called.get(item.company_id, ""), "with": called.get(item.counter_id, ""),
                   "net": item.net_minor} for item in found.items],
        "lines": [{"e": line.entry, "name": called.get(line.entry.company_id, ""), "badge": line_badge(line.state),
                   "kind": kind_word(line.entry.kind, line.entry.words), "net": line.entry.net_minor,
                   "order": orders[line.entry.subject_id].number if line.entry.subject_id in orders else ""}
                  for line in lines],
        "older": f"?after={lines[-1].entry.id}" + (f"&company={company}" if company else "")
        if len(lines) == LINES else "",
        "approval": next((a for a in waits if a.facts.get("run") == str(run_id)), None),
        "posted": found.state is SettlementState.POSTED,
        "draft": found.state is SettlementState.DRAFT,
        "paid_on": request.POST.get("paid_on") or merchants.today(who.brand.id).isoformat(),
        "typed": request.POST,
        "errors": errors,
        "may": who.may(Action.PARTNERS_EDIT),
    }  # fmt: skip
    return page(request, who, "partners/settlement", given, status=422 if errors else 200)


def _run(who: Who, run_id: UUID) -> Run:
    found = _narrowed(merchants.run(who.brand.id, run_id), who)
    if not found.items:
        raise NotFound(_("There is no such settlement."))
    return found


def _company(request: HttpRequest, run: Run) -> UUID | None:
    """Whose lines are shown: who was asked for, the only one there is, or everybody's."""
    wanted = request.GET.get("company", "")
    listed = {item.company_id for item in run.items}
    chosen = next((company for company in listed if str(company) == wanted), None)
    return chosen or (next(iter(listed)) if len(listed) == 1 else None)


def _said(run: Run) -> str:
    if run.state is SettlementState.DRAFT:
        return _("The period is over. Look at the sums and the lines, then send it for approval.")
    if run.state is SettlementState.PROPOSED:
        return _("Proposed by %(by)s; a second person decides.") % {"by": run.by}
    if run.state is SettlementState.POSTED:
        return _("Posted: the accounts between the companies are at zero for these lines. Pay it, then say so here.")
    if run.state is SettlementState.PAID and run.paid_on:
        return _("Paid on %(day)s, number %(ref)s.") % {"day": run.paid_on.isoformat(), "ref": run.paid_ref}
    return _("Its lines are open again and will be in the next settlement.")


def _act(request: HttpRequest, who: Who, run_id: UUID) -> None:
    post, by = request.POST, who.staff.username
    if post.get("do") == "submit":
        merchants.submit_run(run_id, brand=who.brand.id, by=who.staff)
        messages.success(request, _("Proposed: another person decides, under Approvals."))
    elif post.get("do") == "drop":
        merchants.drop_run(run_id, brand=who.brand.id, by=by, reason=post.get("reason", ""))
        messages.success(request, _("Dropped: its lines are open again."))
    elif post.get("do") == "paid":
        day = _day("paid_on", post.get("paid_on", ""))
        merchants.mark_paid(run_id, day, post.get("ref", ""), brand=who.brand.id, by=by)
        messages.success(request, _("Marked as paid."))
    elif post.get("do") == "undo":
        merchants.undo_run(run_id, brand=who.brand.id, by=by, reason=post.get("reason", ""))
        messages.success(request, _("Taken back: its lines are open again."))


@require_safe
@desk(Action.PARTNERS_VIEW)
def payments(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    """The list for the bank: who pays or gets how much, with the bank's line of each contract."""
    found = _run(who, run_id)
    called, legal = names(who), {company.id: company.legal_id for company in tree(who.brand.id).companies}
    columns = (_("Company"), _("Register number"), _("With"), _("Bank"), _("Reference"), _("We pay"), _("We get"))
    table = Table(_("Payments"), columns, [], frozenset({5, 6}))
    for item in found.items:
        texts = (called.get(item.company_id, ""), legal.get(item.company_id, ""), called.get(item.counter_id, ""),
                 item.bank, f"S{found.until:%Y%m%d}-{found.id.hex[-6:].upper()}")  # fmt: skip
        pays, gets = max(item.net_minor, 0), max(-item.net_minor, 0)
        table.rows.append(Row((*(Text(text) for text in texts), Amount(pays, found.currency),
                               Amount(gets, found.currency))))  # fmt: skip
    return download(table, request.GET.get("format", "csv"), f"payments-{found.until.isoformat()}")
