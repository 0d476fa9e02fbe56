"""How well, and at what cost, records of people are told to be one person: a file of your own, or made people.

Precision, recall and F1 of the scored pairs, of the people they make (every pair in one group) and of groups that are
whole; at the automatic threshold and where one person is more likely than two. Beside it what joining everybody with
an equal phone, e-mail, device or national number gives. Nothing is learned from the column of the truth.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from datong.kernel.errors import BadValue
from datong.matching.api import (
    ENGINES,
    Thresholds,
    fold,
    groups,
    match,
    of_groups,
    of_pairs,
    of_whole_groups,
    open_duckdb,
)
from datong.matching.api import read_headings as headings
from datong.matching.types import Field, Score
from datong.site.bench import made_people
from datong.site.bench.figures import Figure, Goal, Report, cpu_s, tree

FEBRL = r"^rec-([0-9]+)-(?:org|dup-[0-9]+)$"
"""Ids of the FEBRL data sets: the number is the person."""
GOAL_CPU_S = 60.0
GOAL_MIB = 2048.0
GOAL_PRECISION = 0.99
MILLION = 1_000_000
KEYS = ("national_id", "phone", "email", "device")
Array = np.ndarray[Any, Any]


def run(
    files: Sequence[Path], *, truth: str, said: Mapping[str, str], synthetic: int = 0, engine: str = "duckdb"
) -> Report:
    """Measure one set of records: all files together, or so many made ones. Raises BadInput naming what is wrong."""
    if bool(files) == bool(synthetic):
        raise BadValue("FILE", len(files), "files, or --synthetic N without files")
    if engine not in ENGINES:
        raise BadValue("engine", engine, f"one of {', '.join(ENGINES)}")
    if not synthetic:
        return _measure(files, truth, said, engine, synthetic)
    with tempfile.TemporaryDirectory(prefix="datong-people-") as folder:
        file = Path(folder) / "people.parquet"
        # In a process of its own: what making people takes is not what telling them apart takes.
        maker = multiprocessing.get_context("spawn").Process(target=made_people.write, args=(synthetic, file))
        maker.start()
        maker.join()
        if maker.exitcode:
            raise RuntimeError(f"making people ended with {maker.exitcode}")
        return _measure([file], "person", said, engine, synthetic)


def _measure(files: Sequence[Path], truth: str, said: Mapping[str, str], engine: str, synthetic: int) -> Report:
    start = _cpu_s()
    connection, thresholds = open_duckdb(), Thresholds()
    columns = _read(connection, files)
    found_truth = next((column for column in columns if column.strip().lower() == truth.strip().lower()), None)
    if found_truth is None:
        raise BadValue("truth", truth, f"one of the columns {', '.join(map(str.strip, columns))}")
    used = headings([column for column in columns if column != "i"], said, truth=found_truth)
    if not used:
        raise BadValue("map", "", "at least one --map field=column: no heading was understood")
    have = fold(connection, used)
    result = match(connection, have, thresholds=thresholds, engine=engine)
    cpu = _cpu_s() - start
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    true = _truth(connection, found_truth)
    report = Report("identity", notes=_notes(files, used, have, result.count, true, engine, synthetic))
    report.figures |= {"cpu_s": Figure((cpu,), "s"), "memory_mib": Figure((mib,), "MiB")}
    for at, weight, labels in (
        ("likely", thresholds.review, result.likely),
        ("auto", thresholds.auto, result.sure),
    ):
        take = result.pairs.weight >= weight
        _put(report, f"{at}_pairs", of_pairs(result.pairs.a[take], result.pairs.b[take], true))
        _put(report, f"{at}_clusters", of_groups(labels, true))
        _put(report, f"{at}_whole", of_whole_groups(labels, true))
    _put(report, "exact_keys_clusters", of_groups(_by_keys(connection, have, result.count), true))
    report.goals["precision of clusters at the automatic threshold"] = Goal(
        "auto_clusters_precision", GOAL_PRECISION, at_least=True
    )
    if synthetic >= MILLION:
        report.goals["CPU seconds"] = Goal("cpu_s", GOAL_CPU_S)
        report.goals["memory, MiB"] = Goal("memory_mib", GOAL_MIB)
    return report


def _cpu_s() -> float:
    """Of this process and all it started (Spark's Java)."""
    return cpu_s(tree(os.getpid()))


def _read(connection: Any, files: Sequence[Path]) -> list[str]:
    """Table `raw` of all files, everything as text, with `i` for the position."""
    for file in files:
        if not file.is_file():
            raise BadValue("FILE", str(file), "a CSV or Parquet file")
    parts = []
    for file in files:
        name = str(file).replace("'", "''")
        reads = f"read_parquet('{name}')" if file.suffix == ".parquet" else f"read_csv('{name}', all_varchar = true)"
        parts.append(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {reads}")  # noqa: S608
    together = " UNION ALL BY NAME ".join(parts)
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(f"CREATE TABLE raw AS SELECT row_number() OVER () - 1 AS i, * FROM ({together})")  # noqa: S608
    return [column for column in connection.table("raw").columns if column != "i"]


def _truth(connection: Any, column: str) -> Array:
    """A number a record, the same for records of one person."""
    quoted = '"' + column.replace('"', '""') + '"'
    found = connection.execute(f"SELECT trim({quoted}) FROM raw ORDER BY i").fetchall()  # noqa: S608
    values = np.array([value or f"row {n}" for n, (value,) in enumerate(found)])
    ((febrl,),) = connection.execute(
        f"SELECT bool_and(regexp_full_match(trim({quoted}), ?)) FROM raw",  # noqa: S608
        [FEBRL],
    ).fetchall()
    if febrl:
        values = np.array([value.split("-")[1] for value in values])
    return np.asarray(np.unique(values, return_inverse=True)[1])


def _by_keys(connection: Any, have: Sequence[str], count: int) -> Array:
    """Everybody with an equal key joined, and those joined with them: what is done without weights."""
    edges: list[tuple[Array, Array]] = []
    for key in KEYS:
        if key in have:
            found = connection.execute(f"""
                SELECT unique_id AS b, min(unique_id) OVER (PARTITION BY {key}) AS a FROM people WHERE {key} IS NOT NULL
            """).fetchnumpy()  # noqa: S608  our own names
            edges.append((np.asarray(found["a"], np.int64), np.asarray(found["b"], np.int64)))
    if not edges:
        return np.arange(count)
    return groups(count, *(np.concatenate(side) for side in zip(*edges, strict=True)))


def _put(report: Report, name: str, score: Score) -> None:
    for figure in ("precision", "recall", "f1"):
        report.figures[f"{name}_{figure}"] = Figure((getattr(score, figure),), "")


def _notes(
    files: Sequence[Path],
    used: Mapping[Field, str],
    have: Sequence[str],
    count: int,
    true: Array,
    engine: str,
    synthetic: int,
) -> dict[str, Any]:
    return {
        "records": count,
        "people": len(np.unique(true)),
        "files": [] if synthetic else [file.name for file in files],
        "synthetic": synthetic,
        "engine": engine,
        "fields": {field.value: column.strip() for field, column in used.items()},
        "compared": list(have),
    }
