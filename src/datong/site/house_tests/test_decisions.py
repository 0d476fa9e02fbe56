"""Every decision names the need it serves and stands in the list (S-112)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from datong.site.house_tests import ROOT

FOLDER = ROOT / "docs" / "adr"
NEED = re.compile(r"^\*\*The need\.\*\* (.+?)\n\n", re.MULTILINE | re.DOTALL)


def decisions() -> list[Path]:
    return sorted(FOLDER.glob("[0-9]*.md"))


@pytest.mark.requirement("S-112")
def test_every_decision_names_who_needs_what() -> None:
    assert len(decisions()) > 50
    needs = {path.name: NEED.findall(path.read_text()) for path in decisions()}
    assert [name for name, said in needs.items() if len(said) != 1] == []
    assert [name for name, said in needs.items() if len(said[0].split()) < 10] == []
    told = [said[0] for said in needs.values()]
    assert len(told) == len(set(told)), "a need that is copied is nobody's"


def test_the_list_of_decisions_is_complete_and_in_order() -> None:
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert listed == [path.name for path in decisions()]
