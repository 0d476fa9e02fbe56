"""What a requirement's test shows is recorded by the run and reported by `datong requirements`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from datong.site.cli.requirements import Requirement, passing, read_requirements
from datong.site.house_tests import ROOT
from datong.site.testing.requirements import RECORD, read

TESTS = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError

@pytest.fixture
def breaks_after():
    yield
    raise RuntimeError

@pytest.mark.requirement("S-1", "S-2")
def test_two(): pass

@pytest.mark.requirement("S-2")
@pytest.mark.parametrize("n", [1, 2])
def test_one_fails(n): assert n == 1

@pytest.mark.requirement("S-3")
def test_skipped(): pytest.skip("not here")

@pytest.mark.requirement("S-4")
def test_no_ground(broken): pass

@pytest.mark.requirement("S-5")
def test_no_end(breaks_after): pass

def test_plain(): pass
"""


def run(where: Path, *args: str) -> dict[str, tuple[object, object]]:
    """pytest in another process, with the recorder alone; test -> (ids, outcome) as recorded."""
    (where / "pytest.ini").write_text("[pytest]\nmarkers = requirement\n")
    plugins = ["-p", "datong.site.testing.requirements", "-p", "no:django", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-c", "pytest.ini", *plugins, *args]
    subprocess.run(command, cwd=where, capture_output=True, timeout=60, check=False)
    return {name: (test["requirements"], test["outcome"]) for name, test in read(where / RECORD).items()}


def test_a_run_records_the_outcome_of_each_marked_test(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TESTS)
    expected = {
        "test_a.py::test_two": (["S-1", "S-2"], "passed"),
        "test_a.py::test_one_fails[1]": (["S-2"], "passed"),
        "test_a.py::test_one_fails[2]": (["S-2"], "failed"),
        "test_a.py::test_skipped": (["S-3"], "skipped"),
        "test_a.py::test_no_ground": (["S-4"], "failed"),
        "test_a.py::test_no_end": (["S-5"], "failed"),
    }
    assert run(tmp_path) == expected
    assert run(tmp_path, "-n2") == expected


def test_a_run_of_one_test_keeps_the_others_and_forgets_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TESTS)
    run(tmp_path)
    (tmp_path / "test_a.py").write_text(TESTS.replace("test_skipped", "test_renamed").replace("n == 1", "n"))
    again = run(tmp_path, "-k", "one_fails")
    assert again["test_a.py::test_one_fails[2]"] == (["S-2"], "passed")
    assert again["test_a.py::test_two"] == (["S-1", "S-2"], "passed")
    assert "test_a.py::test_skipped" not in again


def test_a_requirement_with_a_failing_test_is_not_shown() -> None:
    record = {
        "a": {"requirements": ["S-1", "S-2"], "outcome": "passed"},
        "b": {"requirements": ["S-2"], "outcome": "failed"},
        "c": {"requirements": ["S-3"], "outcome": "skipped"},
    }
    assert passing(record) == {"S-1": {"a"}}


def test_every_requirement_is_read_with_its_weight() -> None:
    rows = read_requirements(ROOT / "docs" / "requirements")
    assert {weight: sum(row.weight == weight for row in rows) for weight in "ABC"} == {"A": 76, "B": 292, "C": 127}
    assert len({row.id for row in rows}) == 495
    assert rows[0] == Requirement("S-01", "A", "brand", "Consistent brand on every channel (一致的品牌)")


def test_the_report_ends_with_a_line_for_each_weight(tmp_path: Path) -> None:
    (tmp_path / "docs" / "requirements").mkdir(parents=True)
    (tmp_path / "docs" / "requirements" / "orders.md").write_text(
        "| id | weight | name | what |\n|---|---|---|---|\n"
        "| S-1 | A | 1 | x |\n| S-2 | A | 2 | x |\n| S-3 | C | 3 | x |\n"
    )
    (tmp_path / ".cache").mkdir()
    record = {"test_a.py::test": {"requirements": ["S-1", "S-9"], "outcome": "passed"}}
    (tmp_path / RECORD).write_text(json.dumps(record))
    command = [sys.executable, "-c", "from datong.site.cli import main; main()", "requirements"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True).stdout
    assert said.splitlines()[-3:] == ["A 1/2", "B 0/0", "C 0/1"]
    assert "not in docs/requirements: S-9" in said
