"""Promotions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db import IntegrityError

from datong.catalog import rules
from datong.catalog.actions.common import stamp, tell
from datong.catalog.queries.promotions import DETAILS
from datong.catalog.types import Promotion
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, savepoint
from datong.kernel.errors import Conflict, NotFound

PUT_PROMOTIONS = """
    INSERT INTO catalog_promotion (brand_id, id, code, title, kind, value, threshold_minor, x, y, skus, channels,
                                   valid_from, valid_to, priority, stackable, details)
    SELECT %(brand)s, id, code, title, kind, value, threshold_minor, x, y, skus, channels,
           valid_from, valid_to, priority, stackable, details
      FROM jsonb_populate_recordset(NULL::catalog_promotion, %(promotions)s::jsonb) ORDER BY code
    ON CONFLICT (brand_id, code) DO UPDATE
       SET title = excluded.title, kind = excluded.kind, value = excluded.value, x = excluded.x, y = excluded.y,
           threshold_minor = excluded.threshold_minor, skus = excluded.skus, channels = excluded.channels,
           valid_from = excluded.valid_from, valid_to = excluded.valid_to, priority = excluded.priority,
           stackable = excluded.stackable, details = excluded.details
"""


def put_promotions(brand_id: UUID, promotions: Sequence[Promotion], *, by: str = "import") -> int:
    """Add promotions or replace those of the same code; they hold in every process from the commit on."""
    rules.check_promotions(promotions)
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        try:
            with savepoint():
                execute(PUT_PROMOTIONS, {"brand": brand_id, "promotions": _columns(promotions)})
        except IntegrityError:
            raise Conflict("a promotion's id is in use for another code; mint a new id") from None
        names = (f"promotion {each.code}" for each in promotions)
        after = msgspec.to_builtins(promotions[0]) if len(promotions) == 1 else None
        tell(brand_id, "promotions", len(promotions), by, verb="promotion.put", of=names, after=after)
    return len(promotions)


def _columns(promotions: Sequence[Promotion]) -> str:
    """The rows as JSON: what has a column of its own, and the rest together."""
    rows = [msgspec.to_builtins(promotion) for promotion in promotions]
    return msgspec.json.encode([{**row, "details": {name: row[name] for name in DETAILS}} for row in rows]).decode()


END_PROMOTION = """
    UPDATE catalog_promotion SET valid_to = %(now)s
     WHERE brand_id = %(brand)s AND code = %(code)s AND (valid_to IS NULL OR valid_to > %(now)s)
"""


def end_promotion(brand_id: UUID, code: str, *, by: str) -> None:
    """Let a promotion end now; its row stays, so that what was quoted by it can be explained. NotFound if it has."""
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        if not execute(END_PROMOTION, {"brand": brand_id, "code": code, "now": clock.now()}):
            raise NotFound(f"no promotion {code} that still holds")
        tell(brand_id, "promotions", 1, by, verb="promotion.end", of=[f"promotion {code}"])
