"""`datong bench`: each benchmark on a server and a database of its own, gone afterwards."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from datong.site.bench.figures import Report
from datong.site.runtime import ready
from datong.site.screen import err, fail

NAMES = (
    "sourcing",
    "intake",
    "import",
    "shadow",
    "replenish",
    "two_way",
    "ledger",
    "balances",
    "customer360",
    "identity",
    "shop",
)


def bench(
    name: Annotated[str, typer.Argument(help=f"{', '.join(NAMES)}, or all.")],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="identity: people as CSV or Parquet.")
    ] = None,
    truth: Annotated[str, typer.Option(help="identity: the column that says who each record is.")] = "",
    mapped: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="identity: which column is which field.")
    ] = None,
    synthetic: Annotated[int, typer.Option(min=0, help="identity: so many made records in place of files.")] = 0,
    profiles: Annotated[int, typer.Option(min=1_000, help="identity without files: so many customers.")] = 100_000,
    engine: Annotated[str, typer.Option(help="identity: duckdb or spark.")] = "duckdb",
    products: Annotated[int, typer.Option(min=100, help="shop: so many products.")] = 10_000,
    stores: Annotated[int, typer.Option(min=40, help="shop: so many stores.")] = 1_565,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a benchmark.")] = False,
) -> None:
    """Measure. Figures are the least, median and greatest of the rounds, on this machine as it is now."""
    if name == "identity" and (files or synthetic or truth or mapped):
        _print(name, _identity(files or [], truth, mapped or [], synthetic, engine), as_json)
        return
    if name != "all" and name not in NAMES:
        fail(f"there is no benchmark {name}", f"datong bench {' | '.join(NAMES)} | all")
    with tempfile.TemporaryDirectory(prefix="datong-bench-") as folder:
        # Never the database of the installation: a benchmark writes a great deal.
        os.environ["DATONG_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        with ready(upgrade=True):
            for one in NAMES if name == "all" else (name,):
                _report(one, as_json, profiles, products, stores)


def _report(name: str, as_json: bool, profiles: int, products: int, stores: int) -> None:
    from datong.site.bench import (  # models: Django is set up by now
        balances,
        customer360,
        imports,
        intake,
        ledger,
        online,
        replenish,
        shadow,
        shop,
        sourcing,
        two_way,
    )

    modules = (sourcing, intake, imports, shadow, replenish, two_way, ledger, balances, customer360)
    runs: dict[str, Callable[[], Report]] = dict(zip(NAMES, (module.run for module in modules), strict=False))
    runs["identity"] = lambda: online.run(profiles)
    runs["shop"] = lambda: shop.run(products, stores)
    _print(name, runs[name]().as_json(), as_json)


def _identity(files: list[Path], truth: str, mapped: list[str], synthetic: int, engine: str) -> dict[str, Any]:
    """Needs no database. What is wrong with the files or columns is said, not traced."""
    from datong.kernel.errors import BadInput, Unavailable
    from datong.site.bench import identity

    said = dict(pair.partition("=")[::2] for pair in mapped)
    try:
        return identity.run(files, truth=truth, said=said, synthetic=synthetic, engine=engine).as_json()
    except BadInput as error:
        problem = error.problems[0]
        fail(f"{problem.field}: {problem.value!r} cannot be used", f"expected {problem.fix}")
    except Unavailable as error:
        fail(str(error), "leave out --engine to use DuckDB")


def _print(name: str, report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report))
        return
    table = Table(title=name)
    for column in ("figure", "min", "median", "max", "unit"):
        table.add_column(column, justify="left" if column in ("figure", "unit") else "right")
    for key, figure in report["figures"].items():
        table.add_row(key, *(f"{figure[k]:,.3f}" for k in ("min", "median", "max")), figure["unit"])
    err.print(table)
    for key, goal in report["goals"].items():
        err.print(f"{'met   ' if goal['met'] else 'MISSED'} {key}: {goal['value']} (goal {goal['goal']})")
