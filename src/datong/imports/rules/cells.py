"""What a cell says. A reader takes a cell and the brand's facts and gives a value, or raises Wrong with its fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, available_timezones

from datong.imports.types import Facts, Raw, Read, Wrong
from datong.kernel.money import exponent

MAX_PRICE_MINOR = 10**11  # as the catalogue has it
YES = frozenset({"yes", "y", "true", "1", "on", "是", "有", "对", "启用", "上架", "营业"})
NO = frozenset({"no", "n", "false", "0", "off", "否", "无", "不", "停用", "下架", "停业"})
SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,3}")
_GUARDED = re.compile(r"'(?=[=+\-@\t])")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


def plain(raw: Raw) -> str:
    """A cell as text: a whole number without '.0', a fraction as Excel shows it (15 digits)."""
    if type(raw) is str:  # nearly every cell of a CSV file
        text = raw.strip()
        return _GUARDED.sub("", text, count=1) if text[:1] == "'" else text
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, float):
        return str(int(raw)) if raw == raw and abs(raw) < 1e15 and raw == int(raw) else f"{raw:.15g}"
    return str(raw).strip()


def _sound(raw: Raw) -> str:
    found = plain(raw)
    if found[:1] == "#" and found in _ERRORS:
        raise Wrong("formula_error", error=found)
    return found


def text(limit: int) -> Read:
    """Printable text of at most `limit` characters."""

    def read(raw: Raw, facts: Facts) -> str:
        found = _sound(raw)
        if len(found) > limit:
            raise Wrong("too_long", limit=limit, length=len(found))
        if not found.isprintable():
            found = " ".join(found.split())
            if not found.isprintable():
                raise Wrong("not_printable")
        return found

    return read


def code(limit: int) -> Read:
    """A SKU, a store's code: text that Excel likes to take for a number, and then its zeros or last digits are lost."""

    def read(raw: Raw, facts: Facts) -> str:
        found = _sound(raw)
        number = isinstance(raw, (int, float)) and not isinstance(raw, bool)
        if SHORTENED.fullmatch(found) or (number and abs(float(raw or 0)) >= 1e15):
            raise Wrong("shortened_number", value=found)
        if len(found) > limit:
            raise Wrong("too_long", limit=limit, length=len(found))
        if not found.isprintable():
            raise Wrong("not_printable")
        return found

    return read


def gtin(raw: Raw, facts: Facts) -> str:
    """A GTIN with a true check digit (GS1: weights 3 and 1 from the right, the sum is a multiple of ten)."""
    found = _sound(raw).replace(" ", "").replace("-", "")
    if SHORTENED.fullmatch(found):
        raise Wrong("shortened_number", value=found)
    if not found.isascii() or not found.isdigit():
        raise Wrong("gtin_digits")
    if len(found) not in (8, 12, 13, 14):
        whole = next((found.zfill(n) for n in (8, 12, 13, 14) if len(found) < n and _check(found.zfill(n)) == 0), "")
        raise Wrong("gtin_zeros", right=whole) if whole else Wrong("gtin_length", length=len(found))
    if _check(found):
        right = found[:-1] + str((int(found[-1]) + 10 - _check(found)) % 10)
        raise Wrong("gtin_check", right=right)
    return found


