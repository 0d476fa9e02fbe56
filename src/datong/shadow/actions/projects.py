"""A project and the systems it looks at: opened, changed, deleted as a whole."""

from __future__ import annotations

import base64
import json
import re
import secrets as random
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from datong.brand.api import get_brand
from datong.integration.api import KINDS, SECRETS, connector_of
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound, Problem
from datong.kernel.secrets import seal
from datong.shadow.actions.watch import opens
from datong.shadow.models import Project as ProjectRow
from datong.shadow.models import System as SystemRow
from datong.shadow.queries import list_projects, project_of, system_view
from datong.shadow.types import BOOKS, MAX_PROJECTS, MAX_SYSTEMS, SELLS, Project, System, SystemKind, Tolerances

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
KEEP_DAYS = 30


def open_project(brand_id: UUID, name: str, *, by: str, keep_days: int = KEEP_DAYS) -> Project:
    """A new look at the brand's systems. Currency, country and time zone are the brand's. Raises BadInput."""
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise BadValue("name", name, "a name of 1 to 80 characters")
    if not 1 <= keep_days <= 400:
        raise BadValue("keep_days", keep_days, "1 to 400 days")
    brand = get_brand(brand_id)
    ZoneInfo(brand.timezone)
    with in_brand(brand_id):
        if len(list_projects(brand_id)) >= MAX_PROJECTS:
            raise Conflict(f"there are {MAX_PROJECTS} projects already; delete one that is done")
        row = ProjectRow.objects.create(
            brand_id=brand_id,
            name=name,
            currency=brand.currency,
            country=brand.country,
            timezone=brand.timezone,
            keep_days=keep_days,
            created_at=clock.now(),
            created_by=by[:80],
        )
        _note(brand_id, by, "shadow.open", row.id, {"name": name})
        return project_of(brand_id, row.id)


def connect(
    brand_id: UUID,
    project_id: UUID,
    code: str,
    kind: SystemKind,
    *,
    by: str,
    name: str = "",
    connector: str = "",
    channel_id: UUID | None = None,
    secrets: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    sells: bool | None = None,
    books: bool | None = None,
    keeps_stock: bool | None = None,
    interval_s: int = 300,
    price_group: str = "",
    books_of: Sequence[str] = (),
    ref_prefixes: Sequence[str] = (),
) -> System:
    """Add a system to look at. With a `connector` it gets an address for copies of its webhooks; the channel of a
    `channel_id` is read by itself from then on, and nothing is written to it.
    What it is for follows from its kind unless said: shops, marketplaces and tills sell, ERP and OMS book, the first
    ERP keeps the stock. No credential that could write anywhere is asked for: only what a signature is checked with.
    Raises BadInput: a code that is taken or cannot be one, a connector that would have to ask, a channel that is live.
    """
    secrets, settings = dict(secrets or {}), dict(settings or {})
    problems = _problems(code, connector, secrets, settings, interval_s)
    if channel_id:
        problems += _named(brand_id, channel_id, connector, settings)
    with in_brand(brand_id):
        project = project_of(brand_id, project_id)
        if project.system(code):
            problems.append(Problem("code", "taken", "a code that no other system of the project has", code))
        if len(project.systems) >= MAX_SYSTEMS:
            problems.append(Problem("code", "too_many", f"at most {MAX_SYSTEMS} systems"))
        if problems:
            raise BadInput(f"the system cannot be connected: {problems[0].field}: {problems[0].fix}", *problems)
        keeper = any(each.keeps_stock for each in project.systems)
        row = SystemRow.objects.create(
            brand_id=brand_id,
            project_id=project_id,
            code=code,
            name=(name.strip() or code)[:80],
            kind=kind.value,
            sells=kind in SELLS if sells is None else sells,
            books=kind in BOOKS if books is None else books,
            keeps_stock=(kind in BOOKS and not keeper) if keeps_stock is None else keeps_stock,
            interval_s=interval_s,
            price_group=price_group.strip()[:40],
            books_of=list(books_of),
            ref_prefixes=list(ref_prefixes)[:10],
            connector=connector,
            token=_token(brand_id) if connector else "",
            sealed=seal(json.dumps(secrets)),
            settings=settings,
        )
        _note(brand_id, by, "shadow.connect", row.id, {"system": code, "kind": kind.value, "connector": connector})
        return system_view(row)


