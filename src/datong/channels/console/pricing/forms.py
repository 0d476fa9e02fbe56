"""Reading what was typed into the forms of prices: numbers, amounts, moments, files; every field named when wrong."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from io import StringIO

from django.utils.translation import gettext as _

from datong.channels.console.moments import read_moment
from datong.channels.design.formats import money
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import minor_of
from datong.kernel.text import NotText, decode, separator

MAX_FILE = 5_000_000


@dataclass(slots=True)
class Reader:
    """Reads one form field by field and keeps what is wrong; `done` raises it all at once."""

    post: Mapping[str, str]
    currency: str
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str, most: int = 300) -> str:
        return self.post.get(name, "").strip()[:most]

    def wrong(self, name: str, fix: str) -> None:
        self.problems.append(Problem(name, "bad_value", fix, self.post.get(name, "")[:200]))

    def amount(self, name: str, default: int = 0) -> int:
        """Minor units of what was typed, thousands separators and a currency sign taken off."""
        text = self.text(name)
        if not text:
            return default
        try:
            return plain_amount(text, self.currency)
        except BadInput:
            example = money(1999, self.currency)
            self.wrong(name, _("Write an amount such as %(example)s.") % {"example": example})
            return default

    def bps(self, name: str) -> int:
        """Basis points of a per cent that was typed."""
        try:
            value = Decimal(self.text(name).rstrip("%％").strip() or "0") * 100
        except InvalidOperation:
            value = Decimal("0.5")
        if value != value.to_integral_value() or abs(value) > 10**6:
            self.wrong(name, _("Write a percentage such as 10 or 12.5."))
            return 0
        return int(value)

    def whole(self, name: str, default: int = 0) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.isdecimal() or len(text) > 9:
            self.wrong(name, _("Write a whole number."))
            return default
        return int(text)

    def moment(self, name: str) -> datetime | None:
        try:
            return read_moment(name, self.text(name))
        except BadValue as error:
            self.problems.extend(error.problems)
            return None

    def names(self, name: str) -> tuple[str, ...]:
        """SKUs or categories, separated by commas, semicolons or lines."""
        text = self.post.get(name, "")
        for mark in "\r\n;；，、\t":
            text = text.replace(mark, ",")
        return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))

    def done(self) -> None:
        if self.problems:
            raise BadInput("the form cannot be used as it is", *self.problems)


def plain_amount(text: str, currency: str) -> int:
    """Minor units of '¥1,234.50', '1234.5', '-2'."""
    bare = text.replace(",", "").replace("，", "").replace(" ", "").replace("−", "-")
    sign = "-" if bare.startswith("-") else ""
    bare = bare.lstrip("-+¥￥$€£")
    return minor_of(sign + (bare or "–"), currency)


def read_prices(data: bytes, currency: str) -> tuple[dict[str, int], list[Problem]]:
    """Prices by SKU from a CSV file of SKU and price, in UTF-8 or GBK, a header or none; what is wrong, by row."""
    if len(data) > MAX_FILE:
        return {}, [Problem("file", "too_big", _("A file of at most 5 MB."), "")]
    try:
        text, _encoding = decode(data)
    except NotText:
        return {}, [Problem("file", "encoding", _("Save the file as CSV UTF-8."), "")]
    found: dict[str, int] = {}
    problems = []
    for number, row in enumerate(csv.reader(StringIO(text), delimiter=separator(text)), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < 2:
            problems.append(Problem("file", "columns", _("Row %(n)s: SKU and price.") % {"n": number}, ",".join(row)))
            continue
        try:
            minor = plain_amount(cells[1], currency)
        except BadInput:
            if number > 1:
                said = _("Row %(n)s: an amount such as 19.90.") % {"n": number}
                problems.append(Problem("file", "amount", said, cells[1][:80]))
            continue
        if cells[0] in found:
            said = _("Row %(n)s: %(sku)s stands in the file twice.") % {"n": number, "sku": cells[0][:60]}
            problems.append(Problem("file", "repeated", said, cells[0][:80]))
        found[cells[0]] = minor
    return found, problems[:20]


def errors_of(error: BadInput) -> dict[str, str]:
    """The fix by form field."""
    said: dict[str, str] = {}
    for problem in error.problems:
        name = problem.field.strip("/").rsplit("/", 1)[-1]
        said[name] = f"{said[name]} {problem.fix}" if name in said else problem.fix
    return said or {"": str(error)}
