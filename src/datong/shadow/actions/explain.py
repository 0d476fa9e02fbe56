"""A person's word on a finding: it is as it should be, and why."""

from __future__ import annotations

from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue
from datong.shadow.queries import finding
from datong.shadow.types import Finding

EXPLAIN = """
    INSERT INTO shadow_explained (brand_id, project_id, mark, reason, by, at)
    VALUES (%(brand)s, %(project)s, %(mark)s, %(reason)s, %(by)s, %(at)s)
    ON CONFLICT (brand_id, project_id, mark) DO UPDATE
       SET reason = excluded.reason, by = excluded.by, at = excluded.at
"""
REOPEN = "DELETE FROM shadow_explained WHERE brand_id = %(brand)s AND project_id = %(project)s AND mark = %(mark)s"


def explain(brand_id: UUID, project_id: UUID, finding_id: UUID, reason: str, *, by: str) -> Finding:
    """Mark a finding as explained; it no longer counts, in later runs neither. Raises BadValue, NotFound."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300 or not reason.isprintable():
        raise BadValue("reason", reason, "a reason of 1 to 300 characters")
    with in_brand(brand_id):
        found = finding(brand_id, project_id, finding_id)
        key = {"brand": brand_id, "project": project_id, "mark": found.mark}
        execute(EXPLAIN, {**key, "reason": reason, "by": by[:80], "at": clock.now()})
        audit.record(
            brand=brand_id, actor=by, verb="shadow.explain", subject=f"finding {found.mark}"[:200], reason=reason
        )
        return finding(brand_id, project_id, finding_id)


def reopen(brand_id: UUID, project_id: UUID, finding_id: UUID, *, by: str) -> Finding:
    """Take the explanation back: the finding counts again."""
    with in_brand(brand_id):
        found = finding(brand_id, project_id, finding_id)
        if execute(REOPEN, {"brand": brand_id, "project": project_id, "mark": found.mark}):
            audit.record(brand=brand_id, actor=by, verb="shadow.reopen", subject=f"finding {found.mark}"[:200])
        return finding(brand_id, project_id, finding_id)
