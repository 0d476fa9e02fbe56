"""The commands and programs of the documentation run as they stand there, page after page, on a real database."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from textwrap import dedent

import pytest
from typer.testing import CliRunner

from datong.brand.api import list_brands
from datong.catalog.api import price_history
from datong.integration.api import list_endpoints
from datong.integration.wire.mapping.language import mapping_of
from datong.site.cli.app import app
from datong.site.house_tests import ROOT

HOW_TO = ROOT / "docs" / "how-to"
OPENING = HOW_TO / "open-a-brand.md"
BLOCK = re.compile(r"^( *)```(sh|python|toml)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SHEET = re.compile(r"`(\w+\.csv)`[^`]*(?:`[^`\n]*`[^`]*)*?```csv\n(.*?)^```", re.MULTILINE | re.DOTALL)
TYPED = "a line for each thing that is asked for\n" * 8


def blocks(page: Path, *languages: str) -> list[tuple[str, str]]:
    return [(name, dedent(text)) for _, name, text in BLOCK.findall(page.read_text()) if name in languages]


def lines(block: str) -> Iterator[list[str]]:
    """The words of each line of a shell block, without its comment."""
    for line in block.replace("\\\n", " ").splitlines():
        if words := shlex.split(line, comments=True):
            yield words


def run(page: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a page from its top to its end; what its commands printed."""
    said = ""
    for language, text in blocks(page, "sh", "python"):
        if language == "python":
            exec(compile(text, page.name, "exec"), {})  # noqa: S102 - our own documentation
            continue
        for program, *words in lines(text):
            if program == "export":
                monkeypatch.setenv(*words[0].split("="))
                continue
            assert program == "datong", f"{page.name}: {program} is not ours to run"
            done = CliRunner().invoke(app, words, input=TYPED, catch_exceptions=False)
            assert done.exit_code == 0, f"{page.name}: {words}: {done.stderr}"
            said += done.stdout
    return said


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with the files that the pages name; commands do without their own start and stop of the database."""
    monkeypatch.setattr("datong.site.runtime.ready", lambda **options: nullcontext())
    monkeypatch.setenv("DATONG_BRAND", "")
    monkeypatch.chdir(tmp_path)
    for name, text in SHEET.findall(OPENING.read_text()):
        (tmp_path / name).write_text(text)
    mapping = blocks(ROOT / "docs" / "reference" / "mapping-language.md", "toml")[0][1]
    (tmp_path / "quickbasket.toml").write_text(mapping)
    for name in ("jd-token.txt", "jd-app-key.txt", "odoo-key.txt"):
        (tmp_path / name).write_text("the platform gave it")
    return tmp_path


def test_the_how_to_pages_run_as_they_stand(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {path.name for path in desk.glob("*.csv")} == {"stores.csv", "places.csv", "items.csv", "stock.csv"}
    rest = sorted(page for page in HOW_TO.glob("*.md") if page != OPENING)
    said = "".join(run(page, monkeypatch) for page in (OPENING, *rest))
    brand = next(brand for brand in list_brands() if brand.slug == "leaf")
    opened = [endpoint.connector for endpoint in list_endpoints(brand.id)]
    assert sorted(opened) == ["marketplace", "marketplace", "marketplace", "shopify", "wechat_shop", "woocommerce"]
    assert [record.amount_minor for record in price_history(brand.id, "CUP")] == [1300, 1200]
    assert said.count("https://hub.example.com/hooks/") == 6
    assert "dtk_" in said
    assert "/in/" in said


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_front_page_leads_to_a_connected_shop(name: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(ROOT / name, monkeypatch)
    (brand,) = [brand for brand in list_brands() if brand.slug == "leaf"]
    assert [endpoint.connector for endpoint in list_endpoints(brand.id)] == ["shopify"]
    assert "https://hub.example.com/hooks/" in said


def test_the_mappings_in_the_documentation_can_be_read() -> None:
    pages = [*HOW_TO.glob("*.md"), *(ROOT / "docs" / "reference").glob("*.md")]
    found = [mapping_of(text).name for page in sorted(pages) for _, text in blocks(page, "toml")]
    assert sorted(found) == ["quickbasket", "trade"]
