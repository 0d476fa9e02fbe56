"""One row's cells, read; what is wrong with a cell is noted with its row, its column and its fix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import minor_of
from datong.shadow.types import MAX_MINOR

YES = frozenset({"yes", "true", "1", "y", "是"})
_OFFSET = re.compile(r"\s*([+-]\d\d):?(\d\d)(?::\d\d)?$")
_SIGNS = re.compile(r"[¥￥$€£\s\u00a0]|[A-Z]{3}")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_GTIN = re.compile(r"\d{8}|\d{12,14}")
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 the project's zone is put to it later


@dataclass(slots=True)
class Cells:
    """A row. `places`: our name -> its heading; `zone` of times that name none."""

    row: int
    values: Mapping[str, str]
    places: Mapping[str, str]
    zone: ZoneInfo
    problems: list[Problem] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.places

    def raw(self, name: str) -> str:
        return self.values.get(self.places.get(name, ""), "")

    def wrong(self, name: str, code: str, fix: str) -> None:
        column = self.places.get(name, name)
        self.problems.append(Problem(f"row {self.row}, {column}", code, fix, self.raw(name)[:80]))

    def text(self, name: str, limit: int, *, needed: bool = False, cut: bool = False) -> str:
        found = "".join(c for c in self.raw(name) if c.isprintable())
        if needed and not found:
            self.wrong(name, "missing", "a value")
        if len(found) > limit:
            if not cut:
                self.wrong(name, "too_long", f"at most {limit} characters")
            found = found[:limit]
        return found

    def whole(self, name: str, low: int, high: int) -> int:
        text = self.raw(name).replace(",", "")
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value != value.to_integral_value() or not low <= value <= high:
            self.wrong(name, "bad_number", f"a whole number from {low:,} to {high:,}")
            return low
        return int(value)

    def money(self, name: str, currency: str) -> int | None:
        """Minor units; None where the cell is empty. `¥1,234.50` is read; a comma for the decimal point is not."""
        text = _SIGNS.sub("", self.raw(name))
        if not text:
            return None
        if "," in text and not _GROUPED.fullmatch(text):
            self.wrong(name, "bad_amount", "a decimal point: 1,234.50 or 1234.50")
            return None
        try:
            minor = minor_of(text.replace(",", ""), currency)
        except BadInput:
            self.wrong(name, "bad_amount", f"an amount of {currency} such as 12.50")
            return None
        if not 0 <= minor <= MAX_MINOR:
            self.wrong(name, "bad_amount", "an amount of 0 or more")
            return None
        return minor

    def time(self, name: str, default: datetime | None = None) -> datetime | None:
        """In UTC. `default` where the cell is empty; a time without an offset is the project's own."""
        text = self.raw(name).strip()
        if not text:
            if default is None:
                self.wrong(name, "missing", "a time such as 2026-11-22 09:30")
            return default
        found = self._moment(text)
        if found is None:
            self.wrong(name, "bad_time", "a time such as 2026-11-22 09:30 or 2026-11-22T09:30:00+08:00")
            return default
        if found.tzinfo is None:
            found = found.replace(tzinfo=self.zone)
        found = found.astimezone(UTC)
        if not 2000 <= found.year < 2100:
            self.wrong(name, "bad_time", "a time between 2000 and 2100")
            return default
        return found

    def _moment(self, text: str) -> datetime | None:
        if re.fullmatch(r"\d{5}(\.\d+)?", text):  # a date that Excel wrote as its number of days
            return EXCEL_EPOCH + timedelta(days=float(text))
        plain = re.sub(r"^(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?", _dashed, text.removesuffix("UTC").strip())
        plain = _OFFSET.sub(r"\1:\2", plain) if ":" in plain else plain
        plain = plain + "+00:00" if text.endswith("UTC") else plain
        try:
            return datetime.fromisoformat(plain)
        except ValueError:
            return None

    def degrees(self, name: str, limit: int) -> float | None:
        text = self.raw(name)
        if not text:
            return None
        try:
            found = float(text)
        except ValueError:
            found = limit + 1.0
        if not -limit <= found <= limit:
            self.wrong(name, "bad_degrees", f"degrees from -{limit} to {limit}, such as 44.9778")
            return None
        return found

    def flag(self, name: str) -> bool:
        return self.raw(name).strip().lower() in YES

    def gtin(self, name: str = "gtin") -> str:
        """As it is written, or '' when it is none: a wrong barcode must not join two goods."""
        text = self.raw(name).strip().lstrip("'")
        if not _GTIN.fullmatch(text):
            return ""
        digits = text.rjust(14, "0")
        total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits[:13]))
        return digits if (10 - total % 10) % 10 == int(digits[13]) else ""


def _dashed(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
