"""What runs of a brand may do."""

from __future__ import annotations

from math import isfinite
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.matching.queries import setting_of
from datong.matching.types import Setting

LEAST_AUTO, MOST_AUTO = 3.0, 60.0
MAX_REASON = 500
SAY = """
    INSERT INTO matching_setting (brand_id, id, at, by, reason, merges, nightly, auto, review)
    VALUES (%(brand)s, %(id)s, %(at)s, %(by)s, %(reason)s, %(merges)s, %(nightly)s, %(auto)s, %(review)s)
"""


def say_setting(
    *, brand: UUID, by: str, reason: str, merges: bool, nightly: bool, auto: float, review: float
) -> Setting:
    """Say from which weight on pairs are merged (if at all) or shown to a person; on record, with who and why.

    The same again writes nothing. Raises BadValue naming the field. Takes effect with the next run.
    """
    why = " ".join(reason.split())
    if not isfinite(auto) or not LEAST_AUTO <= auto <= MOST_AUTO:
        raise BadValue("auto", auto, f"a weight from {LEAST_AUTO:g} to {MOST_AUTO:g} bits")
    if not isfinite(review) or not 0 <= review <= auto:
        raise BadValue("review", review, "a weight from 0 to the automatic one")
    if not why or len(why) > MAX_REASON or not why.isprintable():
        raise BadValue("reason", reason[:80], f"1 to {MAX_REASON} printable characters")
    with in_brand(brand):
        was = setting_of(brand)
        told = {"merges": merges, "nightly": nightly, "auto": auto, "review": review}
        before = {name: getattr(was, name) for name in told}
        if told == before and was.at:
            return was
        now = clock.now()
        key = {"brand": brand, "id": uuid7(), "at": now, "by": by[:120], "reason": why}
        execute(SAY, {**key, **told})
        changed = [name for name in told if told[name] != before[name]]
        audit.record(
            brand=brand,
            actor=by,
            verb="matching.set",
            subject="matching",
            before={name: before[name] for name in changed},
            after={name: told[name] for name in changed},
            reason=why,
        )
    return Setting(merges, nightly, auto, review, by[:120], now, why)
