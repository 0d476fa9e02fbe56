"""`datong doctor`: is everything in order, and if not, what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from datong.kernel import embedded
from datong.site.health import Finding, State, examine
from datong.site.runtime import ready
from datong.site.screen import out

COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check database, versions, clocks, disk and schema; ends with 1 if something does not work."""
    with ExitStack() as stack:
        findings = list(_findings(stack))
    if as_json:
        print(json.dumps([finding.as_json() for finding in findings]))
    else:
        out.print(_table(findings))
    raise typer.Exit(any(finding.state == "fail" for finding in findings))


def _findings(stack: ExitStack) -> Iterator[Finding]:
    """Every finding; an embedded server that does not start is one of them."""
    try:
        stack.enter_context(ready())
    except embedded.NotOursError as error:
        yield Finding("database", State.fail, str(error), error.fix)
        return
    except (embedded.DatabaseDownError, OSError) as error:
        yield Finding("database", State.fail, str(error), "read the log's last lines on the left")
        return
    yield from examine(os.environ["DATABASE_URL"])


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        colour = COLOURS[finding.state]
        table.add_row(f"[{colour}]{finding.state}[/]", finding.name, escape(finding.detail), escape(finding.fix))
    return table
