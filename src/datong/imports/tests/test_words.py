"""Every string of the files has its Chinese, and the Chinese keeps what is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

from datong.imports import api as imports
from datong.imports.rules.headings import normal
from datong.imports.words import FAULTS, names_of

HOME = Path(__file__).parents[1]
KEYWORDS: dict[str, tuple[object, ...] | None] = {"_": None, "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}


def used() -> Iterator[tuple[str | None, str]]:
    for path in HOME.rglob("*.py"):
        if "tests" not in path.parts:
            with path.open("rb") as file:
                for _, message, _, context in extract("python", file, keywords=KEYWORDS):  # type: ignore[arg-type]
                    yield context, str(message)


def chinese() -> dict[tuple[str | None, str], str]:
    with (HOME / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        return {(m.context, str(m.id)): str(m.string) for m in read_po(file, locale="zh_Hans") if m.id}


def test_every_string_has_its_chinese_and_none_is_left_over() -> None:
    wanted, known = set(used()), chinese()
    assert len(wanted) > 150
    assert sorted(key[1] for key in wanted if not known.get(key)) == []
    assert sorted(key[1] for key in known.keys() - wanted) == []


def test_the_chinese_keeps_what_is_filled_in() -> None:
    def slots(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    assert [key[1] for key, text in chinese().items() if slots(key[1]) != slots(text)] == []


def test_every_fault_that_the_code_notes_has_its_sentence() -> None:
    noted = set()
    for path in HOME.rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text()
            noted |= set(re.findall(r"""Wrong\(\s*"(\w+)\"""", text))
            noted |= set(re.findall(r"""\.wrong\(\s*[\w.\[\]" ]+,\s*"(\w+)\"""", text))
    assert {"needed", "gtin_check", "held"} - {"held"} <= noted
    assert noted - FAULTS.keys() == set()


def test_no_two_columns_of_a_table_go_by_the_same_heading() -> None:
    for kind in imports.kinds():
        seen: dict[str, str] = {}
        for column, texts in names_of(kind).items():
            for text in texts:
                assert seen.setdefault(normal(text), column) == column, (kind.name, text)
