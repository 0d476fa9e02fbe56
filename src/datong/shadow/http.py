"""Where copies of webhooks arrive, beside the hub's own doors and never through them; what was found, for machines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.integration.types import MAX_BODY_BYTES, Request, TooLarge
from datong.kernel.errors import BadValue
from datong.shadow import api
from datong.shadow.types import Finding, Kind, Severity

router = Router(tags=["shadow"])
NEXT = r"^(-?[0-9]{1,18}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"


@csrf_exempt  # the signature of the body is what is believed, not a cookie
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """POST a copy of a delivery. Errors become problem details in `site`."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = request.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"at most {MAX_BODY_BYTES} bytes are taken")
    delivery = Request(
        body=body,
        headers={name.lower(): value for name, value in request.headers.items()},
        query={name: values[-1] for name, values in request.GET.lists() if values},
        url=request.build_absolute_uri(request.path),
    )
    reply = api.receive(token, delivery)
    return HttpResponse(reply.body, content_type=reply.content_type)


hook_urls = [path("hooks/shadow/<str:token>", hook, name="shadow-hook"), path("hooks/shadow/<str:token>/", hook)]


class ProjectOut(Schema):
    id: UUID
    name: str
    currency: str
    created_at: datetime
    systems: list[str]


class KindOut(Schema):
    count: int
    amount_minor: int
    high: int
    explained: int


class DayOut(Schema):
    day: date
    amount_minor: int
    counts: dict[str, int]


class SeenOut(Schema):
    orders: int
    stock_rows: int
    prices: int
    members: int
    only_there: int


class ReportOut(Schema):
    """Amounts are minor units of `currency`. Explained findings are counted apart."""

    project: str
    since: date
    until: date
    ran_at: datetime | None
    seconds: float
    orders: int
    currency: str
    headline: str
    at_stake_minor: int
    kinds: dict[str, KindOut]
    days: list[DayOut]
    systems: dict[str, SeenOut]
    notes: dict[str, int]


class FindingOut(Schema):
    """Names and contacts of people are masked."""

    id: UUID
    mark: str
    kind: Kind
    severity: Severity
    day: date
    amount_minor: int
    currency: str
    store: str
    item: str
    title: str
    systems: list[str]
    facts: dict[str, Any]
    evidence: list[dict[str, Any]]
    rows: int
    reason: str


class FindingsOut(Schema):
    """The most money first; `next` is the `after` of the following page."""

    findings: list[FindingOut]
    next: str | None = None


class FindingsQuery(Schema):
    kind: Kind | None = None
    severity: Severity | None = None
    after: Annotated[str, StringConstraints(pattern=NEXT)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/shadow", response=list[ProjectOut], operation_id="list_shadow_projects")
def list_shadow_projects(request: HttpRequest) -> list[dict[str, Any]]:
    """The brand's shadow projects, the newest first."""
    client = require(request, Scope.SHADOW_READ)
    found = api.list_projects(client.brand_id)
    return [{"id": p.id, "name": p.name, "currency": p.currency, "created_at": p.created_at,
             "systems": [system.code for system in p.systems]} for p in found]  # fmt: skip


@router.get("/shadow/{project_id}/report", response={200: ReportOut, 404: None}, operation_id="get_shadow_report")
def get_shadow_report(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """What the latest run of a project found, in figures."""
    client = require(request, Scope.SHADOW_READ)
    return api.as_json(api.report(client.brand_id, project_id))


@router.get(
    "/shadow/{project_id}/findings", response={200: FindingsOut, 404: None}, operation_id="list_shadow_findings"
)
def list_shadow_findings(request: HttpRequest, project_id: UUID, wanted: Query[FindingsQuery]) -> dict[str, Any]:
    """The findings with their evidence."""
    client = require(request, Scope.SHADOW_READ)
    api.project_of(client.brand_id, project_id)
    only = api.FindingFilter(wanted.kind, wanted.severity)
    page = api.findings_page(client.brand_id, project_id, only, after=_after(wanted.after), limit=wanted.limit)
    following = f"{page.next[0]}.{page.next[1]}" if page.next else None
    return {"findings": [_out(api.hidden(each)) for each in page.rows], "next": following}


def _after(text: str) -> tuple[int, UUID] | None:
    if not text:
        return None
    amount, _dot, key = text.partition(".")
    try:
        return int(amount), UUID(key)
    except ValueError:
        raise BadValue("after", text, "the `next` of an earlier page") from None


def _out(found: Finding) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FindingOut.model_fields}
