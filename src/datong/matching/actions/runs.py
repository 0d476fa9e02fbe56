"""All records of a brand against all: asked by somebody or every night, worked on in the background, part by part.

A run that loses its worker is taken up by another from its beginning; everything it writes may be written twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from datong.customers import api as customers
from datong.customers.types import Profile
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.matching import rules
from datong.matching.actions.consider import put_keys, put_pairs
from datong.matching.queries import RUN_COLUMNS, list_runs, run_of, setting_of
from datong.matching.types import Run, Setting, Step, Thresholds, Weighed

LEASE = timedelta(minutes=2)
CHUNK = 500
MOST_PROPOSED = 20_000
"""Pairs that one run puts up: nobody looks at more. The surest first; merged ones leave room for the next."""
LEAST_TO_LEARN = 1_000
"""Fewer records teach too little: they are weighed with the weights that new ones are weighed with."""
COLUMNS = ("given", "family", "phone", "phone_verified", "email", "device")
_weighers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="matching")
"""Weighing takes a minute for a million records: the worker goes on with other things meanwhile."""

ASK = f"""
    INSERT INTO matching_run (brand_id, id, by, at, step, records, pairs, proposed, merged, error)
    VALUES (%(brand)s, %(id)s, %(by)s, %(now)s, 'waiting', 0, 0, 0, 0, '')
    ON CONFLICT (brand_id) WHERE ended_at IS NULL DO NOTHING RETURNING {RUN_COLUMNS}
"""  # noqa: S608  constants only


def ask_run(*, brand: UUID, by: str) -> Run:
    """Ask that all records are compared; the run that waits or is under way, if there is one."""
    with in_brand(brand):
        found = rows(ASK, {"brand": brand, "id": uuid7(), "by": by[:120], "now": clock.now()})
        if not found:
            return list_runs(brand, limit=1)[0]
        run = run_of(found[0])
        audit.record(brand=brand, actor=by, verb="matching.run", subject=f"matching run {run.id}")
    return run


HOLD = """
    UPDATE matching_run SET held_until = %(until)s, step = %(step)s, records = records + %(records)s,
           pairs = pairs + %(pairs)s, proposed = proposed + %(proposed)s, merged = merged + %(merged)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND ended_at IS NULL
"""
TAKE = """
    UPDATE matching_run SET held_until = %(until)s, step = 'reading', records = 0, pairs = 0, proposed = 0, merged = 0
     WHERE brand_id = %(brand)s AND id = %(id)s AND ended_at IS NULL
       AND (held_until IS NULL OR held_until < %(now)s)
"""
END = """
    UPDATE matching_run SET ended_at = %(now)s, step = %(step)s, error = %(error)s, held_until = NULL
     WHERE brand_id = %(brand)s AND id = %(id)s AND ended_at IS NULL
