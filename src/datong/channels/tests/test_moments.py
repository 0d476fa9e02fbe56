"""What a date-and-time field sends is read in one way, and what cannot be meant is said beside the field."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

import datong.channels.console as console
from datong.channels.console.moments import read_moment
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.kernel.errors import BadValue


def test_a_moment_is_read_in_the_viewers_zone() -> None:
    with timezone.override("Asia/Shanghai"):
        assert read_moment("at", " 2026-11-22T09:30 ") == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    with timezone.override("America/Chicago"):
        assert read_moment("at", "2100-12-31T23:59") == datetime(2101, 1, 1, 5, 59, tzinfo=UTC)
        assert read_moment("at", "2000-01-01T00:00") == datetime(2000, 1, 1, 6, tzinfo=UTC)
    assert read_moment("at", "  ") is None


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("0026-11-22T09:30", "Choose a year from 2000 to 2100."),
        ("1999-12-31T23:59", "Choose a year from 2000 to 2100."),
        ("2101-01-01T00:00", "Choose a year from 2000 to 2100."),
        ("9999-12-31T23:59", "Choose a year from 2000 to 2100."),
        ("2026-13-01T00:00", "Choose a date and a time, or leave it empty."),
        ("soon", "Choose a date and a time, or leave it empty."),
        ("2026-11-22T09:30+08:00", "Choose a date and a time, or leave it empty."),
    ],
)
def test_what_is_no_moment_of_a_brands_life_names_its_field(text: str, fix: str) -> None:
    with timezone.override("Asia/Shanghai"), pytest.raises(BadValue) as caught:
        read_moment("begins", text)
    assert [(p.field, p.fix) for p in caught.value.problems] == [("begins", fix)]


def test_a_moment_that_is_needed_may_not_be_left_out() -> None:
    with pytest.raises(BadValue, match="moment"):
        read_moment("moment", "", needed=True)


@pytest.mark.parametrize(
    ("where", "field", "form"),
    [
        ("/products/CUP/", "valid_from", {"amount": "5.00", "reason": "sale"}),
        ("/sold-out/set/", "moment", {"sku": "CUP", "until": "moment", "next": "/sold-out/?q=cup"}),
        ("/promotions/new/", "begins", {}),
        ("/prices/rates/", "begins", {"kind": "interest", "key": "SAVE", "value": "2"}),
    ],
)
def test_a_year_that_is_a_slip_of_the_hand_is_said_beside_the_field_and_kept(house: House, where, field, form) -> None:
    page = house.client().post(where, {**form, field: "0026-11-22T09:30"})
    assert page.status_code == 422 and "Choose a year from 2000 to 2100." in texts(page)
    assert 'value="0026-11-22T09:30"' in page.content.decode()


def test_the_console_reads_moments_nowhere_else() -> None:
    root = Path(console.__file__).parent
    assert {
        str(f.relative_to(root))
        for f in root.rglob("*.py")
        if "make_aware(datetime.fromisoformat" in f.read_text(encoding="utf-8")
    } == {"moments.py"}
