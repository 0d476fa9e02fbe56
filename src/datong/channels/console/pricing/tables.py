"""Decision tables: every version, a grid to change one, what keeps it from going live, and what it decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access import api as access
from datong.access.types import Action, ApprovalState
from datong.catalog import api as catalog
from datong.catalog.types import Case, Row, Table, TableFault, TableFinding, TableState, TableVersion
from datong.channels.console.pricing.forms import Reader
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput, NotFound

BLANK_ROWS = 3
STATUS = {
    TableState.DRAFT: "neutral",
    TableState.WAITING: "waiting",
    TableState.LIVE: "good",
    TableState.REFUSED: "problem",
}


def title_of(table: Table) -> str:
    known = {
        "delivery_fee": _("Delivery fee"),
        "minimum_order": _("Minimum order for delivery"),
        "price_approval": _("Approval of price changes"),
    }
    return known.get(table.name) or table.title or table.name


def label_of(name: str, label: str) -> str:
    known = {
        "distance_m": _("Distance, meters"),
        "total_minor": _("Goods, minor units"),
        "region": _("Region"),
        "fee_minor": _("Fee, minor units"),
        "least_minor": _("Goods at least, minor units"),
        "prices": _("Prices that change"),
        "below_cost": _("Below cost"),
        "big_jumps": _("By 30 percent or more"),
        "approval": _("Approval"),
    }
    return known.get(name) or label or name


@require_safe
@desk(Action.CATALOG_VIEW)
def tables(request: HttpRequest, who: Who) -> HttpResponse:
    by_name: dict[str, list[TableVersion]] = {}
    for version in catalog.table_versions(who.brand.id):
        by_name.setdefault(version.table.name, []).append(version)
    now = clock.now()
    rows = []
    for name, first in catalog.FIRST_TABLES.items():
        versions = by_name.get(name, [])
        live = [v for v in versions if v.state is TableState.LIVE and v.valid_from and v.valid_from <= now]
        rows.append(
            {
                "name": name,
                "title": title_of(first),
                "live": max(live, key=lambda v: (v.valid_from, v.number)) if live else None,
                "latest": versions[0] if versions else None,
                "state": _state(versions[0]) if versions else "",
                "status": STATUS[versions[0].state] if versions else "",
            }
        )
    return page(request, who, "pricing/tables", {"rows": rows})


def _state(version: TableVersion) -> str:
    return {
        TableState.DRAFT: pgettext("decision table", "draft"),
        TableState.WAITING: pgettext("decision table", "waits for approval"),
        TableState.LIVE: pgettext("decision table", "live"),
        TableState.REFUSED: pgettext("decision table", "refused"),
    }[version.state]


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def table(request: HttpRequest, who: Who, name: str) -> HttpResponse:
    """The grid of the newest version, or of the rows the house begins with; saving makes a new version."""
    first = catalog.FIRST_TABLES.get(name)
    if first is None:
        raise NotFound(f"no decision table {name}")
    versions = catalog.table_versions(who.brand.id, name)
    shown = versions[0].table if versions else first
    errors: list[str] = []
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        shown = _read(request, shown)
        try:
            version = catalog.put_table(who.brand.id, shown, by=who.staff.username)
            return redirect("decision-version", name=name, version_id=version.id)
        except BadInput as error:
            errors = [problem.fix for problem in error.problems] or [str(error)]
    return _grid(request, who, shown, versions, errors=errors)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW)
def version(request: HttpRequest, who: Who, name: str, version_id: UUID) -> HttpResponse:
    """One version: its findings, its trial, and going live."""
    found = catalog.table_version(who.brand.id, version_id)
    errors: list[str] = []
    begins = ""
    if request.method == "POST":
        try:
            _act(request, who, found)
            return redirect("decision-version", name=name, version_id=version_id)
        except BadInput as error:
            begins = next((problem.fix for problem in error.problems if problem.field == "begins"), "")
            errors = [p.fix or p.code for p in error.problems if p.field != "begins"] or (
                [] if begins else [str(error)]
            )
    versions = catalog.table_versions(who.brand.id, name)
    return _grid(request, who, found.table, versions, current=found, errors=errors, begins=begins)


def _act(request: HttpRequest, who: Who, found: TableVersion) -> None:
    do = request.POST.get("do", "")
    if do in ("approve", "refuse") and found.approval_id:
        access.decide(found.approval_id, brand=who.brand.id, by=who.staff, approve=do == "approve")
        messages.success(request, _("The table is live from its date on.") if do == "approve" else _("Refused."))
        return
    require(who, Action.CATALOG_EDIT)
    form = Reader(request.POST, who.brand.currency)
    begins = form.moment("begins")
    form.done()
    asked = catalog.publish_table(who.brand.id, found.id, by=who.staff, valid_from=begins, reason=form.text("reason"))
    live = asked.state is TableState.LIVE
    messages.success(
        request, _("The table is live from its date on.") if live else _("Asked for. Another person decides it.")
    )


def _read(request: HttpRequest, before: Table) -> Table:
    """The rows and test cases of the grid; rows that are left empty are taken out."""
    rows, cases = [], []
    for n in range(min(int(request.POST.get("count") or 0) if request.POST.get("count", "").isdecimal() else 0, 210)):
        inputs = tuple(request.POST.get(f"in-{n}-{c.name}", "").strip()[:200] for c in before.inputs)
        outputs = tuple(request.POST.get(f"out-{n}-{c.name}", "").strip()[:200] for c in before.outputs)
        if any(outputs) or any(inputs):
            rows.append(Row(inputs, outputs, request.POST.get(f"note-{n}", "").strip()[:200]))
    for n in range(20):
        given = {c.name: request.POST.get(f"case-{n}-{c.name}", "").strip()[:200] for c in before.inputs}
        wanted = {c.name: request.POST.get(f"case-{n}-{c.name}", "").strip()[:200] for c in before.outputs}
        if any(wanted.values()):
            cases.append(Case(given, wanted))
    return replace(before, rows=tuple(rows), cases=tuple(cases))


def _grid(
    request: HttpRequest,
    who: Who,
    shown: Table,
    versions: list[TableVersion],
    *,
    current: TableVersion | None = None,
    errors: list[str],
    begins: str = "",
) -> HttpResponse:
    """`begins` is what is wrong with the moment it should go live at."""
    try:
        findings = catalog.find_faults(shown)
    except BadInput as error:
        findings = []
        errors = errors or [problem.fix for problem in error.problems] or [str(error)]
    asked = access.approval(who.brand.id, current.approval_id) if current and current.approval_id else None
    waits = asked is not None and asked.state is ApprovalState.PENDING
    mine = asked is not None and who.staff.user_id in (asked.asked_by_id, asked.held_by_id)
    rows = [*shown.rows, *[Row(("",) * len(shown.inputs), ("",) * len(shown.outputs))] * BLANK_ROWS]
    given = {
        "table": shown,
        "name": shown.name,
        "title": title_of(shown),
        "current": current,
        "state": _state(current) if current else "",
        "status": STATUS[current.state] if current else "",
        "inputs": [{"name": c.name, "label": label_of(c.name, c.label)} for c in shown.inputs],
        "outputs": [{"name": c.name, "label": label_of(c.name, c.label)} for c in shown.outputs],
        "rows": [_cells(n, row, shown) for n, row in enumerate(rows)],
        "cases": [_case_cells(n, shown) for n in range(min(20, len(shown.cases) + 2))],
        "count": len(rows),
        "findings": [_said(finding) for finding in findings],
        "versions": [{"version": v, "state": _state(v), "status": STATUS[v.state]} for v in versions[:30]],
        "errors": errors,
        "begins": {"typed": request.POST.get("begins", ""), "error": begins},
        "tried": _try(request, shown, findings),
        "typed": request.GET,
        "may_edit": who.may(Action.CATALOG_EDIT),
        "may_decide": waits and not mine and who.may(Action.APPROVALS_DECIDE),
        "may_publish": current is not None and current.state is TableState.DRAFT and not findings,
        "crumbs": [(_("Decision tables"), reverse("decision-tables"))],
    }
    return page(request, who, "pricing/table", given, status=422 if errors or begins else 200)


def _cells(n: int, row: Row, table: Table) -> dict[str, Any]:
    return {
        "number": n + 1,
        "inputs": [(f"in-{n}-{c.name}", cell) for c, cell in zip(table.inputs, row.inputs, strict=False)],
        "outputs": [(f"out-{n}-{c.name}", cell) for c, cell in zip(table.outputs, row.outputs, strict=False)],
        "note": (f"note-{n}", row.note),
    }


def _case_cells(n: int, table: Table) -> list[tuple[str, str, str]]:
    case = table.cases[n] if n < len(table.cases) else Case({}, {})
    known = {**case.inputs, **case.outputs}
    columns = (*table.inputs, *table.outputs)
    return [(f"case-{n}-{c.name}", label_of(c.name, c.label), known.get(c.name, "")) for c in columns]


def _said(finding: TableFinding) -> dict[str, str]:
    example = ", ".join(f"{label_of(name, '')} {value}" for name, value in finding.example)
    rows = ", ".join(map(str, finding.rows))
    words = {
        TableFault.OVERLAP: _("Rows %(rows)s both match: %(example)s. Narrow one of them."),
        TableFault.GAP: _("No row matches: %(example)s. Add a row or widen one."),
        TableFault.TYPE: _("Row %(rows)s cannot be read: %(says)s."),
        TableFault.EMPTY: _("Row %(rows)s matches nothing: %(says)s."),
        TableFault.CASE: _("A test case comes out otherwise: %(says)s."),
        TableFault.ENGINE: _("The engine decides otherwise for %(example)s."),
    }
    return {"text": words[finding.fault] % {"rows": rows, "example": example, "says": finding.says}}


def _try(request: HttpRequest, shown: Table, findings: list[TableFinding]) -> str:
    """What the table as it stands decides for what was typed."""
    if "try" not in request.GET or findings:
        return ""
    try:
        decided = catalog.try_table(shown, request.GET)
    except BadInput as error:
        return "; ".join(f"{label_of(problem.field, '')}: {problem.fix}" for problem in error.problems)
    if decided is None:
        return _("No row matches.")
    return ", ".join(f"{label_of(name, '')}: {value}" for name, value in decided.items())
