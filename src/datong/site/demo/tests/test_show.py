"""The summary on the screen, in two languages, at the width of a plain terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from rich.console import Console

from datong.site.demo import show
from datong.site.demo.baseline import Baseline
from datong.site.demo.summary import ChannelSummary, DaySummary
from datong.site.refusals import PHRASES, TITLES

WEB = ChannelSummary("webshop", "Web shop", 1_060, 1_003, 45, 7, {"bad_number": 4}, 5, 560, 7_234, 15_530_951, 39, 198)
DAY = DaySummary(
    brand="Juniper & Oak",
    currency="USD",
    received=5_629,
    accepted=5_330,
    duplicates=215,
    refused=72,
    conflicts=12,
    turned_away=6,
    lost=0,
    doubled=0,
    stock_negative=0,
    oversold=0,
    ledger_difference_minor=0,
    price_findings=529,
    mispriced=0,
    backorders=164,
    stores_used=1_144,
    median_distance_m=5_640,
    seconds=41.6,
    channels=(WEB,),
    without_hub=Baseline(5_635, 5_349, 24, 159, 69, 159, 523, 211),
)
PO = Path(show.__file__).parents[1] / "locale/zh_Hans/LC_MESSAGES/django.po"


def shown(day: DaySummary, language: str = "en") -> str:
    console = Console(width=80, record=True, file=StringIO())
    with translation.override(language):
        show.show(day, console, "en-US")
        return console.export_text()


def test_every_figure_is_readable_in_eighty_columns() -> None:
    text = shown(DAY)
    assert "…" not in text
    assert re.search(r"Web shop +1,060 +1,003 +45 +7 +560 +7\.2 km +\$155,309\.51", text)
    assert re.search(r"orders oversold +24 +0", text)
    assert re.search(r"wrong price, unnoticed +523 +0 \(529 found\)", text)
    assert re.search(r"wrong price, unnoticed +523 +3 \(529 found\)", shown(replace(DAY, mispriced=3)))
    assert "Web shop: 4 bad number" in text
    assert text.count("✓") == 5 and "✗" not in text


@pytest.mark.parametrize("field", ["lost", "doubled", "stock_negative", "oversold", "ledger_difference_minor"])
def test_a_broken_promise_is_marked_with_its_figure(field: str) -> None:
    text = shown(replace(DAY, **{field: 3}))
    assert text.count("✗") == 1
    assert re.search(r"✗ .*\(3\)", text)


def test_the_json_object_has_one_level_of_figures_and_a_list_of_channels() -> None:
    found = DAY.as_json()
    assert found["oversold_without_hub"] == 24
    assert found["lost_without_hub"] == 69
    assert [channel["code"] for channel in found["channels"]] == ["webshop"]
    assert not any(isinstance(value, dict) for value in found.values())


def test_everything_the_demo_says_has_its_chinese() -> None:
    said = set()
    for name in ("show", "run"):
        text = (Path(show.__file__).parent / f"{name}.py").read_text()
        said |= {"".join(re.findall(r'"([^"]*)"', call)) for call in re.findall(r'_\(\s*((?:"[^"]*"\s*)+)\)', text)}
        said |= set(re.findall(r'pgettext\("demo", "([^"]*)"\)', text))
    with PO.open("rb") as file:
        known = {m.id: m.string for m in read_po(file) if m.id and m.id not in {*PHRASES, *TITLES.values()}}
    assert said == set(known)
    assert all(known.values())
    for english, chinese in known.items():
        assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", chinese))
