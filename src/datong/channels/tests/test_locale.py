"""Every string of the screens has its Chinese, and the Chinese keeps what is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

HOME = Path(__file__).parents[1]
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
IN_TEMPLATE = re.compile(
    r"""\b(?P<kind>_|gettext|ngettext|pgettext)\(\s*(?:u?(?P<a>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))"""
    r"""(?:\s*,\s*u?(?P<b>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))?"""
)


def used() -> Iterator[tuple[str | None, str]]:
    """(context, English) of every string in the code and the templates."""
    for path in HOME.rglob("*.py"):
        if "tests" in path.parts:
            continue
        with path.open("rb") as file:
            for _, message, _, context in extract("python", file, keywords=KEYWORDS):  # type: ignore[arg-type]
                yield context, message if isinstance(message, str) else message[0]
    for path in (HOME / "templates").rglob("*.html"):
        for found in IN_TEMPLATE.finditer(templatize(path.read_text(), origin=str(path))):
            first, second = (_text(found[part]) for part in "ab")
            yield (first, second) if found["kind"] == "pgettext" else (None, first)  # type: ignore[misc]


def _text(literal: str | None) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1]) if literal else ""


def chinese() -> dict[tuple[str | None, str], str]:
    with (HOME / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale="zh_Hans")
    return {
        (m.context, m.id if isinstance(m.id, str) else m.id[0]): m.string if isinstance(m.string, str) else m.string[0]
        for m in catalog
        if m.id
    }


def test_every_string_of_the_screens_has_its_chinese() -> None:
    wanted, known = {key for key in used() if key[1]}, chinese()
    assert len(wanted) > 400
    assert sorted(key[1] for key in wanted if not known.get(key)) == []


def test_no_chinese_is_left_over_from_a_string_that_is_gone() -> None:
    assert sorted(key[1] for key in chinese().keys() - set(used())) == []


def test_the_chinese_keeps_what_is_filled_in() -> None:
    def slots(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    assert [key[1] for key, text in chinese().items() if slots(key[1]) != slots(text)] == []
