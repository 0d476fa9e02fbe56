"""`datong bench`: each benchmark on a server and a database of its own, gone afterwards."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Annotated

import typer
from rich.table import Table

from datong.site.runtime import ready
from datong.site.screen import err, fail

NAMES = ("sourcing", "intake", "import", "shadow", "replenish", "two_way")


def bench(
    name: Annotated[str, typer.Argument(help=f"{', '.join(NAMES)}, or all.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a benchmark.")] = False,
) -> None:
    """Measure. Figures are the least, median and greatest of the rounds, on this machine as it is now."""
    if name != "all" and name not in NAMES:
        fail(f"there is no benchmark {name}", f"datong bench {' | '.join(NAMES)} | all")
    with tempfile.TemporaryDirectory(prefix="datong-bench-") as folder:
        # Never the database of the installation: a benchmark writes a great deal.
        os.environ["DATONG_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        with ready(upgrade=True):
            for one in NAMES if name == "all" else (name,):
                _report(one, as_json)


def _report(name: str, as_json: bool) -> None:
    from datong.site.bench import (  # models: Django is set up by now
        imports,
        intake,
        replenish,
        shadow,
        sourcing,
        two_way,
    )

    modules = (sourcing, intake, imports, shadow, replenish, two_way)
    runs = dict(zip(NAMES, (module.run for module in modules), strict=True))
    report = runs[name]().as_json()
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
