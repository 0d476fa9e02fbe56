"""Wrong guesses are counted for all processes together: codes of cards, gifts and vouchers are not found by trying.

A miss is written in a transaction of its own, for the refusal undoes the caller's.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import TooManyTries

COUNTED = "SELECT key, count, since FROM kernel_tries WHERE brand_id = %s AND key = ANY(%s::text[]) AND since > %s"


def check_tries(brand: UUID, *keys: str, most: int, within: timedelta) -> None:
    """Raise TooManyTries when any of these keys missed `most` times within the time; one statement."""
    now = clock.now()
    with in_brand(brand):
        for _, count, since in rows(COUNTED, [brand, list(keys), now - within]):
            if count >= most:
                wait_s = int((since + within - now).total_seconds()) + 1
                raise TooManyTries("too many wrong codes from here: try again later", retry_after_s=wait_s)


MISS = """
    INSERT INTO kernel_tries (brand_id, key, since, count)
    SELECT %(brand)s, key, %(now)s, 1 FROM unnest(%(keys)s::text[]) WITH ORDINALITY k(key, n) ORDER BY n
    ON CONFLICT (brand_id, key) DO UPDATE SET
        since = CASE WHEN kernel_tries.since <= %(old)s THEN excluded.since ELSE kernel_tries.since END,
        count = CASE WHEN kernel_tries.since <= %(old)s THEN 1 ELSE kernel_tries.count + 1 END
"""


def miss(brand: UUID, *keys: str, within: timedelta) -> None:
    """Count one wrong guess for each key; a count begins anew when `within` has gone by."""
    now = clock.now()
    with in_brand(brand):
        execute(MISS, {"brand": brand, "keys": sorted(set(keys)), "now": now, "old": now - within})


SWEEP = "DELETE FROM kernel_tries WHERE brand_id = %s AND since < %s"


def sweep_tries(brand: UUID, *, older: timedelta = timedelta(days=1)) -> int:
    """Forget old counts; how many."""
    with in_brand(brand):
        return execute(SWEEP, [brand, clock.now() - older])
