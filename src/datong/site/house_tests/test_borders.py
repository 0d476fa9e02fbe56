"""The six import contracts: the house keeps them, and a planted violation of each is caught by that one."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from datong.site.house_tests import ROOT

CONTRACTS = ROOT / "tools" / "importlinter.toml"
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(where: Path) -> list[str]:
    """Run the real contracts on the package `datong` below `where`; the names of the broken ones."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--config", str(CONTRACTS), "--no-cache"],
        cwd=where,
        env=os.environ | {"PYTHONPATH": f"{where}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    broken = [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
    assert done.returncode == (1 if broken else 0), done.stdout + done.stderr
    assert " KEPT" in done.stdout, done.stdout + done.stderr
    return broken


def contract(number: int) -> str:
    """The full name of contract `number`."""
    config = tomllib.loads(CONTRACTS.read_text())["tool"]["importlinter"]
    return next(each["name"] for each in config["contracts"] if each["name"].startswith(f"{number}. "))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A tiny house with every module of the real one, each with the files of a module, and no import at all."""
    modules = [path.name for path in (ROOT / "src" / "datong").iterdir() if (path / "__init__.py").exists()]
    for folder in ["", *modules, "kernel/embedded"]:
        place = tmp_path / "datong" / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / "__init__.py").touch()
    for module in modules:
        for name in ("types", "events", "ports", "rules", "models", "queries", "actions", "api", "http", "apps"):
            (tmp_path / "datong" / module / f"{name}.py").touch()
    return tmp_path


def plant(house: Path, file: str, text: str) -> None:
    path = house / "datong" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def test_the_house_keeps_its_six_contracts() -> None:
    assert lint(ROOT / "src") == []
    assert [contract(number)[0] for number in range(1, 7)] == ["1", "2", "3", "4", "5", "6"]


def test_a_house_that_imports_downwards_through_public_faces_keeps_them(house: Path) -> None:
    plant(house, "orders/actions.py", "from datong.inventory import api\nfrom datong.kernel import ids")
    plant(house, "orders/http.py", "import ninja\nfrom datong.orders import api")
    plant(house, "orders/api.py", "from datong.orders.actions import place")
    plant(house, "site/urls.py", "from datong.orders import http, models")
    assert lint(house) == []


@pytest.mark.parametrize(
    ("number", "file", "text"),
    [
        (1, "ledger/actions.py", "from datong.orders import api"),
        (1, "customers/actions.py", "from datong.catalog import api"),  # beside is not below
        (1, "kernel/db.py", "from datong.brand import types"),
        (1, "ledger/tests/test_actions.py", "from datong.orders import api"),
        (1, "newcomer/__init__.py", ""),  # a module with no place in the layers
        (2, "orders/models/book.py", "from datong.orders import queries"),
        (2, "orders/types/book.py", "from datong.orders import rules"),
        (2, "orders/actions/place.py", "from datong.orders import http"),
        (3, "orders/actions.py", "from datong.inventory import models"),
        (3, "orders/actions.py", "from datong.inventory.rules import allot"),
        (3, "channels/console/board.py", "from datong.orders import queries"),
        (4, "orders/actions.py", "from ninja import Schema"),
        (5, "orders/rules.py", "from django.db import connection"),
        (5, "orders/types/book.py", "import psycopg"),
        (5, "orders/rules/score.py", "import django"),
        (5, "kernel/embedded/server.py", "import psycopg"),
    ],
)
def test_a_planted_violation_is_caught_by_its_contract(house: Path, number: int, file: str, text: str) -> None:
    if "/" in file.removesuffix(".py").partition("/")[2]:  # a file that became a folder of the same name
        (house / "datong" / Path(file).parent).with_suffix(".py").unlink(missing_ok=True)
        plant(house, str(Path(file).parent / "__init__.py"), "")
    plant(house, file, text)
    assert lint(house) == [contract(number)]


def test_a_planted_cycle_is_caught_however_deep_it_lies(house: Path) -> None:
    plant(house, "orders/sourcing/near/__init__.py", "")
    plant(house, "orders/sourcing/__init__.py", "")
    plant(house, "orders/sourcing/near/tree.py", "from datong.orders.sourcing.near import matrix")
    plant(house, "orders/sourcing/near/matrix.py", "from datong.orders.sourcing.near import tree")
    assert lint(house) == [contract(6)]
