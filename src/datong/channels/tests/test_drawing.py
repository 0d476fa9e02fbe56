"""Maps, charts, formats and payloads: what is drawn is what was given."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import combinations
from math import hypot

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from datong.channels.console.export import line
from datong.channels.console.payload import pretty
from datong.channels.design import charts, formats, maps
from datong.kernel import clock
from datong.kernel.geo import Point, distance_m

places = st.builds(Point, lon=st.floats(-179, 179), lat=st.floats(-80, 80))


@given(st.lists(places, min_size=1, max_size=30))
def test_every_pin_lies_inside_the_view(points: list[Point]) -> None:
    view = maps.draw([maps.Pin(p, "x") for p in points], label="x")
    for mark in view.marks:
        assert abs(mark.x) <= maps.WIDTH / 2 and abs(mark.y) <= maps.HEIGHT / 2


@given(st.lists(places, min_size=201, max_size=300))
def test_clusters_lose_no_point_and_do_not_lie_on_each_other(points: list[Point]) -> None:
    view = maps.draw([maps.Pin(p, "x") for p in points], label="x")
    assert sum(c.count for c in view.clusters) + len(view.marks) == len(points)
    assert len(json.loads(view.points)) == len(points)
    for a, b in combinations(view.clusters, 2):
        assert hypot(a.x - b.x, a.y - b.y) >= a.radius + b.radius


def test_the_scale_bar_is_true_to_the_ground() -> None:
    west, east = Point(-93.3, 44.9), Point(-93.1, 44.9)
    view = maps.draw([maps.Pin(west, "a"), maps.Pin(east, "b")], label="x")
    a, b = (m.x for m in view.marks)
    assert abs(b - a) * view.metres_per_px == pytest.approx(distance_m(west, east), rel=0.01)
    assert view.city and view.places == ()


def test_a_country_shows_its_cities_in_the_readers_language() -> None:
    pins = [maps.Pin(Point(-122.3, 47.6), "a"), maps.Pin(Point(-80.2, 25.8), "b")]
    with translation.override("en"):
        assert "Chicago" in {p.name for p in maps.draw(pins, label="x").places}
    with translation.override("zh-hans"):
        assert "芝加哥" in {p.name for p in maps.draw(pins, label="x").places}


def test_bars_begin_at_zero_and_are_in_proportion() -> None:
    chart = charts.columns("x", [("a", 10.0), ("b", 5.0), ("c", 0.0)])
    heights = [m.height for m in chart.marks]
    assert heights[1] == pytest.approx(heights[0] / 2) and heights[2] == 0


def test_labels_at_the_ends_of_lines_do_not_lie_on_each_other() -> None:
    chart = charts.lines("x", ["1", "2"], [("a", [1, 5.0]), ("b", [1, 5.01]), ("c", [1, 4.99])])
    ends = sorted(s.end_y for s in chart.series)
    assert min(b - a for a, b in zip(ends, ends[1:], strict=False)) >= 8.99


def test_times_are_told_relative_and_in_the_brands_zone() -> None:
    with clock.held_at(clock.now()), timezone.override("Asia/Shanghai"), translation.override("zh-hans"):
        assert formats.relative(clock.now() - timedelta(minutes=3)) == "3分钟前"
        assert formats.absolute(clock.now()).endswith("CST")
        assert formats.money(123456, "CNY") == "¥1,234.56"
    with translation.override("en"):
        assert formats.money(-4200, "USD") == "-$42.00"
        assert formats.distance(1437) == "1.4 km"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_a_payload_is_shown_whole_and_never_as_markup(value: object) -> None:
    text = json.dumps(value)
    html = str(pretty(text))
    assert re.findall(r"<(?!/?(?:span|mark)\b)", html) == []
    plain = re.sub(r"<[^>]+>", "", html)
    for code, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        plain = plain.replace(code, letter)
    assert json.loads(plain) == value


def test_a_wrong_field_is_marked_however_its_place_is_written() -> None:
    text = json.dumps({"lines": [{"sku": "<script>"}]})
    for field in ("/lines/0/sku", "lines[0].sku", "$.lines[0].sku"):
        assert '<mark id="at-lines-0-sku"><span class="json-string">&quot;&lt;script&gt;&quot;</span></mark>' in pretty(
            text, [field]
        )


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2", "@x", "\tx"])
def test_a_spreadsheet_never_takes_a_name_for_a_formula(text: str) -> None:
    assert line([text]).lstrip('"').startswith("'")
    assert line([-2]) == "-2\r\n"
