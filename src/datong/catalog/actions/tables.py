"""Decision tables go live only without a finding and by a second person; rates take effect by their date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from datong.access import api as access
from datong.access.types import Approval, ApprovalState, Asker
from datong.catalog import rules
from datong.catalog.actions.common import stamp
from datong.catalog.events import CatalogPut
from datong.catalog.queries.tables import table_version
from datong.catalog.rules.tables import check_shape, find_faults
from datong.catalog.types import Rate, Table, TableState, TableVersion
from datong.kernel import audit, clock, outbox
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, Conflict, Problem
from datong.kernel.ids import uuid7

KIND = "decision_table.publish"
WORTH = 10**12
"""A table decides over money from then on, so it is above the limit of everybody who has one."""

INSERT = """
    INSERT INTO catalog_decisiontable (brand_id, id, name, number, state, body, made_by, made_at, decided_by)
    SELECT %(brand)s, %(id)s, %(name)s::text, coalesce(max(number), 0) + 1, 'draft', %(body)s::jsonb,
           %(by)s, %(now)s, ''
      FROM catalog_decisiontable WHERE brand_id = %(brand)s AND name = %(name)s::text
"""


def put_table(brand_id: UUID, table: Table, *, by: str) -> TableVersion:
    """Keep a new version as a draft; it decides nothing yet. Raises BadInput for a table without shape."""
    check_shape(table)
    version_id = uuid7()
    with in_brand(brand_id):
        stamp(brand_id, "tables")
        body = msgspec.json.encode(table).decode()
        given = {"brand": brand_id, "id": version_id, "name": table.name, "body": body, "by": by[:120]}
        execute(INSERT, {**given, "now": clock.now()})
        return table_version(brand_id, version_id)


SUBMITTED = """
    UPDATE catalog_decisiontable SET state = 'waiting', approval_id = %(approval)s, valid_from = %(from)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('draft', 'waiting')
"""
FROM = "UPDATE catalog_decisiontable SET valid_from = %(from)s WHERE brand_id = %(brand)s AND id = %(id)s"


def publish_table(
    brand_id: UUID, version_id: UUID, *, by: Asker, valid_from: datetime | None = None, reason: str = ""
) -> TableVersion:
    """Ask for a version to go live from a moment on. Refused while a check finds anything, each finding named.

    Raises BadInput with the findings, Conflict for a version that is not a draft.
    """
    with in_brand(brand_id):
        stamp(brand_id, "tables")
        version = table_version(brand_id, version_id)
        if version.state is not TableState.DRAFT:
            return version
        found = find_faults(version.table)
        if found:
            problems = (
                Problem(f"rows/{'+'.join(map(str, f.rows)) or '-'}", f.fault.value, f.says, dict(f.example))
                for f in found
            )
            raise BadInput(f"{len(found)} findings keep the table from going live", *problems)
        execute(FROM, {"brand": brand_id, "id": version_id, "from": valid_from})
        facts = {
            _("Version"): version.number,
            _("Rows"): len(version.table.rows),
            "href": f"/tables/{version.table.name}/{version_id}/",
        }
        subject = f"{version.table.title or version.table.name} #{version.number}"
        asked = access.ask(
            KIND, brand=brand_id, by=by, subject=subject, facts=facts, amount_minor=WORTH, reason=reason,
            key=f"{KIND} {version_id}",
        )  # fmt: skip
        if asked.state is not ApprovalState.APPROVED:
            execute(SUBMITTED, {"brand": brand_id, "id": version_id, "approval": asked.id, "from": valid_from})
        return table_version(brand_id, version_id)


LIVE = """
    UPDATE catalog_decisiontable SET state = 'live', valid_from = greatest(coalesce(valid_from, %(now)s), %(now)s),
           decided_by = %(by)s, approval_id = %(approval)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('draft', 'waiting')
"""


def apply_table(approval: Approval) -> None:
    """Let an approved version go live, in the decision's transaction."""
    brand_id = current_brand()
    version_id = UUID(str(approval.facts["href"]).rstrip("/").rsplit("/", 1)[1])
    given = {"brand": brand_id, "id": version_id, "by": approval.decided_by, "approval": approval.id}
    stamp(brand_id, "rules")
    if not execute(LIVE, {**given, "now": clock.now()}):
        raise Conflict("this version is live already or was refused; make a new one")
    outbox.emit(CatalogPut(brand_id, "decision_tables", 1, approval.decided_by))
    audit.record(
        brand=brand_id, actor=approval.decided_by, verb=KIND, subject=f"decision table {approval.subject}",
        reason=approval.reason,
    )  # fmt: skip


PUT_RATES = """
    INSERT INTO catalog_rate (brand_id, kind, key, valid_from, value_e8, set_by, set_at, reason)
    SELECT %(brand)s, kind, key, valid_from, value, %(by)s, %(now)s, %(reason)s
      FROM unnest(%(kinds)s::text[], %(keys)s::text[], %(froms)s::timestamptz[], %(values)s::bigint[])
           AS new(kind, key, valid_from, value) ORDER BY kind, key, valid_from
    ON CONFLICT (brand_id, kind, key, valid_from) DO UPDATE
       SET value_e8 = excluded.value_e8, set_by = excluded.set_by, set_at = excluded.set_at, reason = excluded.reason
     WHERE catalog_rate.value_e8 <> excluded.value_e8
    RETURNING kind, key
"""


def put_rates(brand_id: UUID, new: Sequence[Rate], *, by: str, reason: str) -> int:
    """Say what rates are from a moment on, now or later; every channel reads the new one from its date on.

    A rate of the same moment is corrected. Raises BadInput for what is past, not above zero, or without a reason.
    """
    now = clock.now()
    rules.check_dated_rates(new, reason, now)
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        given: dict[str, Any] = {
            "kinds": [rate.kind.value for rate in new],
            "keys": [rate.key for rate in new],
            "froms": [rate.valid_from for rate in new],
            "values": [rate.value_e8 for rate in new],
        }
        changed = rows(PUT_RATES, {"brand": brand_id, "by": by[:120], "now": now, "reason": reason[:300], **given})
        for rate in new:
            after = {"value_e8": rate.value_e8, "valid_from": rate.valid_from}
            subject = f"rate {rate.kind.value} {rate.key}"
            audit.record(brand=brand_id, actor=by, verb="rate.change", subject=subject, after=after, reason=reason)
        outbox.emit(CatalogPut(brand_id, "rates", len(changed), by))
    return len(changed)
