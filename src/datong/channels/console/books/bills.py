"""Statements of providers and marketplaces: upload, see what differs, settle it with a reason, post the fee."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from datong.access.types import Action
from datong.books import api as books
from datong.books.types import Entry, Fix, Statement, Verdict
from datong.channels.console.books.common import Names, tabs
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.imports import api as imports
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.ledger import api as ledger
from datong.ledger.types import Account

MAX_BYTES = 20 * 1024 * 1024
PAGE = 50
BY_HAND = ("order_ref", "paid", "refunded", "fee", "at")


def verdict_word(verdict: Verdict) -> str:
    return {
        Verdict.MATCHED: pgettext("statement", "alike"),
        Verdict.DIFFERS: pgettext("statement", "different amount"),
        Verdict.NOT_OURS: pgettext("statement", "not in our books"),
        Verdict.NOT_THEIRS: pgettext("statement", "not on their statement"),
    }[verdict]


HUE = {Verdict.MATCHED: "good", Verdict.DIFFERS: "problem", Verdict.NOT_OURS: "problem", Verdict.NOT_THEIRS: "waiting"}


def fix_word(fix: Fix) -> str:
    return {
        Fix.NONE: "",
        Fix.OTHER_DAY: _("Our books have it on another day: nothing is missing."),
        Fix.NET_OF_FEE: _("The difference is their fee: post the fee below."),
        Fix.TAKE_ORDER: _("We do not know this order: look in the inbox, or take it at the channel."),
        Fix.WAIT: _("They settle it later: see their next statement."),
        Fix.LOOK: _("Look at the order: a refund or a change may be missing on one side."),
    }[fix]


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def bills(request: HttpRequest, who: Who) -> HttpResponse:
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            taken = _take(request, who)
            return redirect("books-bill", statement_id=taken.id)
        except BadInput as error:
            errors = [(p.field, p.fix) for p in error.problems] or [("", str(error))]
    names = Names(who, ledger.chart_on(who.brand.id))
    codes = sorted({r.account.code for r in ledger.trial_balance(who.brand.id)
                    if r.account.code.startswith(("asset:provider:", "asset:platform:"))})  # fmt: skip
    before = request.GET.get("before", "")
    found = books.statements(who.brand.id, before=UUID(before) if len(before) == 36 else None, limit=PAGE)
    open_lines = sum(s.open for s in found)
    lead = ngettext("%(n)s difference is open.", "%(n)s differences are open.", open_lines) % {"n": number(open_lines)}
    given = {
        "lead": lead,
        "tabs": tabs("books-bills"),
        "rows": [{"s": s, "account": names.account(Account(s.account, s.currency))} for s in found],
        "older": f"?before={found[-1].id}" if len(found) == PAGE else "",
        "accounts": [(code, f"{names.account(Account(code, who.brand.currency)).text} · {code}") for code in codes],
        "typed": request.POST,
        "errors": errors,
        "may": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "books/bills", given, status=422 if errors else 200)


def _take(request: HttpRequest, who: Who) -> Statement:
    file, post = request.FILES.get("file"), request.POST
    if not isinstance(file, UploadedFile):
        raise BadValue("file", "", _("Choose a file first."))
    if (file.size or 0) > MAX_BYTES:
        raise BadValue("file", file.size, _("At most %(mb)s MB: split the file.") % {"mb": MAX_BYTES // 2**20})
    account = post.get("account", "")
    if not account.startswith(("asset:provider:", "asset:platform:")):
        raise BadValue("account", account, _("one of those offered"))
    table = imports.read_table(file.read(), file.name or "", books.known_headings)
    chosen = {field: post[field].strip() for field in BY_HAND if post.get(field, "").strip()}
    days = (_day(post["from"]), _day(post["to"])) if post.get("from") and post.get("to") else None
    return books.take_statement(
        who.brand.id, account, table.headings, table.rows, file=file.name or "", by=who.staff.username, days=days,
        chosen=chosen,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def bill(request: HttpRequest, who: Who, statement_id: UUID) -> HttpResponse:
    error = ""
    typed = ("", "")
    if request.method == "POST":
        typed = request.POST.get("entry", ""), request.POST.get("reason", "")
        try:
            books.settle_entry(who.brand.id, _uuid(typed[0]), reason=typed[1], by=who.staff.username)
            messages.success(request, _("Settled; the trail says why."))
            return redirect(request.get_full_path())
        except (BadInput, Conflict) as found:
            error = "; ".join(p.fix for p in found.problems) or str(found)
    names = Names(who, ledger.chart_on(who.brand.id))
    statement = books.statement(who.brand.id, statement_id)
    verdict = request.GET.get("verdict", "")
    verdict = verdict if verdict in set(Verdict) else ""
    if (wanted := request.GET.get("format")) is not None:
        everything = books.statement_entries(who.brand.id, statement_id, verdict=verdict, limit=5000)
        return download(_table(names, statement, everything), wanted, f"statement-{statement.since.isoformat()}")
    after = request.GET.get("after", "")
    entries = books.statement_entries(
        who.brand.id, statement_id, verdict=verdict, after=UUID(after) if len(after) == 36 else None, limit=PAGE + 1
    )
    names.learn(str(e.order_id) for e in entries if e.order_id)
    more = {"verdict": verdict} if verdict else {}
    given = {
        "s": statement,
        "account": names.account(Account(statement.account, statement.currency)),
        "lead": _lead(statement),
        "rows": [_row(names, e) for e in entries[:PAGE]],
        "older": "?" + urlencode({**more, "after": str(entries[PAGE - 1].id)}) if len(entries) > PAGE else "",
        "verdicts": [
            ("", _("all")),
            *((v.value, f"{verdict_word(v)} ({statement.counts.get(v, 0)})") for v in Verdict),
        ],
        "verdict": verdict,
        "typed": typed,
        "error": error,
        "may": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "books/bill", given, status=422 if error else 200)


def _counted(statement: Statement, verdict: Verdict) -> str:
    return f"{verdict_word(verdict)} ({statement.counts.get(verdict, 0)})"


def _lead(statement: Statement) -> str:
    if not statement.open:
        return _("Nothing is open: every line is alike or explained.")
    n = statement.open
    return ngettext("%(n)s line differs and waits.", "%(n)s lines differ and wait.", n) % {"n": number(n)}


def _row(names: Names, entry: Entry) -> dict[str, Any]:
    numbered = names.order(entry.order_id) if entry.order_id else ""
    return {
        "e": entry,
        "word": verdict_word(entry.verdict),
        "hue": HUE[entry.verdict],
        "fix": fix_word(entry.fix),
        "order": numbered,
        "open": entry.verdict is not Verdict.MATCHED and not entry.settled_by,
    }


def _table(names: Names, statement: Statement, entries: list[Entry]) -> Table:
    names.learn(str(e.order_id) for e in entries if e.order_id)
    columns = (_("Order"), _("Verdict"), _("What to do"), _("Why"), _("Theirs"), _("Ours"), _("Fee"))
    table = Table(_("Statement"), columns, [], frozenset({4, 5, 6}))
    for e in entries:
        amounts = [None if m is None else Amount(m, statement.currency) for m in (e.theirs_minor, e.ours_minor)]
        numbered = names.order(e.order_id) if e.order_id else ""
        said = Text(verdict_word(e.verdict)), Text(fix_word(e.fix)), Text(e.reason)
        table.rows.append(Row((Text(e.ref, numbered), *said, *amounts, Amount(e.fee_minor, statement.currency))))
    return table


@require_POST
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def fee(request: HttpRequest, who: Who, statement_id: UUID) -> HttpResponse:
    books.post_fee(who.brand.id, statement_id, by=who.staff.username)
    messages.success(request, _("The fee is posted."))
    return redirect(reverse("books-bill", args=[statement_id]))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue("entry", text[:40], _("one of those offered")) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("from", text[:40], _("a day such as 2026-11-22")) from None
