"""Reading a payload while remembering everything that is wrong with it.

A sender who hears of one mistake at a time sends many times. So nothing here raises on the first bad field: a reader
notes the problem, hands out a stand-in, and `done()` raises once with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from datong.integration.types import MAX_BODY_BYTES, MAX_EXTERNAL_ID, MAX_SKU, TooLarge
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.geo import Point
from datong.kernel.money import exponent, minor_of
from datong.orders.types import MAX_UNITS

MAX_PROBLEMS = 50  # enough to mend a payload, not enough to fill the disk
MAX_FIELD = 300

_json = msgspec.json.Decoder(type=Any, float_hook=Decimal)  # a float could not hold money exactly
_EPOCH_MIN_S, _EPOCH_MAX_S = 946_684_800, 4_102_444_800  # 2000 to 2100: what else can a payload mean

STAND_IN = datetime(2000, 1, 1, tzinfo=UTC)  # for a time that could not be read; its problem is noted
TIME_FIX = "a time such as 2026-11-22T09:30:00+08:00"

_UNSET: Any = object()


def json_of(body: bytes | str, field: str = "") -> Any:
    """The decoded JSON; numbers with a fraction as Decimal. Raises BadInput: not JSON, too deep, not UTF-8."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"{len(body)} bytes; at most {MAX_BODY_BYTES} are read")
    try:
        return _json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        reason = str(error) or "nested too deeply"
        shown = body[:200] if isinstance(body, str) else body[:200].decode("utf-8", "replace")
        problem = Problem(field, "not_json", f"send valid JSON in UTF-8 ({clean(reason)})", clean(shown))
        raise BadInput(f"not JSON: {reason}", problem) from None


def clean(text: str) -> str:
    """Without what PostgreSQL cannot store or a screen should not show: NUL, controls, lone surrogates."""
    kept = "".join(c for c in text if c >= " " or c in "\n\t")
    return kept.encode("utf-8", "ignore").decode("utf-8")


