"""The findings of a project's latest run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.shadow.types import Finding, Kind, Severity

MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """All of it must hold; None and '' ask for nothing. `explained` False: open ones only. `text`: in the product's
    name, the item, the order's number or the store's code."""

    kind: Kind | None = None
    severity: Severity | None = None
    day: date | None = None
    store: str = ""
    system: str = ""
    explained: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class FindingPage:
    """By money, the largest first. `next`: the `after` of the following page, None at the end."""

    rows: tuple[Finding, ...]
    next: tuple[int, UUID] | None


COLUMNS = """f.id, f.mark, f.kind, f.severity, f.day, f.at, f.amount_minor, f.currency, f.store, f.item, f.title,
             f.systems::text, f.facts::text, f.evidence::text, f.rows, e.reason, e.by,
             e.at AS explained_at"""
FROM = """shadow_finding f LEFT JOIN shadow_explained e
          ON e.brand_id = f.brand_id AND e.project_id = f.project_id AND e.mark = f.mark"""
PAGE = f"""
    SELECT {COLUMNS} FROM {FROM}
     WHERE f.brand_id = %(brand)s AND f.project_id = %(project)s
       AND (%(kind)s::text = '' OR f.kind = %(kind)s::text)
       AND (%(severity)s::text = '' OR f.severity = %(severity)s::text)
       AND (%(day)s::date IS NULL OR f.day = %(day)s::date)
       AND (%(store)s::text = '' OR f.store = %(store)s::text)
       AND (%(system)s::text = '' OR f.systems ? %(system)s::text)
       AND (%(explained)s::bool IS NULL OR (e.mark IS NOT NULL) = %(explained)s::bool)
       AND (%(text)s::text = '' OR concat_ws(' ', f.title, f.item, f.store, f.mark) ILIKE %(pattern)s::text)
       AND (%(amount)s::bigint IS NULL OR (f.amount_minor, f.id) < (%(amount)s::bigint, %(id)s::uuid))
     ORDER BY f.amount_minor DESC, f.id DESC LIMIT %(limit)s
"""  # noqa: S608 constants of ours
ONE = f"""
    SELECT {COLUMNS} FROM {FROM} WHERE f.brand_id = %(brand)s AND f.project_id = %(project)s AND f.id = %(id)s
"""  # noqa: S608 constants of ours
_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def findings_page(
    brand_id: UUID,
    project_id: UUID,
    wanted: FindingFilter = FindingFilter(),
    *,
    after: tuple[int, UUID] | None = None,
    limit: int = 50,
) -> FindingPage:
    """A page of findings; contacts are masked by whoever shows them (`masked`)."""
    limit = max(1, min(limit, MAX_PAGE))
    text = "".join(c for c in wanted.text if c.isprintable()).strip()
    params = {
        "brand": brand_id,
        "project": project_id,
        "kind": wanted.kind.value if wanted.kind else "",
        "severity": wanted.severity.value if wanted.severity else "",
        "day": wanted.day,
        "store": wanted.store,
        "system": wanted.system,
        "explained": wanted.explained,
        "text": text,
        "pattern": f"%{text.translate(_LITERAL)}%",
        "amount": after[0] if after else None,
        "id": after[1] if after else None,
        "limit": limit + 1,
    }
    with in_brand(brand_id):
        found = [finding_of(row) for row in rows(PAGE, params)]
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return FindingPage(tuple(found[:limit]), (last.amount_minor, last.id) if last and last.id else None)


def finding(brand_id: UUID, project_id: UUID, finding_id: UUID) -> Finding:
    """One finding with its evidence. Raises NotFound, also when a later run has taken its place."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "project": project_id, "id": finding_id})
    if not found:
        raise NotFound("this finding is gone: a later run has taken its place")
    return finding_of(found[0])


def finding_of(row: tuple[Any, ...]) -> Finding:
    (id_, mark, kind, severity, day, at, amount, currency, store, item, title, systems, facts, evidence, count,
     reason, by, when) = row  # fmt: skip
    return Finding(
        mark=mark,
        kind=Kind(kind),
        severity=Severity(severity),
        day=day,
        at=at,
        amount_minor=amount,
        currency=currency,
        store=store,
        item=item,
        title=title,
        systems=tuple(json.loads(systems)),
        facts=json.loads(facts),
        evidence=tuple(json.loads(evidence)),
        rows=count,
        id=id_,
        reason=reason or "",
        explained_by=by or "",
        explained_at=when,
    )
