"""`datong import`: files of other systems, through the same inbox as every channel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from datong.site.cli.names import BrandOption, brand_of, channel_of
from datong.site.cli.tables import add_commands
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, out

if TYPE_CHECKING:
    from datong.integration.types import Imported

app = typer.Typer(help="Tables that open a brand, and files of other systems.", no_args_is_help=True)

WORDS = {
    "placed": "became orders",
    "repeat": "were known already",
    "conflict": "have another order under their id: decide in the inbox",
    "rejected": "cannot be understood or were refused: correct and replay them in the inbox",
    "failed": "failed on our side: replay them from the inbox",
    "pending": "wait for the worker",
    "superseded": "were corrected",
    "ignored": "are not orders",
}


@app.callback()
def group() -> None:
    """Tables that open a brand, and files of other systems."""


add_commands(app)


@app.command()
def orders(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, Excel or JSON Lines.")],
    mapping: Annotated[str, typer.Option(help="What the columns mean: a shipped name, or a .toml file.")],
    channel: Annotated[str, typer.Option(help="Code of the channel the orders came by.")],
    brand: BrandOption = "",
    restart: Annotated[bool, typer.Option("--restart", help="Read from the first row again; known orders stay.")] = (
        False
    ),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
) -> None:
    """Take in a file of orders; a run that was interrupted goes on where it stopped."""
    with ready(upgrade=is_embedded()), _bar() as bar:
        from datong.integration.api import import_orders  # Django is set up by now

        brand_id = brand_of(brand).id
        task = bar.add_task(file.name, total=_rows(file))

        def show(done: Imported) -> None:
            bar.update(task, completed=done.rows)

        result = import_orders(file, mapping, channel_of(brand_id, channel).id, brand_id, show, resume=not restart)
        bar.update(task, completed=result.rows, total=result.rows)
    if as_json:
        print(json.dumps(_as_json(result)))
    else:
        _say(file, result)


def _say(file: Path, result: Imported) -> None:
    resumed = f", continued after row {result.resumed_at_row}" if result.resumed_at_row else ""
    out.print(f"{file.name}: {result.rows:,} rows, {result.orders:,} orders{resumed}", highlight=False)
    for state, count in sorted(result.states.items(), key=lambda item: -item[1]):
        out.print(f"  {count:>7,} {WORDS[state.value]}", highlight=False)


def _as_json(result: Imported) -> dict[str, object]:
    return {
        "rows": result.rows,
        "orders": result.orders,
        "states": {state.value: count for state, count in result.states.items()},
        "resumed_at_row": result.resumed_at_row,
        "done": result.done,
    }


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err)


def _rows(file: Path) -> int | None:
    """About how many rows, for the bar: lines less the heading; unknown in a spreadsheet."""
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        return None
    with file.open("rb") as lines:
        return max(1, sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b"")) - 1)
