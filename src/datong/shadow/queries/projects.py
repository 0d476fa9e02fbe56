"""Projects, their systems, what they were given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound, Problem
from datong.shadow.models import Project as ProjectRow
from datong.shadow.models import System as SystemRow
from datong.shadow.types import FeedKind, FeedView, Project, System, SystemKind, Tolerances

MAX_FEEDS = 100
MAX_UNMATCHED = 500


def list_projects(brand_id: UUID) -> list[Project]:
    """The brand's projects with their systems, the newest first; two statements."""
    with in_brand(brand_id):
        systems: dict[UUID, list[System]] = {}
        for row in SystemRow.objects.filter(brand_id=brand_id).order_by("id"):
            systems.setdefault(row.project_id, []).append(system_view(row))
        found = ProjectRow.objects.filter(brand_id=brand_id).order_by("-id")
        return [_project(row, tuple(systems.get(row.id, ()))) for row in found]


def project_of(brand_id: UUID, project_id: UUID) -> Project:
    """One project with its systems. Raises NotFound."""
    with in_brand(brand_id):
        row = ProjectRow.objects.filter(brand_id=brand_id, id=project_id).first()
        if row is None:
            raise NotFound(f"no shadow project {project_id}")
        systems = SystemRow.objects.filter(brand_id=brand_id, project_id=project_id).order_by("id")
        return _project(row, tuple(system_view(each) for each in systems))


def _project(row: ProjectRow, systems: tuple[System, ...]) -> Project:
    return Project(
        id=row.id,
        brand_id=row.brand_id,
        name=row.name,
        currency=row.currency,
        country=row.country,
        timezone=row.timezone,
        keep_days=row.keep_days,
        tolerances=msgspec.convert(row.tolerances, Tolerances),
        created_at=row.created_at,
        created_by=row.created_by,
        systems=systems,
    )


def system_view(row: SystemRow) -> System:
    return System(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=SystemKind(row.kind),
        sells=row.sells,
        books=row.books,
        keeps_stock=row.keeps_stock,
        interval_s=row.interval_s,
        price_group=row.price_group,
        books_of=tuple(row.books_of),
        ref_prefixes=tuple(row.ref_prefixes),
        connector=row.connector,
        token=row.token,
        settings=row.settings,
    )


FEEDS = """
    SELECT id, system_id, kind, door, name, received_at, rows, taken, refused FROM shadow_feed
     WHERE brand_id = %(brand)s AND project_id = %(project)s
       AND door IN ('file', 'pull') ORDER BY id DESC LIMIT %(limit)s
"""


def feeds(brand_id: UUID, project_id: UUID, *, limit: int = MAX_FEEDS) -> list[FeedView]:
    """The latest files and the latest reading of each channel, the newest first.

    Webhook deliveries are counted in the coverage, not listed.
    """
    with in_brand(brand_id):
        found = rows(FEEDS, {"brand": brand_id, "project": project_id, "limit": min(limit, MAX_FEEDS)})
    return [FeedView(row[0], row[1], FeedKind(row[2]), *row[3:]) for row in found]


PROBLEMS = """
    SELECT name, refused, problems FROM shadow_feed
     WHERE brand_id = %(brand)s AND project_id = %(project)s AND id = %(feed)s
"""


def feed_problems(brand_id: UUID, project_id: UUID, feed_id: UUID) -> tuple[str, int, list[Problem]]:
    """(name of the file, rows refused, the first problems). Raises NotFound."""
    with in_brand(brand_id):
        found = rows(PROBLEMS, {"brand": brand_id, "project": project_id, "feed": feed_id})
    if not found:
        raise NotFound(f"no feed {feed_id}")
    name, refused, problems = found[0]
    plain = msgspec.json.decode(problems) if isinstance(problems, str) else problems
    return name, refused, [Problem(**each) for each in plain]


UNMATCHED = """
    SELECT s.code, i.sku, i.title FROM shadow_item i
      JOIN shadow_system s ON s.brand_id = i.brand_id AND s.id = i.system_id
     WHERE i.brand_id = %(brand)s AND i.project_id = %(project)s AND i.others = 0
     ORDER BY s.code, i.sku LIMIT %(limit)s
"""


def unmatched(brand_id: UUID, project_id: UUID) -> list[tuple[str, str, str]]:
    """(system, SKU, title) of what one system knows and no other; as of the latest run."""
    key = {"brand": brand_id, "project": project_id, "limit": MAX_UNMATCHED}
    with in_brand(brand_id):
        return [(system, sku, title) for system, sku, title in rows(UNMATCHED, key)]