def _check(digits: str) -> int:
    return (sum(map(int, digits[::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10


def whole(low: int, high: int) -> Read:
    """A whole number from `low` to `high`; separators of thousands are understood."""

    def read(raw: Raw, facts: Facts) -> int:
        found = _sound(raw)
        number = re.sub(r"(?<=\d)[,，\u00a0\u202f ](?=\d{3}(?:\D|\Z))", "", found)
        if re.fullmatch(r"[+-]?\d+[.,]0+", number):
            number = re.split(r"[.,]", number)[0]
        if not re.fullmatch(r"[+-]?\d{1,18}", number) or not number.isascii():
            raise Wrong("whole", low=low, high=high)
        if not low <= int(number) <= high:
            raise Wrong("range", low=low, high=high)
        return int(number)

    return read


SYMBOLS: Mapping[str, frozenset[str]] = {
    "¥": frozenset({"CNY", "JPY"}),
    "￥": frozenset({"CNY", "JPY"}),
    "元": frozenset({"CNY"}),
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "RMB": frozenset({"CNY"}),
}
_AMOUNT = re.compile(
    r"(?P<sign>[-−(])?\s*(?P<before>[^\d.,，()\-−]*?)\s*"
    r"(?P<digits>\d[\d.,，'’\u00a0\u202f\s]*|[.,]\d+)\s*(?P<after>[^\d.,，()]*?)\)?"
)


def money(raw: Raw, facts: Facts) -> int:
    """An amount of the brand's currency in minor units: 1234.5, "1,234.50", "1.234,50", "¥1,234".

    What could be read in two ways ("1.234") is refused; so is another currency.
    """
    found = _sound(raw)
    match = _AMOUNT.fullmatch(found)
    if match is None:
        raise Wrong("money")
    if match["sign"]:
        raise Wrong("negative")
    for mark in (match["before"], match["after"]):
        _own(mark.strip(), facts.currency)
    digits = exponent(facts.currency)
    number = _decimal(match["digits"].strip(), digits, exact=not isinstance(raw, str))
    try:
        minor = Decimal(number).scaleb(digits)
    except InvalidOperation:
        raise Wrong("money") from None
    if minor != minor.to_integral_value():
        raise Wrong("decimals", digits=digits, currency=facts.currency)
    if minor > MAX_PRICE_MINOR:
        raise Wrong("beyond_reason")
    return int(minor)


def _own(mark: str, currency: str) -> None:
    if not mark or mark.upper() == currency:
        return
    own = SYMBOLS.get(mark.upper(), frozenset())
    if currency not in own:
        raise Wrong("other_currency", mark=mark, currency=currency)


def _decimal(text: str, digits: int, *, exact: bool) -> str:
    """The number with a point and no separators; `exact`: it was a number in the file, not a text."""
    text = re.sub(r"['’\u00a0\u202f\s]", "", text).replace("，", ",")
    if exact:
        return text
    commas, points = text.count(","), text.count(".")
    if commas and points:
        mark, other = (".", ",") if text.rindex(".") > text.rindex(",") else (",", ".")
        head, _, tail = text.rpartition(mark)
        if text.count(mark) > 1 or not re.fullmatch(
            rf"\d{{1,3}}(?:{re.escape(other)}\d{{2,3}})*{re.escape(other)}\d{{3}}", head
        ):
            raise Wrong("money")
        return f"{head.replace(other, '')}.{tail}"
    mark = "," if commas else "."
    if commas + points > 1:
        if not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", text):
            raise Wrong("money")
        return text.replace(mark, "")
    head, _, tail = text.partition(mark)
    if len(tail) == 3 and digits != 0 and 1 <= len(head) <= 3 and head != "0":
        if mark == "," and digits == 2:
            return head + tail  # 1,234 of a currency with cents: nobody writes a tenth of a cent
        raise Wrong("ambiguous", thousands=head + tail, fraction=f"{head}.{tail}")
    if len(tail) == 3 and digits == 0:
        return head + tail
    return f"{head or '0'}.{tail}" if tail else head


_DATES = (
    (re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"), (1, 2, 3)),
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), (1, 2, 3)),
)


def day(raw: Raw, facts: Facts) -> date:
    """A day: 2026-12-24, 2026/12/24, 2026年12月24日. 12/24/2026 is read where only one order makes a date."""
    found = _sound(raw)
    _no_serial(raw, found)
    found = found.split("T")[0].split(" ")[0]
    for pattern, (year, month, daynumber) in _DATES:
        if match := pattern.fullmatch(found):
            return _date(int(match[year]), int(match[month]), int(match[daynumber]))
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", found):
        first, second, year = map(int, match.groups())
        if first > 12 >= second:
            return _date(year, second, first)
        if second > 12 >= first or first == second:
            return _date(year, first, second)
        raise Wrong("date_order", one=f"{year}-{first:02}-{second:02}", two=f"{year}-{second:02}-{first:02}")
    raise Wrong("date")


def _no_serial(raw: Raw, found: str) -> None:
    """A bare number is how Excel keeps a date; which day it means depends on the workbook (1900 or 1904)."""
    if re.fullmatch(r"\d{5}(?:\.\d+)?", found) and 20_000 <= float(found) < 80_000:
        meant = date(1899, 12, 30) + timedelta(days=int(float(found)))
        raise Wrong("excel_date", meant=meant.isoformat())


def _date(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise Wrong("date") from None


def moment(raw: Raw, facts: Facts) -> str:
    """A day or a day with a time of the brand's place, as ISO text in UTC; a day begins at midnight."""
    found = _sound(raw)
    _no_serial(raw, found)
    clock = re.fullmatch(r"(.+?)[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", found)
    zone = ZoneInfo(facts.timezone)
    if clock is None:
        start = day(raw, facts)
        at = datetime(start.year, start.month, start.day, tzinfo=zone)
    else:
        start = day(clock[1], facts)
        hour, minute, second = int(clock[2]), int(clock[3]), int(clock[4] or 0)
        if hour > 23 or minute > 59 or second > 59:
            raise Wrong("date")
        at = datetime(start.year, start.month, start.day, hour, minute, second, tzinfo=zone)
        if clock[5]:
            at = datetime.fromisoformat(f"{at.replace(tzinfo=None).isoformat()}{clock[5]}")
    return at.astimezone(ZoneInfo("UTC")).isoformat()


def flag(raw: Raw, facts: Facts) -> bool:
    """yes or no, in either language."""
    found = _sound(raw).lower()
    if found in YES:
        return True
    if found in NO:
        return False
    raise Wrong("flag")


def choice(words: Mapping[str, str]) -> Read:
    """One of some words: `words` maps every way to write one (lower case) to its code."""
    offered = ", ".join(dict.fromkeys(words.values()))

    def read(raw: Raw, facts: Facts) -> str:
        found = _sound(raw).lower()
        if found not in words:
            raise Wrong("choice", offered=offered)
        return words[found]

    return read


def several(limit: int) -> Read:
    """Texts separated by ; , or 、."""

    def read(raw: Raw, facts: Facts) -> list[str]:
        found = _sound(raw)
        if len(found) > limit:
            raise Wrong("too_long", limit=limit, length=len(found))
        return list(dict.fromkeys(word for part in re.split(r"[;；,，、|\n]", found) if (word := part.strip())))

    return read


def degrees(limit: int) -> Read:
    """Degrees of latitude (90) or longitude (180)."""

    def read(raw: Raw, facts: Facts) -> float:
        found = _sound(raw).replace("°", "").replace("，", ",")
        if re.fullmatch(r"-?\d+,\d+", found):
            found = found.replace(",", ".")
        try:
            value = float(found)
        except ValueError:
            raise Wrong("degrees", limit=limit) from None
        if not -limit <= value <= limit:  # false for nan too
            raise Wrong("swapped" if limit == 90 and abs(value) <= 180 else "degrees", limit=limit)
        return value

    return read


def zone(raw: Raw, facts: Facts) -> str:
    found = _sound(raw)
    if found not in available_timezones():
        raise Wrong("zone")
    return found


def country(raw: Raw, facts: Facts) -> str:
    found = _sound(raw).upper()
    if not re.fullmatch(r"[A-Z]{2}", found):
        raise Wrong("country")
    return found