def _problems(
    code: str, connector: str, secrets: Mapping[str, str], settings: Mapping[str, Any], interval_s: int
) -> list[Problem]:
    found = []
    if not CODE.fullmatch(code):
        found.append(Problem("code", "bad_value", "1 to 40 lower-case letters, digits, - or _", code[:80]))
    if not 1 <= interval_s <= 86_400:
        found.append(Problem("interval_s", "bad_value", "1 to 86,400 seconds", interval_s))
    if not connector:
        return found
    if connector not in KINDS:
        found.append(Problem("connector", "unknown_connector", f"one of {', '.join(KINDS)}", connector))
        return found
    if connector_of(connector, settings).fetch is not None:
        fix = "files of its orders: its webhooks name an order only, and nothing asks its platform for the rest"
        found.append(Problem("connector", "must_ask", fix, connector))
    for name in SECRETS.get(connector, ()):
        if not secrets.get(name) and not any(key.startswith("device:") for key in secrets):
            found.append(Problem(f"secrets/{name}", "missing", f"what {connector} signs its webhooks with"))
    return found


def _named(brand_id: UUID, channel_id: UUID, connector: str, settings: dict[str, Any]) -> list[Problem]:
    """Name the channel in the system's settings; what is wrong with it."""
    settings["channel"] = str(channel_id)
    if connector:
        return [Problem("channel", "both", "either the channel, or copies of its webhooks", connector)]
    try:
        opens(brand_id, channel_id)
    except NotFound:
        return [Problem("channel", "not_connected", "connect the channel first, with --watch-only")]
    except DatongError as error:
        return [Problem("channel", problem.code, problem.fix) for problem in error.problems]
    return []


def _token(brand_id: UUID) -> str:
    return base64.urlsafe_b64encode(brand_id.bytes + random.token_bytes(24)).decode().rstrip("=")


def set_tolerances(brand_id: UUID, project_id: UUID, tolerances: Tolerances, *, by: str) -> Project:
    """What is let pass from the next run on. Raises BadValue."""
    limits = {"grace_s": 86_400, "double_s": 86_400, "gap_s": 86_400, "nearer_m": 1_000_000, "km_minor": 1_000_000}
    for name, most in limits.items():
        value = getattr(tolerances, name)
        if not 0 <= value <= most:
            raise BadValue(name, value, f"0 to {most:,}")
    with in_brand(brand_id):
        before = project_of(brand_id, project_id).tolerances
        plain = msgspec.to_builtins(tolerances)
        ProjectRow.objects.filter(brand_id=brand_id, id=project_id).update(tolerances=plain)
        _note(brand_id, by, "shadow.tolerances", project_id, plain, msgspec.to_builtins(before))
        return project_of(brand_id, project_id)


DELETE = tuple(
    f"DELETE FROM {table} WHERE brand_id = %(brand)s AND project_id = %(project)s"  # noqa: S608 names of ours
    for table in (
        "shadow_line", "shadow_order", "shadow_stock", "shadow_price", "shadow_member", "shadow_item",
        "shadow_explained", "shadow_finding", "shadow_run", "shadow_feed", "shadow_system",
    )
)  # fmt: skip
DELETE_PROJECT = "DELETE FROM shadow_project WHERE brand_id = %(brand)s AND id = %(project)s"


def delete_project(brand_id: UUID, project_id: UUID, *, by: str) -> int:
    """The project with everything it saw, payloads and contacts included; how many rows went. Raises NotFound."""
    with in_brand(brand_id):
        project = project_of(brand_id, project_id)
        key = {"brand": brand_id, "project": project_id}
        gone = sum(execute(statement, key) for statement in DELETE)
        if not execute(DELETE_PROJECT, key):
            raise NotFound(f"no shadow project {project_id}")
        _note(brand_id, by, "shadow.delete", project_id, {"rows": gone}, {"name": project.name})
        return gone


def _note(brand_id: UUID, by: str, verb: str, subject: UUID, after: Any, before: Any = None) -> None:
    audit.record(brand=brand_id, actor=by, verb=verb, subject=f"shadow {subject}", before=before, after=after)
