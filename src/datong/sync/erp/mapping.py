"""The words of an ERP's mapping file: those of the mapping language, for goods, stock and prices instead of orders.

docs/reference/erp-mappings.md is the user's page.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from datong.integration.api import language
from datong.kernel.errors import BadInput, NotFound, Problem

SHIPPED = Path(__file__).parent / "mappings"
Value = str | language.Text
Money = str | language.Amount
Moment = str | language.Time


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Unknown words are refused, so that a slip of the pen is not silently ignored."""


class ItemWords(_Part):
    sku: Value
    title: Value
    category: Value | None = None
    gtin: Value | None = None
    tax_class: Value | None = None
    kind: Value | None = None
    active: Value | None = None


class StockWords(_Part):
    """`units`: what is on hand at a store, as a whole number."""

    sku: Value
    store: Value
    units: Value


class PriceWords(_Part):
    """`per`: how many units the amount is for (SAP's KPEIN); it must come out even."""

    sku: Value
    amount: Money
    per: Value | None = None
    currency: Value | None = None
    price_list: Value | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None


class FeedWords(_Part):
    """One thing the ERP tells. Files whose name fits one of `files`, or records of a model over HTTP.

    `records`: where in a JSON document the list is. `skip`: records that are none of this.
    """

    feed: Literal["items", "stock", "prices"]
    files: list[str] = []
    table: language.Table = language.Table()
    records: str = ""
    skip: list[language.Condition] = []
    model: str = ""
    domain: list[Any] = []
    fields: list[str] = []
    changed_by: str = ""  # the field that tells when a record was changed
    item: ItemWords | None = None
    stock: StockWords | None = None
    price: PriceWords | None = None


class OutWords(_Part):
    """What the ERP is told: a file (`file`, `columns`: [their name, our name]) or a record created over HTTP.

    `per` 'line': a row for each line of an order. Our names are listed in the reference.
    """

    what: Literal["orders", "settlement"]
    per: Literal["order", "line"] = "line"
    file: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    columns: list[tuple[str, str]] = []
    model: str = ""
    key: str = ""  # their field that holds our number: looked up before anything is created
    values: dict[str, Any] = {}
    lines: str = ""
    line: dict[str, Any] = {}
    zone: str = ""
    time: str = "%Y-%m-%d %H:%M:%S"


class ErpMapping(_Part):
    name: str
    title: str = ""
    docs: list[str] = []
    protocol: Literal["files", "odoo_json2", "odoo_xmlrpc"] = "files"
    versions: list[str] = []
    zone: str = ""
    time: str = "iso"
    money: language.Money = language.Money()
    feeds: list[FeedWords] = []
    out: list[OutWords] = []


msgspec.json.Decoder(ErpMapping)  # see integration's mapping language: two threads must not look at it first together


def names() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def erp_mapping(name: str, text: str = "") -> ErpMapping:
    """A shipped mapping by name, or one of the brand's own by its `text`. Raises NotFound, BadInput with the place."""
    if text:
        return _read(text)
    if name not in names():
        raise NotFound(f"no ERP mapping {name!r}; there are {', '.join(names())}")
    return _read((SHIPPED / f"{name}.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def _read(text: str) -> ErpMapping:
    try:
        return msgspec.toml.decode(text, type=ErpMapping)
    except msgspec.DecodeError as error:
        raise BadInput(f"the mapping cannot be read: {error}", Problem("", "bad_mapping", str(error))) from None
