"""Values by mapping: text, money, time, yes or no. Whatever is wrong is noted with the place where it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from datong.integration.wire.mapping.language import Amount, Condition, Money, Options, Text, Time
from datong.integration.wire.mapping.paths import as_text, walk
from datong.integration.wire.reading import STAND_IN, Problems, clean, moment
from datong.kernel.errors import BadValue
from datong.kernel.money import minor_of
from datong.orders.types import MAX_UNITS

MAX_OPTIONS, MAX_OPTION = 50, 60
_YES, _NO = {"true", "1", "yes", "y"}, {"false", "0", "no", "n", ""}


class Values:
    """Reads one object (an order, or a line of it) that stands at `at`."""

    __slots__ = ("at", "currency", "document", "money", "problems", "time_format", "zone")

    def __init__(
        self,
        document: Any,
        problems: Problems,
        *,
        at: str = "",
        currency: str = "",
        money: Money | None = None,
        time_format: str = "iso",
        zone: str = "",
    ) -> None:
        self.document, self.problems, self.at = document, problems, at
        self.currency, self.money = currency, money or Money()
        self.time_format, self.zone = time_format, zone

    def inside(self, pointer: str, value: Any) -> Values:
        """The reader of a line at `pointer` of this object."""
        return Values(
            value,
            self.problems,
            at=self.at + pointer,
            currency=self.currency,
            money=self.money,
            time_format=self.time_format,
            zone=self.zone,
        )

    def first(self, path: str) -> Any:
        found = walk(self.document, path)
        return found[0][1] if found else None

    def complain(self, path: str, code: str, fix: str, value: Any = None) -> None:
        self.problems.add(self.at + path, code, fix, value)

    # text ------------------------------------------------------------------------------------------------------------

    def text(self, word: str | Text | None, *, limit: int = 300, required: bool = False, cut: bool = False) -> str:
        """`cut` shortens free text that is too long; anything else too long is a problem."""
        if word is None:
            return ""
        spec = Text(path=word) if isinstance(word, str) else word
        found, path = self._raw(spec)
        for old, new in spec.replace:
            found = found.replace(old, new)
        if spec.strip:
            found = found.lstrip(spec.strip)
        if spec.split and found:
            parts = found.split(spec.split)
            found = parts[spec.part].strip() if -len(parts) <= spec.part < len(parts) else ""
        if spec.map and found:
            if found not in spec.map:
                self.complain(path, "unknown_value", f"one of {', '.join(spec.map)}", found)
                return ""
            found = as_text(spec.map[found])
        found = clean(found).strip()
        if not found and spec.default is not None:
            found = as_text(spec.default)
        if not found and required:
            self.complain(path, "missing", "this is needed")
        if len(found) > limit:
            if not cut:
                self.complain(path, "too_long", f"at most {limit} characters", found)
            found = found[:limit].rstrip()
        return found

    def _raw(self, spec: Text) -> tuple[str, str]:
        if spec.const is not None:
            return as_text(spec.const), ""
        if spec.join:
            parts = (self._scalar(path) for path in spec.join)
            return spec.separator.join(part for part in parts if part), spec.join[0]
        paths = [spec.path] if spec.path else spec.paths
        for path in paths:
            found = self._scalar(path)
            if found:
                return found, path
        return "", paths[0] if paths else ""

    def _scalar(self, path: str) -> str:
        found = self.first(path)
        if isinstance(found, (dict, list)):
            self.complain(path, "not_text", "a text or a number here")
            return ""
        return as_text(found).strip()

    def options(self, spec: Options | None) -> tuple[str, ...]:
        """The choices of a line in one order, whatever theirs. Too many or too long is a problem."""
        if spec is None:
            return ()
        found: list[str] = []
        for path in spec.paths:
            for pointer, value in walk(self.document, path):
                if isinstance(value, (dict, list)):
                    self.complain(pointer, "not_text", "a text or a number here")
                    continue
                text = as_text(value)
                for mark in spec.split[1:]:
                    text = text.replace(mark, spec.split[0])
                words = text.split(spec.split[0]) if spec.split else [text]
                names = [clean(word).strip() for word in words]
                found += [as_text(spec.map.get(name, name)) for name in names if name]
        if len(found) > MAX_OPTIONS or any(len(code) > MAX_OPTION for code in found):
            fix = f"at most {MAX_OPTIONS} choices of {MAX_OPTION} characters"
            self.complain(spec.paths[0], "too_many_options", fix, ", ".join(found)[:200])
            return ()
        return tuple(sorted(found))

    def flag(self, word: str | Text | None) -> bool:
        found = self.text(word, limit=20).lower()
        if found in _YES or found in _NO:
            return found in _YES
        path = word if isinstance(word, str) else word.path if word else ""
        self.complain(path, "not_boolean", "true or false", found)
        return False

    def number(self, path: str) -> Decimal:
        """A count that need not be whole; 0 when it is missing or wrong."""
        found = self.text(path, limit=30)
        try:
            number = Decimal(found or "0")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > MAX_UNITS:
            self.complain(path, "bad_number", f"a number up to {MAX_UNITS}", found)
            return Decimal(0)
        return number

    def whole(self, word: str | Text, *, low: int, high: int) -> int:
        found = self.text(word, limit=30, required=True)
        path = word if isinstance(word, str) else word.path
        try:
            number = Decimal(found) if found else Decimal(low)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number != number.to_integral_value() or not low <= number <= high:
            self.complain(path, "bad_number", f"a whole number between {low} and {high}", found)
            return low
        return int(number)

    # money -----------------------------------------------------------------------------------------------------------

    def amount(self, word: str | Amount | None, *, signed: bool = False) -> int:
        """Minor units; 0 when the mapping does not name it. Missing or negative is a problem."""
        if word is None:
            return 0
        found = self.maybe_amount(word)
        path = self._name_of(word)
        if found is None:
            self.complain(path, "missing", "an amount")
            return 0
        if found < 0 and not signed:
            self.complain(path, "negative_amount", "an amount of 0 or more", found)
            return 0
        return found

    def maybe_amount(self, word: str | Amount) -> int | None:
        """None when a value is missing and nothing stands in for it."""
        spec = Amount(path=word) if isinstance(word, str) else word
        found = self._sum_of(spec)
        if found is None and spec.otherwise is not None:
            found = self.maybe_amount(spec.otherwise)
        if found is None:
            return spec.default
        found = abs(found) if spec.absolute else found
        return max(0, found) if spec.floor_zero else found

    def _sum_of(self, spec: Amount) -> int | None:
        if spec.times:
            return self._products(spec)
        if spec.path:
            found = walk(self.document, spec.path)
            if not found:
                return 0 if "*" in spec.path or "[" in spec.path else None
            values = [v for v in found if v[1] != ""]
            return sum(self._minor(value, pointer, spec.unit) for pointer, value in values) if values else None
        added = [self.maybe_amount(word) for word in spec.add]
        taken = [self.maybe_amount(word) for word in spec.subtract]
        if not added or None in added or None in taken:
            return None
        return sum(a for a in added if a) - sum(t for t in taken if t)

    def _products(self, spec: Amount) -> int:
        price, count = spec.times or ("", "")
        total = 0
        for pointer, item in walk(self.document, spec.over + "/*"):
            line = self.inside(pointer, item)
            number = line.number(count)
            amount = line.maybe_amount(Amount(path=price, unit=spec.unit)) or 0
            product = amount * number
            if product != product.to_integral_value():
                line.complain(count, "bad_amount", "a product without a rest", f"{amount} x {number}")
            total += int(product)
        return total

    def _minor(self, value: Any, pointer: str, unit: str) -> int:
        text = as_text(value).strip()
        for sign in self.money.strip:
            text = text.replace(sign, "")
        if self.money.decimal_comma:
            text = text.replace(".", "").replace(",", ".")
        try:
            if (unit or self.money.unit) == "minor":
                number = Decimal(text.strip())
                if not number.is_finite() or number != number.to_integral_value() or abs(number) >= 2**63:
                    raise InvalidOperation
                return int(number)
            return minor_of(text, self.currency)
        except InvalidOperation:
            self.complain(pointer, "bad_amount", "a whole number of minor units", value)
        except BadValue as error:
            self.complain(pointer, "bad_amount", error.problems[0].fix, value)
        return 0

    @staticmethod
    def _name_of(word: str | Amount) -> str:
        while not isinstance(word, str):
            word = word.path or word.over or (word.add[0] if word.add else "")
        return word

    # time ------------------------------------------------------------------------------------------------------------

    def time(self, word: str | Time) -> datetime:
        spec = Time(path=word) if isinstance(word, str) else word
        found = self.maybe_time(spec)
        if found is None:
            self.complain(spec.path, "missing", "a time")
        return found or STAND_IN

    def maybe_time(self, word: str | Time | None) -> datetime | None:
        """None for nothing and for 0, which platforms write for 'at once'."""
        if word is None:
            return None
        spec = Time(path=word) if isinstance(word, str) else word
        text = self._scalar(spec.path)
        if text in ("", "0"):
            return None
        try:
            return when(text, spec.format or self.time_format, spec.zone or self.zone)
        except (ValueError, OverflowError, InvalidOperation):
            self.complain(spec.path, "bad_time", f"a time written as {spec.format or self.time_format}", text)
            return STAND_IN


def when(text: str, form: str, zone: str) -> datetime:
    """A moment in UTC. Raises ValueError."""
    if form in ("epoch_s", "epoch_ms"):
        seconds = Decimal(text) / (1000 if form == "epoch_ms" else 1)
        if not 946_684_800 <= seconds <= 4_102_444_800:
            raise ValueError("not between 2000 and 2100")
        return datetime.fromtimestamp(float(seconds), UTC)
    if form == "iso":
        return moment(text, zone)
    found = datetime.strptime(text, form)  # noqa: DTZ007 the zone is put on below
    if found.tzinfo is None:
        if not zone:
            raise ValueError("no zone")
        found = found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC)


def holds(document: Any, condition: Condition) -> bool:
    return any(as_text(v) in {as_text(o) for o in condition.one_of} for _, v in walk(document, condition.path))