"""


def work(brand: UUID, run: UUID) -> Iterator[Step]:
    """Bring a run to its end, part by part. Ends at once when somebody else works on it."""
    now = clock.now()
    with in_brand(brand):
        if not execute(TAKE, {"brand": brand, "id": run, "now": now, "until": now + LEASE}):
            return
    profiles: dict[UUID, Profile] = {}
    after: UUID | None = None
    while page := customers.profiles_page(brand, after=after):
        put_keys(page, brand=brand)
        profiles |= {profile.id: profile for profile in page}
        after = page[-1].id
        _hold(brand, run, Step.READING, records=len(page))
        yield Step.READING
    setting = setting_of(brand)
    found: Future[list[Weighed]] = _weighers.submit(weigh_all, list(profiles.values()), setting, brand)
    held = None
    while not found.done():
        if held is None or clock.now() - held > LEASE / 8:
            _hold(brand, run, Step.WEIGHING)
            held = clock.now()
        yield Step.WEIGHING
    weighed = found.result()
    _hold(brand, run, Step.WRITING, pairs=len(weighed))
    for start in range(0, min(len(weighed), MOST_PROPOSED), CHUNK):
        part = weighed[start : start + CHUNK]
        new = put_pairs(part, profiles, brand=brand, now=clock.now(), run=run)
        merged = _merge(part, profiles, setting, brand) if setting.merges else 0
        _hold(brand, run, Step.WRITING, proposed=new, merged=merged)
        yield Step.WRITING
    end_run(brand, run)
    yield Step.DONE


def end_run(brand: UUID, run: UUID, error: str = "") -> None:
    """The run is over, well or with an error; the same again changes nothing."""
    key = {"brand": brand, "id": run, "now": clock.now(), "error": error[:500]}
    with in_brand(brand):
        execute(END, {**key, "step": Step.FAILED.value if error else Step.DONE.value})


def _hold(brand: UUID, run: UUID, step: Step, **more: int) -> None:
    counts = dict.fromkeys(("records", "pairs", "proposed", "merged"), 0) | more
    with in_brand(brand):
        key = {"brand": brand, "id": run, "step": step.value, "until": clock.now() + LEASE}
        if not execute(HOLD, {**key, **counts}):
            raise Conflict("somebody ended the run")


def weigh_all(profiles: Sequence[Profile], setting: Setting, brand: UUID) -> list[Weighed]:
    """The pairs that are likely enough to be shown, the surest first. Nothing is asked of the database."""
    if len(profiles) < LEAST_TO_LEARN:
        found = rules.weigh_few(profiles, brand)
        return sorted((one for one in found if one.weight >= setting.review), key=lambda one: -one.weight)
    with rules.open_duckdb() as connection:
        _load(connection, profiles)
        names = [name for name in COLUMNS if name != "phone_verified"]
        counts = ", ".join(f"count(DISTINCT {name})" for name in names)
        ((told),) = connection.execute(f"SELECT {counts} FROM people").fetchall()  # noqa: S608  our own names
        have = [name for name, count in zip(names, told, strict=True) if count > 1]
        if "phone" in have:
            have.append("phone_verified")
        if not {"phone", "email"} & set(have):
            return []  # names alone tell nobody from a namesake
        pairs = rules.match(connection, have, thresholds=Thresholds(setting.auto, setting.review)).pairs
    order = np.argsort(-pairs.weight, kind="stable")
    order = order[pairs.weight[order] >= setting.review]
    return [_weighed(pairs, profiles, int(at)) for at in order]


def _load(connection: Any, profiles: Sequence[Profile]) -> None:
    import pyarrow as pa  # only a run needs it

    columns = list(zip(*(rules.row_of(profile) for profile in profiles), strict=True))
    types = [pa.string(), pa.string(), pa.string(), pa.int8(), pa.string(), pa.string()]
    arrays = {name: pa.array(values, kind) for name, values, kind in zip(COLUMNS, columns, types, strict=True)}
    connection.register("loaded", pa.table({"unique_id": pa.array(range(len(profiles)), pa.int64()), **arrays}))
    connection.execute("CREATE TABLE people AS SELECT * FROM loaded")


def _weighed(pairs: Any, profiles: Sequence[Profile], at: int) -> Weighed:
    """A pair with its parts; what they do not add up to is the odds against any two and what counted twice."""
    a, b = sorted((profiles[int(pairs.a[at])].id, profiles[int(pairs.b[at])].id))
    told = {name: round(float(part[at]), 2) for name, part in pairs.parts.items() if abs(part[at]) >= 0.005}
    weight = round(float(pairs.weight[at]), 2)
    return Weighed(a, b, weight, {"prior": round(weight - sum(told.values()), 2), **told})


def _merge(part: Sequence[Weighed], profiles: dict[UUID, Profile], setting: Setting, brand: UUID) -> int:
    """Merge what the brand lets be merged: from the automatic weight on, unless a person has refused the pair."""
    sure = [one for one in part if one.weight >= setting.auto]
    open_pairs = customers.open_pairs(brand, [(one.a, one.b) for one in sure])
    merged = 0
    for one in sure:
        if (one.a, one.b) not in open_pairs:
            continue
        said = f"match weight {one.weight:.1f}, automatic from {setting.auto:g} on; switched on by {setting.by}"
        sign = rules.evidence(profiles[one.a], profiles[one.b])
        try:
            customers.merge(
                one.a, one.b, brand=brand, by="matching", reason=said[:500], evidence=[sign] if sign else []
            )
        except (BadInput, Conflict):
            continue  # joined by others meanwhile, or too many records: the proposal stays for a person
        merged += 1
    return merged
