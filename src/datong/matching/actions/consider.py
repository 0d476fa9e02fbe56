"""One new record against all: found by equal keys, weighed, and put up for a person when it may be somebody known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import json

from datong.customers.api import profiles_of, propose_merges
from datong.customers.types import Likely, Profile
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.matching import rules
from datong.matching.queries import setting_of
from datong.matching.types import Weighed

MOST_AT_ONCE = 500

FIND = """
    WITH mine AS (
        SELECT * FROM unnest(%(keys)s::bigint[], %(ids)s::uuid[]) m(key, customer_id)
    ), put AS (
        INSERT INTO matching_key (brand_id, key, customer_id)
        SELECT %(brand)s, m.key, m.customer_id FROM mine m ORDER BY m.key, m.customer_id
        ON CONFLICT DO NOTHING
    )
    SELECT m.key, m.customer_id, k.customer_id
      FROM mine m
     CROSS JOIN LATERAL (SELECT k.customer_id FROM matching_key k
                          WHERE k.brand_id = %(brand)s AND k.key = m.key AND k.customer_id <> m.customer_id
                          LIMIT %(most)s) k
"""


def consider(ids: Sequence[UUID], *, brand: UUID) -> int:
    """Weigh these records against all they share a key with; how many pairs were put up for a person.

    Nobody is merged. Five statements at most, whatever the number of records. The same again proposes nothing anew.
    """
    proposed = 0
    for start in range(0, len(ids), MOST_AT_ONCE):
        proposed += _consider(ids[start : start + MOST_AT_ONCE], brand)
    return proposed


def _consider(ids: Sequence[UUID], brand: UUID) -> int:
    with in_brand(brand):
        mine = {profile.id: profile for profile in profiles_of(brand, ids)}
        said = {one: rules.keys_of(profile, brand) for one, profile in mine.items()}
        found = _find(said, brand)
        if not found:
            return 0
        others = {other for _, sharing in found.values() for other in sharing} - mine.keys()
        known = mine | {profile.id: profile for profile in profiles_of(brand, others)}
        holders = {text: len(sharing) + 1 for text, sharing in found.values()}
        pairs = {
            (min(one, other), max(one, other))
            for one, keys in said.items()
            for key in keys
            for other in found.get((one, key), ("", ()))[1]
            if other in known
        }
        weighed = [one for a, b in sorted(pairs) if (one := rules.weigh(known[a], known[b], holders))]
        least = setting_of(brand).review
        return put_pairs([one for one in weighed if one.weight >= least], known, brand=brand, now=clock.now())


def _find(said: Mapping[UUID, Mapping[int, str]], brand: UUID) -> dict[tuple[UUID, int], tuple[str, list[UUID]]]:
    """(record, key) -> what the key stands for and who else has it; keys of many are left out.

    A statement does not see what it writes: those of the batch itself are found here.
    """
    flat = [(key, one) for one, keys in said.items() for key in keys]
    if not flat:
        return {}
    params = {"brand": brand, "most": rules.MOST_ALIKE + 1}
    params |= {"keys": [key for key, _ in flat], "ids": [one for _, one in flat]}
    batch: dict[int, set[UUID]] = {}
    for key, one in flat:
        batch.setdefault(key, set()).add(one)
    found = {(one, key): batch[key] - {one} for key, one in flat}
    for key, one, other in rows(FIND, params):
        found[one, key].add(other)
    return {
        (one, key): (said[one][key], sorted(sharing))
        for (one, key), sharing in found.items()
        if 0 < len(sharing) <= rules.MOST_ALIKE
    }


PUT = """
    INSERT INTO matching_pair (brand_id, a, b, weight, parts, at, run_id)
    SELECT %(brand)s, p.a, p.b, p.weight, p.parts::jsonb, %(now)s, %(run)s
      FROM unnest(%(as)s::uuid[], %(bs)s::uuid[], %(weights)s::float8[], %(parts)s::text[]) p(a, b, weight, parts)
     ORDER BY p.a, p.b
    ON CONFLICT (brand_id, a, b) DO UPDATE
       SET weight = EXCLUDED.weight, parts = EXCLUDED.parts, at = EXCLUDED.at, run_id = EXCLUDED.run_id
"""


def put_pairs(
    weighed: Sequence[Weighed], known: Mapping[UUID, Profile], *, brand: UUID, now: datetime, run: UUID | None = None
) -> int:
    """Keep what was weighed and propose it; how many proposals are new. Three statements, none for no pair."""
    apart = [one for one in weighed if known[one.a].head_id != known[one.b].head_id]
    if not apart:
        return 0
    params: dict[str, object] = {"brand": brand, "now": now, "run": run}
    params |= {"as": [one.a for one in apart], "bs": [one.b for one in apart]}
    params |= {"weights": [one.weight for one in apart]}
    params |= {"parts": [json.encode(dict(one.parts)).decode() for one in apart]}
    with in_brand(brand):
        execute(PUT, params)
        likely = [Likely(one.a, one.b, rules.evidence(known[one.a], known[one.b])) for one in apart]
        return propose_merges(likely, brand=brand)


def put_keys(profiles: Iterable[Profile], *, brand: UUID) -> None:
    """Make records findable that were there before; one statement."""
    flat = sorted((key, profile.id) for profile in profiles for key in rules.keys_of(profile, brand))
    with in_brand(brand):
        execute(KEEP, {"brand": brand, "keys": [key for key, _ in flat], "ids": [one for _, one in flat]})


KEEP = """
    INSERT INTO matching_key (brand_id, key, customer_id)
    SELECT %(brand)s, m.key, m.customer_id FROM unnest(%(keys)s::bigint[], %(ids)s::uuid[]) m(key, customer_id)
    ON CONFLICT DO NOTHING
"""
