"""All against all: who of many records may be one person, with the weight of the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from datong.matching.rules import fields, model
from datong.matching.rules import people as persons
from datong.matching.rules.engines import ENGINES, Pairs
from datong.matching.rules.people import Array, Signs
from datong.matching.types import Field, Thresholds

MEMORY = "1GB"
THREADS = 2
PAIRS_A_RECORD = 8
"""Blocks are taken in order of worth until the pairs to be weighed are this many for each record."""
EXACT = 40.0
"""Bits of records that agree in full; above every learned weight."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found of `count` records: scored pairs, people at both thresholds, what was learned."""

    count: int
    exact: int
    pairs: Pairs
    sure: Array
    likely: Array
    settings: Mapping[str, Any]


def open_duckdb() -> Any:
    """A database in memory that keeps to its share of it."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute(f"SET threads = {THREADS}")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def fold(connection: Any, found: Mapping[Field, str]) -> list[str]:
    """Make table `people` of table `raw` (with `i`, the position); which fields somebody has."""
    connection.execute(f"CREATE TABLE people AS SELECT i AS unique_id, {fields.fold_sql(found)} FROM raw")  # noqa: S608
    names = [name for name in connection.table("people").columns if name != "unique_id"]
    counts = ", ".join(f"count(DISTINCT {name})" for name in names)
    (told,) = connection.execute(f"SELECT {counts} FROM people").fetchall()  # noqa: S608
    return [name for name, count in zip(names, told, strict=True) if count > 1]


def match(connection: Any, have: Sequence[str], *, thresholds: Thresholds, engine: str = "duckdb") -> Found:
    """Who is one person among the records of table `people` (`fold`). Deterministic for the same records."""
    ((count,),) = connection.execute("SELECT count(*) FROM people").fetchall()
    exact = _exact(connection, have)
    learned = ENGINES[engine](connection, have, _blocks(connection, have, count))
    pairs = persons.of_persons(learned.pairs)
    fine = persons.plausible(pairs)
    signs = _signs(connection, have, count)

    def grouped(least: float) -> Array:
        take = fine & (pairs.weight >= least)
        a, b = np.concatenate([exact[0], pairs.a[take]]), np.concatenate([exact[1], pairs.b[take]])
        weight = np.concatenate([np.full(len(exact[0]), EXACT), pairs.weight[take]])
        return persons.people(count, a, b, weight, signs)

    parts = {name: part[fine] for name, part in pairs.parts.items()}
    kept = Pairs(pairs.a[fine], pairs.b[fine], pairs.weight[fine], parts, pairs.near_mail[fine])
    return Found(
        count, len(exact[0]), kept, grouped(thresholds.auto), grouped(thresholds.review), dict(learned.settings)
    )


def _exact(connection: Any, have: Sequence[str]) -> tuple[Array, Array]:
    """Records that agree on a personal key and on the whole name, each with the first of them."""
    name = [field for field in ("given", "family") if field in have]
    a: list[Array] = []
    b: list[Array] = []
    for key in ("national_id", "phone", "email"):
        if key not in have or not name:
            continue
        known = " AND ".join(f"{field} IS NOT NULL" for field in (key, *name))
        sql = f"""
            SELECT first, unique_id FROM (
                SELECT unique_id, min(unique_id) OVER (PARTITION BY {", ".join((key, *name))}) AS first
                  FROM people WHERE {known}) WHERE first <> unique_id
        """  # noqa: S608  our own names
        found = connection.execute(sql).fetchnumpy()
        a.append(np.asarray(found["first"], np.int64))
        b.append(np.asarray(found["unique_id"], np.int64))
    empty = np.empty(0, np.int64)
    return (np.concatenate(a), np.concatenate(b)) if a else (empty, empty)


def _blocks(connection: Any, have: Sequence[str], count: int) -> list[Sequence[str]]:
    """The blocks that fit these records, in order of worth, as long as the pairs stay few."""
    taken: list[Sequence[str]] = []
    left = PAIRS_A_RECORD * count + 1000
    for block in model.BLOCKS:
        if not model.fits(block, have):
            continue
        known = " AND ".join(f"({part}) IS NOT NULL" for part in block)
        sql = f"""
            SELECT coalesce(sum(c * (c - 1) // 2), 0)::BIGINT
              FROM (SELECT count(*) AS c FROM people WHERE {known} GROUP BY {", ".join(block)})
        """  # noqa: S608  our own names
        ((pairs,),) = connection.execute(sql).fetchall()
        if pairs <= left // 3:
            taken.append(block)
            left -= pairs
    return [one for one in taken if not any(one != other and model.implied(one, other) for other in taken)]


def _signs(connection: Any, have: Sequence[str], count: int) -> Signs:
    proven = "CASE WHEN phone_verified = 1 THEN phone END" if {"phone", "phone_verified"} <= set(have) else "NULL"
    wanted = [f if f in have else "NULL" for f in ("given", "family", "birth")]
    found = connection.execute(
        f"SELECT {', '.join(wanted)}, {proven} FROM people ORDER BY unique_id"  # noqa: S608
    ).fetchall()
    return Signs(*zip(*found, strict=True)) if found else Signs((), (), (), ())
