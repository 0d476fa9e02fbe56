"""The findings, and one finding with its evidence, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.shadow.common import HUE, names_of, project_of, shown, store_names
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import distance, money, number
from datong.kernel.errors import BadInput
from datong.shadow import api as shadow
from datong.shadow.api import FindingFilter
from datong.shadow.types import Finding, Kind, Project, Severity

PAGE = 50


def filter_of(params: Mapping[str, str]) -> FindingFilter:
    """The filters of an address; what means nothing is left out."""
    kind = severity = day = None
    with suppress(ValueError):
        kind = Kind(params.get("kind", "")) if params.get("kind") else None
    with suppress(ValueError):
        severity = Severity(params.get("severity", "")) if params.get("severity") else None
    with suppress(ValueError):
        day = date.fromisoformat(params["day"]) if params.get("day") else None
    explained = {"open": False, "explained": True}.get(params.get("state", "open"))
    return FindingFilter(
        kind,
        severity,
        day,
        params.get("store", "")[:60],
        params.get("system", "")[:40],
        explained,
        params.get("q", "").replace("\x00", "")[:80],
    )


@require_safe
@desk(Action.SHADOW_VIEW)
def findings(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    project = project_of(who, project_id)
    wanted = filter_of(request.GET.dict())
    after = _after(request.GET.get("after", ""))
    found = shadow.findings_page(who.brand.id, project_id, wanted, after=after, limit=PAGE)
    stores = store_names(who)
    params = request.GET.copy()
    params.pop("after", None)
    more = f"?{params.urlencode()}&after={found.next[0]}.{found.next[1]}" if found.next else ""
    title = shadow.KIND[wanted.kind] if wanted.kind else _("Findings")
    given = {
        "project": project,
        "title": title,
        "lead": shadow.MEANS[wanted.kind] if wanted.kind else _("What does not fit, the most money first."),
        "rows": [_row(who, project, each, stores) for each in found.rows],
        "currency": project.currency,
        "params": request.GET,
        "filtered": any(request.GET.get(k) for k in ("severity", "system", "day", "q", "store"))
        or request.GET.get("state", "open") != "open",
        "kinds": [("", _("Every kind")), *((k.value, shadow.KIND[k]) for k in Kind)],
        "severities": [("", _("Every severity")), *((s.value, shadow.SEVERITY[s]) for s in Severity)],
        "systems": [("", _("Every system")), *names_of(project).items()],
        "states": [("open", pgettext("finding", "Open")), ("explained", _("Explained")), ("all", _("All"))],
        "state": request.GET.get("state", "open"),
        "older": more,
        "newer": f"?{params.urlencode()}" if after else "",
        "csv": f"{reverse('shadow-csv', args=[project_id])}?{params.urlencode()}",
    }
    return page(request, who, "shadow/findings", given)


def _after(text: str) -> tuple[int, UUID] | None:
    amount, _dot, key = text.partition(".")
    try:
        return int(amount), UUID(key)
    except ValueError:
        return None


def _row(who: Who, project: Project, finding: Finding, stores: Mapping[str, str]) -> dict[str, Any]:
    one = shown(who, finding)
    names = names_of(project)
    return {
        "finding": one,
        "href": reverse("shadow-finding", args=[project.id, finding.id]),
        "subject": shadow.subject(one),
        "said": shadow.said(one, names, stores),
        "kind": shadow.KIND[one.kind],
        "severity": shadow.SEVERITY[one.severity],
        "hue": HUE[one.severity],
        "store": stores.get(one.store, one.store),
        "systems": ", ".join(names.get(code, code) for code in one.systems),
    }


@require_safe
@desk(Action.SHADOW_VIEW)
def finding(request: HttpRequest, who: Who, project_id: UUID, finding_id: UUID) -> HttpResponse:
    return _page(request, who, project_id, finding_id, {})


def _page(request: HttpRequest, who: Who, project_id: UUID, finding_id: UUID, errors: dict[str, str]) -> HttpResponse:
    project = project_of(who, project_id)
    found = shadow.finding(who.brand.id, project_id, finding_id)
    stores = store_names(who)
    row = _row(who, project, found, stores)
    columns, rows = evidence(row["finding"], names_of(project), stores)
    given = {
        **row,
        "project": project,
        "currency": project.currency,
        "means": shadow.MEANS[found.kind],
        "money_means": shadow.MONEY[found.kind],
        "back": f"{reverse('shadow-findings', args=[project_id])}?kind={found.kind.value}",
        "columns": columns,
        "rows": rows,
        "left_out": max(found.rows - len(found.evidence), 0),
        "may_edit": who.may(Action.SHADOW_EDIT),
        "errors": errors,
        "typed": request.POST.get("reason", ""),
    }
    return page(request, who, "shadow/finding", given, status=422 if errors else 200)


def evidence(
    finding: Finding, systems: Mapping[str, str], stores: Mapping[str, str]
) -> tuple[list[tuple[str, bool]], list[list[str]]]:
    """((heading, is a number) of the columns that any row fills, the cells), in words."""
    heads: dict[str, tuple[str, bool]] = {
        "system": (_("System"), False),
        "store": (_("Store"), False),
        "order": (_("Order"), False),
        "member": (_("Member"), False),
        "name": (_("Name"), False),
        "phone": (_("Phone"), False),
        "email": (_("E-mail"), False),
        "at": (_("When"), False),
        "sku": (_("SKU"), False),
        "stock": (_("Said in stock"), True),
        "units": (_("Units"), True),
        "price_minor": (_("Price"), True),
        "instead_minor": (_("Elsewhere"), True),
        "amount_minor": (_("Amount"), True),
        "left": (_("Left on the shelf"), True),
        "short": (_("Too many"), True),
        "distance_m": (_("Distance"), True),
        "since": (_("From"), False),
        "until": (_("Until"), False),
        "cancelled": (_("Cancelled"), False),
    }
    used = [key for key in heads if any(row.get(key) not in (None, "") for row in finding.evidence)]
    rows = []
    for row in finding.evidence:
        cells = [_cell(key, row.get(key), finding.currency, systems, stores) for key in used]
        if row.get("missing"):
            cells[used.index("order")] = _("not there") if "order" in used else cells[0]
        rows.append(cells)
    return [heads[key] for key in used], rows


def _cell(key: str, value: Any, currency: str, systems: Mapping[str, str], stores: Mapping[str, str]) -> str:
    if value is None or value == "":
        return ""
    if key == "system":
        return systems.get(value, value)
    if key == "store":
        return stores.get(value, value)
    if key.endswith("_minor"):
        return money(int(value), currency)
    if key in ("at", "since", "until"):
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%m-%d %H:%M:%S")
    if key == "distance_m":
        return distance(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return number(value) if isinstance(value, int) else str(value)


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def act(request: HttpRequest, who: Who, project_id: UUID, finding_id: UUID) -> HttpResponse:
    """Explain a finding, or take the explanation back."""
    here = reverse("shadow-finding", args=[project_id, finding_id])
    if request.POST.get("do") == "reopen":
        shadow.reopen(who.brand.id, project_id, finding_id, by=who.staff.username)
        messages.success(request, _("It counts again."))
        return redirect(here)
    try:
        shadow.explain(
            who.brand.id,
            project_id,
            finding_id,
            request.POST.get("reason", ""),
            by=who.staff.name or who.staff.username,
        )
    except BadInput:
        return _page(request, who, project_id, finding_id, {"reason": _("Say why, in at most 300 characters.")})
    messages.success(request, _("Explained. It no longer counts, in later runs neither."))
    return redirect(here)
