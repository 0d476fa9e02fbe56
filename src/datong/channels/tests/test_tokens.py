"""The tokens are one source: what is served is made from them, and every pair that carries text can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.channels.design import colour, tokens
from datong.kernel.errors import BadValue

GROUNDS = ("canvas", "surface", "sunken", "hover", "raised")
INKS = ("text", "text-2", "text-3", "accent-text", "good", "waiting", "problem", "information")
PAIRS = (
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    *((hue, f"{hue}-soft") for hue in ("good", "waiting", "problem", "information")),
    ("accent-on", "accent"),
    ("accent-on", "accent-strong"),
    ("accent-text", "accent-soft"),
    ("problem-on", "problem-fill"),
    ("text-2", "neutral-soft"),
    ("map-text", "map-land"),
    ("map-text", "map-water"),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_that_carries_text_meets_aa(theme: str) -> None:
    found = tokens.load()[theme]
    weak = {
        (ink, ground): round(ratio, 2)
        for ink, ground in PAIRS
        if (ratio := colour.contrast(found[f"--color-{ink}"], found[f"--color-{ground}"])) < colour.AA_TEXT
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_fields_and_marks_of_charts_stand_out_three_to_one(theme: str) -> None:
    found = tokens.load()[theme]
    for mark in ("line-strong", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5"):
        assert colour.contrast(found[f"--color-{mark}"], found["--color-surface"]) >= 3, mark


def test_both_themes_have_the_same_names() -> None:
    found = tokens.load()
    assert found["light"].keys() == found["dark"].keys()


def test_the_style_sheet_is_the_one_these_tokens_make() -> None:
    assert tokens.OUT.read_text() == tokens.stylesheet(), "run python -m datong.channels.design.tokens"


@given(st.integers(0, 0xFFFFFF))
def test_whatever_accent_a_brand_brings_its_text_can_be_read(value: int) -> None:
    for theme in ("light", "dark"):
        ground, own = tokens.load()[theme], tokens._accent(f"#{value:06x}", theme)
        surface, canvas = ground["--color-surface"], ground["--color-canvas"]
        assert colour.contrast(own["--color-accent-on"], own["--color-accent"]) >= colour.AA_TEXT
        assert colour.contrast(own["--color-accent-on"], own["--color-accent-strong"]) >= colour.AA_TEXT
        for below in (surface, canvas, own["--color-accent-soft"]):
            assert colour.contrast(own["--color-accent-text"], below) >= colour.AA_TEXT


def test_a_brand_keeps_its_own_accent_on_buttons_and_unknown_names_are_left_out() -> None:
    sheet = tokens.brand_stylesheet({"--accent": "#0a7d4f", "radius": "2px", "--color-nonsense": "url(//evil)"})
    assert "--color-accent: #0a7d4f;" in sheet
    assert "--radius-medium: 2px;" in sheet
    assert "evil" not in sheet


@pytest.mark.parametrize(
    ("name", "value"), [("accent", "red;} body{display:none"), ("font", "x</style>"), ("radius", "1e9px")]
)
def test_a_value_that_could_break_out_of_its_property_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadValue):
        tokens.brand_stylesheet({name: value})
