"""One word has one translation: Django reads all modules' catalogs into one, and the first module's word wins."""

from __future__ import annotations

from babel.messages.pofile import read_po

from datong.site.house_tests import ROOT

SOURCE = ROOT / "src" / "datong"


def test_a_string_is_the_same_chinese_in_every_module() -> None:
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for path in sorted(SOURCE.rglob("locale/zh_Hans/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id:
                    one = message.id if isinstance(message.id, str) else message.id[0]
                    here = path.relative_to(SOURCE).as_posix().partition("/locale")[0]
                    said.setdefault((message.context, one), {}).setdefault(str(message.string), here)
    assert len(said) > 2000
    several = {english: words for (_, english), words in said.items() if len(words) > 1}
    assert several == {}, "say these alike, or tell them apart by a context: pgettext('settlement', 'Settle')"
