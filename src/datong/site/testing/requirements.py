"""A pytest plugin: which requirements the run's tests showed, kept in .cache/requirements.json.

A run of some tests renews what it ran and leaves the rest, so a single test may be repeated without losing the others.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

RECORD = Path(".cache") / "requirements.json"
REQUIREMENTS = "requirements"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give the report the ids of its test; with xdist it travels to the controlling process."""
    report = yield
    ids = sorted({name for mark in item.iter_markers("requirement") for name in mark.args})
    report.user_properties.extend((REQUIREMENTS, name) for name in ids)
    return report


class Recorder:
    """Collects in the process that reports; the workers of xdist do not write."""

    def __init__(self, root: Path) -> None:
        self.path = root / RECORD
        self.tests: dict[str, dict[str, object]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = [str(value) for key, value in report.user_properties if key == REQUIREMENTS]
        known = self.tests.get(report.nodeid)
        if ids and (known is None or known["outcome"] == "passed"):  # set-up, test and clean-up: the worst of the three
            self.tests[report.nodeid] = {"requirements": ids, "outcome": report.outcome}

    def pytest_sessionfinish(self) -> None:
        if not self.tests:
            return
        kept = {name: test for name, test in read(self.path).items() if _still_there(name, self.path.parents[1])}
        self.path.parent.mkdir(exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(kept | self.tests, indent=1, sort_keys=True))
        new.rename(self.path)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config.rootpath), "datong-requirements")


def read(path: Path) -> dict[str, dict[str, object]]:
    """Test name -> {"requirements": [id, ...], "outcome": "passed" | "failed" | "skipped"}; empty before any run."""
    try:
        record: dict[str, dict[str, object]] = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return record


def _still_there(nodeid: str, root: Path) -> bool:
    """A test that was renamed or taken out shows nothing any more."""
    file, _, rest = nodeid.partition("::")
    name = rest.rpartition("::")[2].partition("[")[0] or rest.partition("[")[0]
    path = root / file
    return path.exists() and f"def {name}(" in path.read_text()
