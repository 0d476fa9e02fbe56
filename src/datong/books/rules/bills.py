"""A provider's statement read: WeChat Pay's and Alipay's daily bills, a generic table, each by its headings.

Shapes: WeChat Pay writes a backtick before each value and ends with a table of totals; Alipay sets lines with # around
the table, refunds and fees with a minus. A generic table names order, amount, and if it likes refund, fee, time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from datong.books.types import BillLine, Cell
from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import minor_of

MOST_LINES = 200_000
FIELDS = ("ref", "order_ref", "paid", "refunded", "fee", "at", "kind")
SHAPES: dict[str, dict[str, tuple[str, ...]]] = {
    "wechat": {
        "ref": ("微信订单号",), "order_ref": ("商户订单号",), "paid": ("应结订单金额",), "refunded": ("退款金额",),
        "fee": ("手续费",), "at": ("交易时间",), "kind": ("交易状态",),
    },
    "alipay": {
        "ref": ("支付宝交易号",), "order_ref": ("商户订单号",), "paid": ("商家实收（元）",), "fee": ("服务费（元）",),
        "at": ("完成时间",), "kind": ("业务类型",),
    },
    "generic": {
        "ref": ("reference", "transaction id", "payment id", "流水号", "交易号", "支付单号"),
        "order_ref": ("order", "order number", "order id", "merchant order", "certificate", "certificate id",
                      "coupon", "订单号", "商户订单号", "订单编号", "券号", "券码", "团购券号", "凭证号"),
        "paid": ("amount", "gross", "paid", "金额", "订单金额", "实收金额", "收款金额"),
        "refunded": ("refund", "refunded", "退款", "退款金额"),
        "fee": ("fee", "commission", "手续费", "佣金", "服务费"),
        "at": ("time", "date", "day", "交易时间", "时间", "日期"),
    },
}  # fmt: skip
NEEDED = ("order_ref", "paid")
REFUNDS = ("REFUND", "REVOKED", "退款")
TOTALS = ("总交易单数", "应结订单总金额")
_HEADINGS = {name for shape in SHAPES.values() for names in shape.values() for name in names}


def known_headings(cells: Sequence[str]) -> int:
    """How many of a line's cells are headings of a statement: the table begins where most are."""
    return sum(1 for cell in cells if _plain(cell).lower() in _HEADINGS)


def map_columns(headings: Sequence[str], chosen: Mapping[str, str]) -> tuple[str, dict[str, int]]:
    """The shape of a table and where its fields stand; `chosen` (field -> heading) says it by hand.

    Raises BadInput naming the fields that are needed and not found.
    """
    plain = [_plain(heading) for heading in headings]
    for shape, fields in SHAPES.items():
        at = {field: _find(plain, names) for field, names in fields.items()}
        if shape != "generic" and all(at[field] is not None for field in (*NEEDED, "kind")):
            return shape, {field: n for field, n in at.items() if n is not None}
    at = {field: plain.index(_plain(chosen[field])) if _plain(chosen.get(field, "")) in plain else
          _find(plain, SHAPES["generic"].get(field, ())) for field in FIELDS}  # fmt: skip
    missing = [field for field in NEEDED if at[field] is None]
    if missing:
        offered = ", ".join(heading for heading in plain if heading)[:200]
        fix = f"say which column it is: {offered}"
        raise BadInput("columns are missing", *(Problem(field, "missing_column", fix) for field in missing))
    return "generic", {field: n for field, n in at.items() if n is not None}


def read_lines(
    headings: Sequence[str],
    rows: Sequence[tuple[int, Sequence[Cell]]],
    *,
    currency: str,
    zone: ZoneInfo,
    chosen: Mapping[str, str] | None = None,
) -> tuple[str, list[BillLine]]:
    """The shape and the lines of a statement. Raises BadInput naming row and column of each amount that is none."""
    shape, at = map_columns(headings, chosen or {})
    lines: list[BillLine] = []
    problems: list[Problem] = []
    for number, cells in rows[:MOST_LINES]:
        said = {field: _plain(cells[n]) if n < len(cells) else "" for field, n in at.items()}
        if said["order_ref"] in ("", "总交易单数", "应结订单总金额") or _plain(cells[0]).startswith(
            ("#", "总交易单数")
        ):
            continue
        if shape == "wechat" and len([cell for cell in cells if cell is not None]) < len(headings) // 2:
            continue  # the table of totals below the lines
        try:
            lines.append(_line(number, said, currency, zone))
        except BadInput as error:
            problems += [Problem(f"row {number} {p.field}", p.code, p.fix, p.value) for p in error.problems]
    if problems:
        raise BadInput("some rows cannot be read", *problems[:50])
    if not lines:
        raise BadInput(
            "there is no line with an order", Problem("file", "empty", "a statement with rows below its headings")
        )
    return shape, lines


def _line(number: int, said: Mapping[str, str], currency: str, zone: ZoneInfo) -> BillLine:
    paid, refunded = _minor(said, "paid", currency), abs(_minor(said, "refunded", currency))
    fee = abs(_minor(said, "fee", currency))
    if said.get("kind", "") in REFUNDS:
        refunded, paid, fee = refunded or abs(paid), 0, -fee
    elif paid < 0:
        refunded, paid, fee = refunded - paid, 0, -fee
    elif "kind" in said:
        refunded = 0  # a payment's line repeats nothing of its refund
    return BillLine(number, said.get("ref", ""), said["order_ref"], paid, refunded, fee, _at(said.get("at", ""), zone))


def _minor(said: Mapping[str, str], field: str, currency: str) -> int:
    text = said.get(field, "").replace(",", "").lstrip("¥$￥").strip()
    if not text:
        return 0
    if field == "fee" and "." in text:  # five places in WeChat's: what is charged is whole cents
        text = text.rstrip("0").rstrip(".") or "0"
    return minor_of(text, currency, field=field)


def _at(text: str, zone: ZoneInfo) -> datetime | None:
    found = re.match(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?)?", text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _find(plain: Sequence[str], names: Sequence[str]) -> int | None:
    lower = [heading.lower() for heading in plain]
    return next((lower.index(name) for name in names if name in lower), None)


def _plain(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip().lstrip("`\ufeff").strip()
