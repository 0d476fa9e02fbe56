"""The lock files hold what pyproject.toml asks for, each version with its hashes, and name no place to get it from."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from datong.site.house_tests import ROOT

PINNED = re.compile(r"^([a-z0-9-]+)==([^ ]+)(?: ;[^\\]+)? \\$", re.M)


def wanted(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [
        *project["project"]["dependencies"],
        *(line for name in groups for line in project["dependency-groups"][name]),
    ]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", ("build",)), ("requirements-dev.lock", ("build", "dev"))]
)
def test_a_lock_holds_every_dependency_at_a_fitting_version(lock: str, groups: tuple[str, ...]) -> None:
    text = (ROOT / lock).read_text()
    pinned: dict[str, set[str]] = {}
    for name, version in PINNED.findall(text):
        pinned.setdefault(name, set()).add(version)
    for requirement in wanted(*groups):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {lock}: make lock"
        assert all(requirement.specifier.contains(Version(version)) for version in versions), requirement


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pinned_version_has_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.M)[1:]
    assert len(blocks) == len(PINNED.findall(text)) > 40
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|file:|--(?:extra-)?index|--find-links", text) == []


def test_both_locks_agree() -> None:
    runtime, both = (
        set(PINNED.findall((ROOT / name).read_text())) for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime - both == set()
