"""`datong requirements`: which requirements have a passing test, and which have none."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from datong.site.screen import out

WEIGHTS = "ABC"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of docs/requirements: `weight` is A (core), B (described) or C (mentioned)."""

    id: str
    weight: str
    module: str
    name: str


def requirements(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the list.")] = False,
    missing: Annotated[bool, typer.Option(help="List only what no passing test shows.")] = False,
) -> None:
    """Which requirements the last test run showed (make test first)."""
    root = _checkout()
    wanted = read_requirements(root / "docs" / "requirements")
    shown = passing(_record(root))
    if as_json:
        print(json.dumps(_summary(wanted, shown)))
        return
    for module, rows in _by_module(wanted).items():
        out.print(f"\n[bold]{module}[/]")
        for row in rows:
            tests = shown.get(row.id, set())
            if tests and missing:
                continue
            mark = f"[green]shown[/] by {len(tests)}" if tests else "[yellow]none[/]"
            out.print(f"  {row.weight} {row.id:<6} {mark:<22} {escape(row.name)}", highlight=False)
    unknown = sorted({name for name in shown if name.startswith("S-")} - {row.id for row in wanted})
    if unknown:
        out.print(f"\n[red]Marked in tests but not in docs/requirements: {', '.join(unknown)}[/]")
    out.print()
    for weight in WEIGHTS:
        rows = [row for row in wanted if row.weight == weight]
        print(f"{weight} {sum(row.id in shown for row in rows)}/{len(rows)}")


def read_requirements(folder: Path) -> list[Requirement]:
    """The rows `| S-1 | A | name | what |` of each module's table."""
    found = []
    for path in sorted(folder.glob("*.md")):
        for line in path.read_text().splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) == 4 and cells[0].startswith("S-"):
                found.append(Requirement(cells[0], cells[1], path.stem, cells[2]))
    return found


def passing(record: Mapping[str, Mapping[str, object]]) -> dict[str, set[str]]:
    """Requirement id -> the tests that carry it and passed; a requirement with a failing test is not shown at all."""
    shown: dict[str, set[str]] = defaultdict(set)
    broken: set[str] = set()
    for name, test in record.items():
        ids: Iterable[str] = test["requirements"]  # type: ignore[assignment]
        for requirement in ids:
            if test["outcome"] == "passed":
                shown[requirement].add(name)
            elif test["outcome"] == "failed":
                broken.add(requirement)
    return {requirement: tests for requirement, tests in shown.items() if requirement not in broken}


def _summary(wanted: list[Requirement], shown: Mapping[str, set[str]]) -> dict[str, object]:
    weights = {
        weight: {
            "shown": [row.id for row in wanted if row.weight == weight and row.id in shown],
            "missing": [row.id for row in wanted if row.weight == weight and row.id not in shown],
        }
        for weight in WEIGHTS
    }
    return {"weights": weights, "tests": {name: sorted(tests) for name, tests in sorted(shown.items())}}


def _by_module(wanted: list[Requirement]) -> dict[str, list[Requirement]]:
    modules: dict[str, list[Requirement]] = defaultdict(list)
    for row in wanted:
        modules[row.module].append(row)
    return {name: sorted(rows, key=lambda row: row.weight) for name, rows in sorted(modules.items())}


def _record(root: Path) -> dict[str, dict[str, object]]:
    try:
        record: dict[str, dict[str, object]] = json.loads((root / ".cache" / "requirements.json").read_text())
    except FileNotFoundError:
        return {}
    return record


def _checkout() -> Path:
    """The source checkout we run from or stand in: requirements and test results are not part of an installation."""
    for root in (Path.cwd(), Path(__file__).parents[4]):
        if (root / "docs" / "requirements").is_dir():
            return root
    raise typer.BadParameter("run this in a checkout of Datong: there is no docs/requirements here")
