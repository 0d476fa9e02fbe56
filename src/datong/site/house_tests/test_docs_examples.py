"""The programs of the how-to pages run as they stand there, one after the other, on a real database."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from textwrap import dedent

import pytest

from datong.brand.api import list_brands
from datong.catalog.api import price_history
from datong.integration.api import list_endpoints
from datong.integration.wire.mapping.language import mapping_of
from datong.site.house_tests import ROOT

HOW_TO = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^( *)```(python|toml)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [dedent(text) for _, name, text in BLOCK.findall(page.read_text()) if name == language]


@pytest.mark.django_db
def test_the_how_to_programs_run_as_they_stand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("datong.site.runtime.ready", lambda **options: nullcontext())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quickbasket.toml").write_text(blocks(ROOT / "docs" / "reference" / "mapping-language.md", "toml")[0])
    rest = sorted(page for page in HOW_TO.glob("*.md") if page.name != "open-a-brand.md")
    for page in (HOW_TO / "open-a-brand.md", *rest, ROOT / "README.md", ROOT / "README.zh-CN.md"):
        for program in blocks(page, "python"):
            exec(compile(program, page.name, "exec"), {})  # noqa: S102 - our own documentation
    brand = next(brand for brand in list_brands() if brand.slug == "leaf")
    opened = [endpoint.connector for endpoint in list_endpoints(brand.id)]
    assert sorted(opened) == ["marketplace", "marketplace", "shopify", "shopify", "shopify", "woocommerce"]
    assert [record.amount_minor for record in price_history(brand.id, "CUP")] == [1300, 1200]
    assert "dtk_" in capsys.readouterr().out


def test_the_mappings_in_the_documentation_can_be_read() -> None:
    pages = [*HOW_TO.glob("*.md"), *(ROOT / "docs" / "reference").glob("*.md")]
    found = [mapping_of(text).name for page in sorted(pages) for text in blocks(page, "toml")]
    assert sorted(found) == ["quickbasket", "trade"]
