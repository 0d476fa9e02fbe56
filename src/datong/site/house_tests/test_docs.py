"""What the documentation says is there: links lead somewhere, and no variable, command, event or table is left out."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import typer
from django.apps import apps

from datong.access.types import Role, Scope
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import InboxState
from datong.kernel.tenancy import shape_of
from datong.orders.types import ExceptionKind, OrderState
from datong.site.api import api
from datong.site.cli.app import app
from datong.site.house_tests import ROOT
from datong.site.problems import STATUS
from datong.site.settings import MODULES

REFERENCE = ROOT / "docs" / "reference"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"`((?:src|docs|tools)/[\w./-]+)`")
AWAITED: set[str] = set()
"""Pictures that are taken at the end; take a name out once it is there."""
NOT_OURS = {".venv", ".git", ".cache", "node_modules", ".pytest_cache"}


def pages(root: Path) -> list[Path]:
    return [path for path in sorted(root.rglob("*.md")) if not NOT_OURS & set(path.relative_to(root).parts)]


def broken_links(root: Path) -> Iterator[str]:
    """'page: target' for each relative link, anchor or path in code style that leads nowhere."""
    for page in pages(root):
        text = FENCE.sub("", page.read_text())
        for link in LINK.findall(text):
            if re.match(r"[a-z]+:", link) or link in AWAITED:
                continue
            name, _, anchor = unquote(link).partition("#")
            target = (page.parent / name) if name else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                yield f"{page.relative_to(root)}: {link}"
        yield from (f"{page.relative_to(root)}: {path}" for path in PATH.findall(text) if not (root / path).exists())


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, made as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def variables(root: Path) -> set[str]:
    """Our environment variables that the code below `root` reads: os.environ.get(X), os.environ[X], X in os.environ."""
    found: set[str] = set()
    for path in root.rglob("*.py"):
        source = path.read_text()
        if "os.environ" not in source or {"tests", "testing", "house_tests"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(source)):
            if "os.environ" in (text := ast.unparse(node)) and isinstance(node, (ast.Call, ast.Subscript, ast.Compare)):
                found.update(re.findall(r"'(DATABASE_URL|DATONG_[A-Z_]+)'", text))
    return found


def events() -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, fields) of every event."""
    for module in MODULES:
        if not (ROOT / "src" / "datong" / module / "events.py").exists():
            continue
        found: ModuleType = import_module(f"datong.{module}.events")
        for one in vars(found).values():
            if is_dataclass(one) and isinstance(one, type) and one.__module__ == found.__name__:
                yield str(one.name), tuple(field.name for field in fields(one))  # type: ignore[attr-defined]


def commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """('datong db url', ('--as',)) of every command with its long options."""

    def walk(command: object, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        children = getattr(command, "commands", {})
        for child in children:
            yield from walk(children[child], f"{name} {child}")
        if not children:
            params = command.params  # type: ignore[attr-defined]
            options = tuple(o for p in params for o in p.opts if o.startswith("--") and o != "--help")
            yield name, options

    yield from walk(typer.main.get_command(app), "datong")


def test_every_link_leads_somewhere() -> None:
    assert list(broken_links(ROOT)) == []


def test_a_planted_broken_link_anchor_or_path_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# One two\n[a](b.md) [b](a.md#one-two) [c](a.md#three) `src/no.py` [d](https://x)\n"
    )
    assert list(broken_links(tmp_path)) == ["a.md: b.md", "a.md: a.md#three", "a.md: src/no.py"]


def test_every_variable_that_is_read_is_documented(tmp_path: Path) -> None:
    text = (REFERENCE / "configuration.md").read_text()
    read = variables(ROOT / "src")
    assert {"DATABASE_URL", "DATONG_HOME", "DATONG_HOSTS", "DATONG_LOG"} <= read
    assert {name for name in read if f"`{name}`" not in text} == set()
    (tmp_path / "a.py").write_text("import os\nx = os.environ['DATONG_X'], os.environ.get('DATONG_Y', '')\n")
    assert variables(tmp_path) == {"DATONG_X", "DATONG_Y"}


def test_every_event_stands_in_the_reference_with_its_fields() -> None:
    rows = (REFERENCE / "events.md").read_text().splitlines()
    missing = []
    for name, names in events():
        row = next((row for row in rows if row.startswith(f"| `{name}` |")), "")
        missing += [f"{name}.{field}" for field in names if f"`{field}`" not in row] if row else [name]
    assert missing == []


def test_every_command_stands_in_the_reference_with_its_options() -> None:
    text = (REFERENCE / "cli.md").read_text()
    missing = []
    for name, options in commands():
        here = "\n".join(part for part in re.split(r"\n(?=## )", text) if name in part)
        missing += [f"{name} {option}" for option in options if option not in here] if here else [name]
    assert missing == []


def test_every_operation_of_the_api_stands_in_the_reference() -> None:
    text = (REFERENCE / "api.md").read_text().replace("{id}", "{inbox_id}")
    paths = api.get_openapi_schema()["paths"]
    operations = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
    assert "POST /api/v1/orders" in operations
    assert [operation for operation in operations if f"`{operation}`" not in text] == []
    roles = (REFERENCE / "roles-and-scopes.md").read_text()
    assert [name for name in (*Scope, *Role) if name not in roles and name.upper() not in roles] == []


def test_every_table_stands_in_the_reference_with_its_key() -> None:
    rows = {row.split("`")[1]: row for row in (REFERENCE / "tables.md").read_text().splitlines() if "| `" in row[:3]}
    wrong = []
    for model in apps.get_models():
        shape = shape_of(model)
        row = rows.pop(model._meta.db_table, "")
        if not model.__module__.startswith("datong."):
            continue
        key = ", ".join(shape.key[1:]) if shape else "global:"
        if f"| {key}" not in row or bool(shape and shape.append_only) != ("| yes |" in row):
            wrong.append(model._meta.db_table)
    assert wrong == []
    assert list(rows) == []


def test_every_code_that_somebody_may_meet_is_explained() -> None:
    text = (REFERENCE / "errors.md").read_text() + (REFERENCE / "api.md").read_text()
    codes = {*STATUS, *ExceptionKind, *OrderState, *FulfilmentKind} - {FulfilmentKind.TILL}
    assert {code for code in codes if f"`{code}`" not in text} == set()
    inbox = (ROOT / "src/datong/integration/README.md").read_text()
    assert {state for state in InboxState if state.value not in inbox} == set()


def test_the_picture_of_the_layers_is_the_one_of_the_contract() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "layer_picture.py"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "| orders " in made.stdout
    assert made.stdout in (ROOT / "ARCHITECTURE.md").read_text()


def test_the_table_of_roles_is_the_one_that_is_asked() -> None:
    tool = ROOT / "tools" / "roles_table.py"
    made = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=True, timeout=60)
    assert "`orders.view`" in made.stdout
    assert made.stdout.strip() in (REFERENCE / "roles-and-scopes.md").read_text(), (
        "write it anew: .venv/bin/python tools/roles_table.py --write"
    )
