"""What the parts of request bodies take, and as what they hand it on."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from datong.kernel.bodies import Body, Day, Moment
from datong.kernel.db import rows

MOMENT, DAY = TypeAdapter(Moment), TypeAdapter(Day)


@pytest.mark.django_db
def test_a_moment_with_any_offset_is_one_that_the_database_takes():
    found = MOMENT.validate_python("3443-12-08T18:59:01-22:21")
    assert found == datetime(3443, 12, 9, 17, 20, 1, tzinfo=UTC)
    assert found.tzinfo is UTC
    assert rows("SELECT %(at)s::timestamptz", {"at": found}) == [(found,)]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-01:00"])
def test_a_moment_outside_the_calendar_is_refused(text):
    with pytest.raises(ValidationError, match="between the years 1 and 9999"):
        MOMENT.validate_python(text)


@pytest.mark.parametrize("text", ["2026-11-22T09:30:00", "1700000000", "2026-11-22"])
def test_a_moment_needs_its_offset_and_is_no_count_of_seconds(text):
    with pytest.raises(ValidationError):
        MOMENT.validate_python(text)


def test_a_moment_that_was_read_before_is_taken_as_it_is():
    moment = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert MOMENT.validate_python(moment) == moment


@pytest.mark.parametrize("written", ["0", 0, 1.5, True, "2026-11-22T00:00:00", "20261122", "22.11.2026"])
def test_a_day_is_written_out(written):
    assert DAY.validate_python("2026-11-22") == date(2026, 11, 22)
    with pytest.raises(ValidationError):
        DAY.validate_python(written)


@pytest.mark.parametrize("kind", [date, date | None, datetime, datetime | None])
def test_a_body_with_a_day_that_takes_a_count_of_seconds_cannot_be_written(kind):
    with pytest.raises(TypeError, match="use Day or Moment"):
        type("Slack", (Body,), {"__annotations__": {"since": kind}})
    type("Strict", (Body,), {"__annotations__": {"since": Day, "until": Moment | None}})
