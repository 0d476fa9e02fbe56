"""What may be put into the catalogue. Each check names everything that is wrong, by position, or passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from datong.catalog.rules.gtin import gtin_fix
from datong.catalog.rules.promotion_checks import (
    CODE,
    MAX_PRICE_MINOR,
    MAX_UNITS,
    UNSTORABLE,
    Found,
    promotion_faults,
    span_faults,
    storable,
)
from datong.catalog.types import Ask, Item, Price, PriceList, Promotion
from datong.kernel.errors import BadInput, DatongError, Problem
from datong.kernel.money import exponent

MAX_PROBLEMS = 100

_LIST = re.compile(r"([a-z0-9][a-z0-9_-]{0,39})?")

T = TypeVar("T")


def check_items(items: Sequence[Item]) -> None:
    """SKUs unique and printable, titles there, GTINs with a true check digit; raises BadInput."""
    check_rows("items", items, _item)
    check_unique("items", ((item.sku,) for item in items), "one row a SKU")


def check_price_lists(lists: Sequence[PriceList]) -> None:
    """Codes and currencies; raises BadInput."""
    check_rows("price_lists", lists, _price_list)
    check_unique("price_lists", ((row.code,) for row in lists), "one row a code")


def check_prices(prices: Sequence[Price]) -> None:
    """Amounts whole and not negative, times with a zone and in order; raises BadInput."""
    check_rows("prices", prices, _price)
    check_unique("prices", ((p.price_list, p.sku, p.valid_from) for p in prices), "one price an item, list and moment")


def check_promotions(promotions: Sequence[Promotion]) -> None:
    """Each kind has what it needs and takes something off; raises BadInput."""
    check_rows("promotions", promotions, promotion_faults)
    check_unique("promotions", ((promotion.code,) for promotion in promotions), "one row a code")


def check_asks(asks: Sequence[Ask]) -> None:
    """Whole units of at least one; raises BadInput."""
    for i, ask in enumerate(asks):
        check_rows(f"asks/{i}/lines", ask.lines, lambda line: _units(line.units))


def is_sku(text: str) -> bool:
    """Whether `text` could be a SKU at all; what could not is unknown, and is never asked of the database."""
    return bool(CODE.fullmatch(text)) and text.isprintable()


def _units(units: object) -> Found:
    if type(units) is not int or not 1 <= units <= MAX_UNITS:
        yield "units", f"a whole number from 1 to {MAX_UNITS}", units


def _item(item: Item) -> Found:
    if not is_sku(item.sku):
        yield "sku", "1 to 60 printable characters without spaces around", item.sku
    if not item.title.strip() or len(item.title) > 200:
        yield "title", "1 to 200 characters", item.title
    if not CODE.fullmatch(item.tax_class) or len(item.tax_class) > 40:
        yield "tax_class", "1 to 40 printable characters", item.tax_class
    if len(item.category) > 200:
        yield "category", "at most 200 characters", item.category
    if not storable(item.title, item.category, item.tax_class, *item.titles, *item.titles.values()):
        yield "title", UNSTORABLE, ascii(item.title)
    if item.gtin and (fix := gtin_fix(item.gtin)):
        yield "gtin", fix, item.gtin


def _price_list(row: PriceList) -> Found:
    if not _LIST.fullmatch(row.code):
        yield "code", "lower-case letters, digits, _ and -, at most 40; '' is the brand's default list", row.code
    try:
        exponent(row.currency)
    except DatongError:
        yield "currency", "an ISO 4217 code such as USD or CNY", row.currency
    for field in ("delivery_tax_class", "packaging_tax_class"):
        name = getattr(row, field)
        if name and (not CODE.fullmatch(name) or len(name) > 40):
            yield field, "1 to 40 printable characters, or '' for not taxed", name


def _price(price: Price) -> Found:
    if not is_sku(price.sku):
        yield "sku", "1 to 60 printable characters without spaces around", price.sku
    if type(price.amount_minor) is not int or not 0 <= price.amount_minor <= MAX_PRICE_MINOR:
        yield "amount_minor", f"whole minor units from 0 to {MAX_PRICE_MINOR}", price.amount_minor
    yield from span_faults(price.valid_from, price.valid_to)


def check_rows(where: str, values: Sequence[T], look: Callable[[T], Found]) -> None:
    """Raise BadInput with every fault that `look` finds, by position."""
    problems = [
        Problem(f"{where}/{i}/{field}", "bad_value", fix, str(found)[:200])
        for i, value in enumerate(values)
        for field, fix, found in look(value)
    ]
    if problems:
        raise BadInput(f"{len(problems)} values of {where} cannot be used", *problems[:MAX_PROBLEMS])


def check_unique(where: str, keys: Iterable[tuple[object, ...]], fix: str) -> None:
    """Raise BadInput with every row whose key came before."""
    seen: dict[tuple[object, ...], int] = {}
    problems = []
    for i, key in enumerate(keys):
        first = seen.setdefault(key, i)
        if first != i:
            problems.append(Problem(f"{where}/{i}", "repeated", fix, f"same as {where}/{first}"))
    if problems:
        raise BadInput(f"{len(problems)} rows of {where} come twice", *problems[:MAX_PROBLEMS])
