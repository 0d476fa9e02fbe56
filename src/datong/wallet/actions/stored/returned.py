"""What of an order's money went back where is written down, once, with the refund it is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute
from datong.kernel.ids import uuid7

KEEP = """
    INSERT INTO wallet_returned (brand_id, id, order_id, refund_id, kind, amount_minor, purse_id, part, name, ref,
                                 points, returned, at)
    SELECT %(brand)s, r.id, %(order)s, %(refund)s, r.kind, r.amount, nullif(r.purse, '')::uuid, r.part, r.name, r.ref,
           r.points, r.returned, %(now)s
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(amounts)s::bigint[], %(purses)s::text[], %(parts)s::text[],
                  %(names)s::text[], %(refs)s::text[], %(points)s::bigint[], %(returned)s::boolean[])
           r(id, kind, amount, purse, part, name, ref, points, returned)
     ORDER BY r.id
"""


def keep_returned(backs: Sequence[Sequence[Any]], *, brand: UUID, order_id: UUID, refund_id: UUID | None) -> None:
    """`backs`: the fields of types.Back, a row each."""
    if not backs:
        return
    kinds, amounts, purses, parts, names, refs, points, returned = (list(each) for each in zip(*backs, strict=True))
    key = {"brand": brand, "order": order_id, "refund": refund_id, "now": clock.now(), "ids": [uuid7() for _ in backs]}
    more = {"kinds": kinds, "amounts": amounts, "purses": purses, "parts": parts, "names": names, "refs": refs}
    execute(KEEP, {**key, **more, "points": points, "returned": returned})
