"""Propose that two records are one person, for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.customers.events import MergeProposed
from datong.customers.types import Likely
from datong.kernel import clock, outbox
from datong.kernel.db import in_brand, rows

PROPOSE = """
    INSERT INTO customers_mergeproposal (brand_id, a, b, keep, kind, value, at, settled_by, outcome, reason)
    SELECT %(brand)s, p.a, p.b, CASE WHEN y.created_at < x.created_at THEN p.b ELSE p.a END, p.kind, p.value, %(now)s,
           '', '', ''
      FROM unnest(%(as)s::uuid[], %(bs)s::uuid[], %(kinds)s::text[], %(values)s::text[]) p(a, b, kind, value)
      JOIN customers_customer x ON x.brand_id = %(brand)s AND x.id = p.a
      JOIN customers_customer y ON y.brand_id = %(brand)s AND y.id = p.b
       AND coalesce(y.head_id, y.id) <> coalesce(x.head_id, x.id)
     ORDER BY p.a, p.b
    ON CONFLICT (brand_id, a, b) DO NOTHING
    RETURNING keep, CASE WHEN keep = a THEN b ELSE a END, kind
"""


def propose_merges(likely: Sequence[Likely], *, brand: UUID) -> int:
    """Put pairs of records up for a person to look at; how many are new.

    A pair is proposed once, whatever became of it; records that are one already are left out. Two statements.
    """
    pairs = {(min(one.a, one.b), max(one.a, one.b)): one.evidence for one in likely if one.a != one.b}
    if not pairs:
        return 0
    params = {
        "brand": brand,
        "now": clock.now(),
        "as": [a for a, _ in pairs],
        "bs": [b for _, b in pairs],
        "kinds": [sign.kind.value if sign else "" for sign in pairs.values()],
        "values": [sign.value if sign else "" for sign in pairs.values()],
    }
    with in_brand(brand):
        new = [MergeProposed(*row) for row in rows(PROPOSE, params)]
        outbox.emit(*new)
    return len(new)
