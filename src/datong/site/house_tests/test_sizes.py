"""No file past 400 lines, no function of 60 or more: the tail that swallows code bases does not start here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from datong.site.house_tests import ROOT

FILE_LINES = 400
FUNCTION_LINES = 60
COUNTED = {".py", ".html", ".css", ".js"}


def too_long(root: Path) -> Iterator[str]:
    """What is too long below `root`, as 'path: 401 lines' or 'path:line name: 60 lines'; migrations are excepted."""
    for path in sorted(root.rglob("*")):
        if path.suffix not in COUNTED or "migrations" in path.parts or not path.is_file():
            continue
        text = path.read_text()
        if (lines := len(text.splitlines())) > FILE_LINES:
            yield f"{path.relative_to(root)}: {lines} lines"
        if path.suffix == ".py":
            yield from (f"{path.relative_to(root)}:{found}" for found in _long_functions(ast.parse(text)))


def _long_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines >= FUNCTION_LINES:
                yield f"{node.lineno} {node.name}: {lines} lines"


def test_every_file_and_function_of_the_house_is_short_enough() -> None:
    assert [*too_long(ROOT / "src"), *too_long(ROOT / "tools")] == []


def test_a_planted_long_file_of_any_kind_is_found_and_a_migration_is_not(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_initial.py").write_text("x = 1\n" * 500)
    (tmp_path / "fits.py").write_text("x = 1\n" * 400)
    (tmp_path / "long.py").write_text("x = 1\n" * 401)
    (tmp_path / "board.css").write_text("a {}\n" * 401)
    assert list(too_long(tmp_path)) == ["board.css: 401 lines", "long.py: 401 lines"]


def test_a_planted_long_function_is_found_also_inside_a_class(tmp_path: Path) -> None:
    def method(name: str, lines: int) -> str:
        return f"    async def {name}(self):\n" + "        x = 1\n" * (lines - 1)

    (tmp_path / "verbs.py").write_text("class A:\n" + method("fits", 59) + method("long", 60))
    assert list(too_long(tmp_path)) == ["verbs.py:61 long: 60 lines"]