class Problems:
    """What was found wrong so far, shared by all readers of one order."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, field: str, code: str, fix: str, value: Any = None) -> None:
        if len(self.found) < MAX_PROBLEMS:
            shown = value if isinstance(value, (int, bool, type(None))) else clean(str(value))[:200]
            self.found.append(Problem(clean(field)[:MAX_FIELD], code, fix, shown))  # names may be the sender's own

    def done(self, what: str = "the order") -> None:
        """Raise BadInput with all of them, if there are any."""
        if self.found:
            first = self.found[0]
            raise BadInput(f"{what} cannot be understood: {first.field or 'body'}: {first.fix}", *self.found)


class Reader:
    """One JSON object, read by key; `at` is its JSON pointer (RFC 6901)."""

    __slots__ = ("at", "data", "problems")

    def __init__(self, data: Any, problems: Problems, at: str = "") -> None:
        self.problems = problems
        self.at = at
        if not isinstance(data, dict):
            if data is not None:
                problems.add(at, "not_object", "send a JSON object here", data)
            data = {}
        self.data: dict[str, Any] = data

    def pointer(self, key: str) -> str:
        return f"{self.at}/{key.replace('~', '~0').replace('/', '~1')}"

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def complain(self, key: str, code: str, fix: str, value: Any = _UNSET) -> None:
        self.problems.add(self.pointer(key), code, fix, self.data.get(key) if value is _UNSET else value)

    def sub(self, key: str) -> Reader:
        """The object under `key`; an absent one reads as empty."""
        return Reader(self.data.get(key), self.problems, self.pointer(key))

    def each(self, key: str, *, limit: int, required: bool = False) -> Iterator[Reader]:
        """The objects of the list under `key`."""
        items = self.data.get(key)
        if items is None or items == []:
            if required:
                self.complain(key, "missing", "send at least one")
            return
        if not isinstance(items, list):
            self.complain(key, "not_list", "send a list here")
            return
        if len(items) > limit:
            self.complain(key, "too_many", f"send at most {limit}", len(items))
            return
        for i, item in enumerate(items):
            yield Reader(item, self.problems, f"{self.pointer(key)}/{i}")

    # scalars ---------------------------------------------------------------------------------------------------------

    def text(self, key: str, *, limit: int = 300, required: bool = False, cut: bool = False) -> str:
        """Text, trimmed; `cut` shortens a long one (free text only: the payload itself is kept whole)."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal, type(None))):
            self.complain(key, "not_text", "send text here")
            return ""
        found = clean(str(value)).strip() if value is not None else ""
        if not found and required:
            self.complain(key, "missing", "this is needed")
        if len(found) > limit:
            if not cut:
                self.complain(key, "too_long", f"at most {limit} characters")
            found = found[:limit].rstrip()
        return found

    def external_id(self, key: str) -> str:
        """The sender's own number of the order: what makes a repeat a repeat."""
        return self.text(key, limit=MAX_EXTERNAL_ID, required=True)

    def sku(self, *keys: str) -> str:
        """The first of the keys that holds something."""
        for key in keys:
            found = self.text(key, limit=MAX_SKU)
            if found:
                return found
        self.complain(keys[0], "missing", "every line needs the article number under which the shop sells it")
        return ""

    def whole(self, key: str, *, low: int = 0, high: int = MAX_UNITS, default: int | None = None) -> int:
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        number = whole_of(value)
        if number is None or not low <= number <= high:
            self.complain(key, "bad_number", f"a whole number between {low} and {high}")
            return low
        return number

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.data.get(key)
        if value is None:
            return default
        if value in (0, 1) or isinstance(value, bool):
            return bool(value)
        self.complain(key, "not_boolean", "true or false")
        return default

    def minor(self, key: str, currency: str, *, default: int | None = None, signed: bool = False) -> int:
        """Minor units of a decimal amount ('12.50', or 12.5 written as a JSON number)."""
        value = self.data.get(key)
        if value is None or value == "":
            if default is None:
                self.complain(key, "missing", "an amount such as 12.50")
            return default or 0
        try:
            amount = minor_of(str(value) if isinstance(value, Decimal) else value, currency)
        except BadValue as error:
            self.complain(key, "bad_amount", error.problems[0].fix)
            return 0
        if amount < 0 and not signed:
            self.complain(key, "negative_amount", "an amount of 0 or more")
            return 0
        return amount

    def fen(self, key: str, *, default: int | None = None, signed: bool = False) -> int:
        """An amount that is counted in minor units already."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        number = whole_of(value)
        if number is None or (number < 0 and not signed):
            self.complain(key, "bad_amount", "a whole number of minor units, 0 or more")
            return 0
        return number

    def currency(self, key: str, default: str) -> str:
        code = self.text(key, limit=3).upper() or default
        try:
            exponent(code)
        except BadValue as error:
            self.complain(key, "bad_currency", error.problems[0].fix)
            return default
        return code

    def time(self, key: str, *, zone: str = "") -> datetime:
        """RFC 3339 time in UTC; one without an offset is of `zone`, or a problem when there is none."""
        found = self.maybe_time(key, zone=zone)
        if found is None and self.data.get(key) in (None, ""):
            self.complain(key, "missing", TIME_FIX)
        return found or STAND_IN

    def maybe_time(self, key: str, *, zone: str = "") -> datetime | None:
        value = self.data.get(key)
        if value is None or value == "":
            return None
        try:
            return moment(value, zone)
        except ValueError as error:
            self.complain(key, "bad_time", str(error))
            return STAND_IN

    def epoch(self, key: str) -> datetime:
        """Seconds since 1970, as number or text."""
        found = self.maybe_epoch(key)
        if found is None:
            self.complain(key, "missing", "seconds since 1970-01-01 UTC")
        return found or STAND_IN

    def maybe_epoch(self, key: str) -> datetime | None:
        """0 and absent are no time: that is how platforms write 'at once' or 'never'."""
        value = self.data.get(key)
        number = whole_of(value) if value not in (None, "") else 0
        if number == 0:
            return None
        if number is None or not _EPOCH_MIN_S <= number <= _EPOCH_MAX_S:
            self.complain(key, "bad_time", "seconds since 1970-01-01 UTC")
            return STAND_IN
        return datetime.fromtimestamp(number, UTC)

    def place(self, lon_key: str, lat_key: str) -> Point | None:
        """A point, when both parts are given; what is out of range is a problem."""
        lon, lat = self.data.get(lon_key), self.data.get(lat_key)
        if lon in (None, "") or lat in (None, ""):
            return None
        try:
            place = Point(float(lon), float(lat))
        except (TypeError, ValueError, BadValue):
            self.complain(lon_key, "bad_place", "longitude -180 to 180 and latitude -90 to 90, WGS 84", f"{lon}, {lat}")
            return None
        return place if place != Point(0.0, 0.0) else None  # 0, 0 is how systems write 'unknown'


def moment(value: Any, zone: str = "") -> datetime:
    """RFC 3339 (or with a space for the T) to UTC. Raises ValueError with the sentence for the sender."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError(TIME_FIX)
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(TIME_FIX) from None
    if found.tzinfo is None:
        if not zone:
            raise ValueError("a time with its offset from UTC, such as 2026-11-22T09:30:00+08:00")
        found = found.replace(tzinfo=ZoneInfo(zone))
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time between the years 1 and 9999") from None


def whole_of(value: Any) -> int | None:
    """The whole number in a JSON value, or None; text and 3.0 count, true does not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value.strip()) < 20:
        return int(value)
    return None
