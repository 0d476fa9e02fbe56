"""What an ERP tells becomes rows of ours; every record that cannot be read is named with its place and its fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from datong.catalog.types import ItemKind
from datong.integration.api import Problems, evaluate, json_of, paths, rows_of
from datong.kernel.errors import BadInput, Problem
from datong.sync.erp.mapping import ErpMapping, FeedWords

MAX_ROWS = 200_000
MAX_PROBLEMS = 1_000
KINDS = ", ".join(kind.value for kind in ItemKind)


@dataclass(frozen=True, slots=True)
class Line:
    """One record that could be read. `row` is its number in the file (1: the first); `key` and `sha` tell repeats."""

    row: int
    key: str
    sha: bytes
    facts: dict[str, Any]


def read_file(
    path: Path, words: FeedWords, mapping: ErpMapping, currency: str
) -> tuple[list[Line], list[Problem], int]:
    """The whole file, or nothing: (lines, problems of rows, rows read). Raises BadInput when it cannot be opened."""
    if path.suffix.lower() == ".json":
        document = json_of(path.read_bytes())
        records: Iterable[Any] = [value for _, value in paths.walk(document, words.records + "/*")]
    else:
        records = rows_of(path, words.table)
    lines, problems, count = read_records(records, words, mapping, currency)
    if count and not lines and problems:
        raise BadInput(f"no row of {path.name} can be read: {problems[0].fix}", *problems[:100])
    return lines, problems, count


def read_records(
    records: Iterable[Any], words: FeedWords, mapping: ErpMapping, currency: str
) -> tuple[list[Line], list[Problem], int]:
    """Lines, problems, and how many records there were. Of two records with one key the last counts."""
    found: dict[str, Line] = {}
    problems: list[Problem] = []
    number = 0
    for number, record in enumerate(records, 1):
        if number > MAX_ROWS:
            raise BadInput("too many rows", Problem("", "too_many", f"at most {MAX_ROWS} rows a file"))
        if any(evaluate.holds(record, condition) for condition in words.skip):
            continue
        noted = Problems()
        facts = _facts(record, words, mapping, currency, noted)
        if noted.found:
            if len(problems) < MAX_PROBLEMS:
                problems += [Problem(f"/{number}{p.field}", p.code, p.fix, p.value) for p in noted.found]
            continue
        key = _key(facts)
        line = Line(number, key, sha256(msgspec.json.encode(facts, order="sorted", enc_hook=str)).digest(), facts)
        found[key] = line
    return list(found.values()), problems, number


def _key(facts: dict[str, Any]) -> str:
    parts = (facts["sku"], facts.get("store"), facts.get("price_list"), facts.get("valid_from"))
    return " ".join(str(part) for part in parts if part)[:200]


def _facts(record: Any, words: FeedWords, mapping: ErpMapping, currency: str, noted: Problems) -> dict[str, Any]:
    values = evaluate.Values(
        record, noted, currency=currency, money=mapping.money, time_format=mapping.time, zone=mapping.zone or "UTC"
    )
    if words.item is not None:
        return _item(values, words.item)
    if words.stock is not None:
        return _stock(values, words.stock)
    if words.price is not None:
        return _price(values, words.price, currency)
    raise BadInput(
        f"the feed {words.feed} says nothing", Problem("/feeds", "bad_mapping", "add [feeds.item] or the like")
    )


def _item(values: evaluate.Values, words: Any) -> dict[str, Any]:
    kind = values.text(words.kind, limit=20) or ItemKind.GOODS.value
    if kind not in [k.value for k in ItemKind]:
        values.complain("/kind", "unknown_value", f"one of {KINDS}", kind)
    return {
        "sku": values.text(words.sku, limit=60, required=True),
        "title": values.text(words.title, limit=200, required=True, cut=True),
        "category": values.text(words.category, limit=200, cut=True),
        "gtin": values.text(words.gtin, limit=14),
        "tax_class": values.text(words.tax_class, limit=40) or "standard",
        "kind": kind,
        "active": values.flag(words.active) if words.active is not None else True,
    }


def _stock(values: evaluate.Values, words: Any) -> dict[str, Any]:
    return {
        "sku": values.text(words.sku, limit=60, required=True),
        "store": values.text(words.store, limit=64, required=True),
        "units": values.whole(words.units, low=0, high=100_000_000),
    }


def _price(values: evaluate.Values, words: Any, currency: str) -> dict[str, Any]:
    named = values.text(words.currency, limit=3).upper() or currency
    if named != currency:
        values.complain(_at(words.currency), "other_currency", f"a price in {currency}, the brand's currency", named)
    amount, per = values.amount(words.amount), _per(values, words)
    if per > 1 and amount % per:
        values.complain(_at(words.amount), "uneven", f"a price that divides by {per} to the smallest coin", amount)
    return {
        "sku": values.text(words.sku, limit=60, required=True),
        "amount": amount // max(per, 1),
        "price_list": values.text(words.price_list, limit=40),
        "valid_from": _moment(values, words.valid_from),
        "valid_to": _moment(values, words.valid_to),
    }


def _per(values: evaluate.Values, words: Any) -> int:
    return values.whole(words.per, low=1, high=1_000_000) if words.per is not None else 1


def _moment(values: evaluate.Values, word: Any) -> datetime | None:
    """Absent, 0 and 00000000 mean none, and so does a day without an end: 99991231."""
    if word is None:
        return None
    path = word if isinstance(word, str) else word.path
    if values.text(path, limit=40).strip("0") in ("", "99991231", "9999-12-31"):
        return None
    return values.maybe_time(word)


def _at(word: Any) -> str:
    return word if isinstance(word, str) else getattr(word, "path", "") if word is not None else ""


def plain(value: Any) -> Any:
    """For files and messages: a Decimal as it is written."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def problem_rows(problems: Sequence[Problem]) -> list[list[str]]:
    """row, column, what was there, code, fix: a file to correct by."""
    rows = []
    for problem in problems:
        row, _, column = problem.field.strip("/").partition("/")
        rows.append([row, column, "" if problem.value is None else str(problem.value), problem.code, problem.fix])
    return rows
