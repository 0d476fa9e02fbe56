"""What customers do on their way, told by the channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from datong.customers.types import Step
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, NotFound

MAX_STEPS = 500
MAX_ABOUT = 200
AHEAD = timedelta(minutes=10)
RECORD = """
    WITH told AS (
        SELECT t.*
          FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(kinds)s::text[], %(channels)s::uuid[],
                      %(ats)s::timestamptz[], %(abouts)s::text[]) t(id, customer_id, kind, channel_id, at, about)
    ), added AS (
        INSERT INTO customers_step (brand_id, id, customer_id, kind, channel_id, at, about)
        SELECT %(brand)s, t.id, t.customer_id, t.kind, t.channel_id, t.at, t.about
          FROM told t JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = t.customer_id
         ORDER BY t.id
        ON CONFLICT (brand_id, id) DO NOTHING RETURNING id
    )
    SELECT (SELECT count(*)::int FROM added),
           (SELECT t.customer_id FROM told t LEFT JOIN customers_customer c
                ON c.brand_id = %(brand)s AND c.id = t.customer_id WHERE c.id IS NULL LIMIT 1)
"""


def record_steps(steps: Sequence[Step], *, brand: UUID) -> int:
    """Keep what customers did; how many steps are new. One statement, whatever their number.

    A step that is there already stays as it was first told. Raises BadValue naming the field, NotFound when one of the
    customers is not known: nothing is kept then.
    """
    if not 1 <= len(steps) <= MAX_STEPS:
        raise BadValue("steps", len(steps), f"1 to {MAX_STEPS} steps")
    latest = clock.now() + AHEAD
    for n, step in enumerate(steps):
        if len(step.about) > MAX_ABOUT or not (step.about.isprintable() or not step.about):
            raise BadValue(f"/steps/{n}/about", step.about[:80], f"at most {MAX_ABOUT} printable characters")
        if step.at > latest:
            raise BadValue(f"/steps/{n}/at", step.at.isoformat(), "a time that is not ahead of now")
    with in_brand(brand, may_fail=True):
        ((added, stranger),) = rows(
            RECORD,
            {
                "brand": brand,
                "ids": [step.id for step in steps],
                "customers": [step.customer_id for step in steps],
                "kinds": [step.kind.value for step in steps],
                "channels": [step.channel_id for step in steps],
                "ats": [step.at for step in steps],
                "abouts": [" ".join(step.about.split()) for step in steps],
            },
        )
        if stranger:
            raise NotFound(f"no customer {stranger}")
    return int(added)
