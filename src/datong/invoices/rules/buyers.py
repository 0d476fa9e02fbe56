"""Who an invoice is for, and who issues it: tax numbers with their check character (GB 32100-2015)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datong.invoices.rules.series import is_series
from datong.invoices.types import Buyer, Seller
from datong.kernel.errors import BadInput, Problem

# GB 32100-2015: 31 characters (no I, O, S, V, Z), weights 3^(i-1) mod 31, check = 31 - sum mod 31.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_FORM = re.compile(rf"[{_SIGNS}]{{2}}[0-9]{{6}}[{_SIGNS}]{{10}}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9 -]{6,20}")
_ANY_TAX_NO = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{1,28}[A-Z0-9]")


def is_tax_no(text: str) -> bool:
    """Whether it is a unified social credit code (统一社会信用代码) with a true check character."""
    if not _FORM.fullmatch(text):
        return False
    total = sum(_SIGNS.index(sign) * weight for sign, weight in zip(text, _WEIGHTS, strict=False))
    return _SIGNS[(31 - total % 31) % 31] == text[17]


def _clean(text: str, limit: int) -> bool:
    return bool(text.strip()) and len(text) <= limit and text.isprintable()


def _lines(text: str, limit: int) -> bool:
    return len(text) <= limit and all(line.isprintable() for line in text.splitlines())


def _faults(buyer: Buyer, plain: bool) -> Iterator[tuple[str, str, str]]:
    if not _clean(buyer.title, 100):
        yield "title", "the name that shall stand on the invoice, at most 100 characters", buyer.title
    if buyer.tax_no and plain and not _ANY_TAX_NO.fullmatch(buyer.tax_no):
        yield "tax_no", "the company's tax number, 3 to 30 letters and digits, or nothing for a person", buyer.tax_no
    if buyer.tax_no and not plain and not is_tax_no(buyer.tax_no):
        fix = (
            "the 18 characters of the unified social credit code as they stand on the licence, or nothing for a person"
        )
        yield "tax_no", fix, buyer.tax_no
    if buyer.email and not (len(buyer.email) <= 254 and _EMAIL.fullmatch(buyer.email)):
        yield "email", "an e-mail address such as name@example.com", buyer.email
    if buyer.phone and not _PHONE.fullmatch(buyer.phone):
        yield "phone", "a phone number", buyer.phone
    if not _lines(buyer.postal, 300):
        yield "postal", "an address of at most 300 characters", buyer.postal
    if not plain and not buyer.email and not buyer.phone:
        yield "email", "an e-mail address or a phone number, to send the invoice to", ""


def check_buyer(buyer: Buyer, *, plain: bool = False) -> None:
    """Raise BadInput naming each faulty field. `plain`: of any country, and e-mail and phone may be missing."""
    problems = [Problem(field, "bad_value", fix, value[:80]) for field, fix, value in _faults(buyer, plain)]
    if problems:
        raise BadInput("the invoice cannot be asked for as it is", *problems)


def check_seller(seller: Seller, *, plain: bool = False) -> None:
    """Raise BadInput naming each faulty field."""
    found: list[tuple[str, str, str]] = []
    if not _clean(seller.title, 100):
        found.append(("title", "the company's registered name", seller.title))
    found += _plain_faults(seller) if plain else _provider_faults(seller)
    if found:
        problems = [Problem(field, "bad_value", fix, value[:80]) for field, fix, value in found]
        raise BadInput("invoices cannot be issued with this", *problems)


def _plain_faults(seller: Seller) -> Iterator[tuple[str, str, str]]:
    if not _ANY_TAX_NO.fullmatch(seller.tax_no):
        yield "tax_no", "the company's tax number, 3 to 30 letters and digits", seller.tax_no
    if not seller.postal.strip() or not _lines(seller.postal, 300):
        yield "postal", "the registered address, at most 300 characters", seller.postal
    if not _lines(seller.note, 300):
        yield "note", "at most 300 characters", seller.note
    for field in ("series", "credit_series"):
        if not is_series(getattr(seller, field)):
            fix = "1 to 20 capitals, digits, - and /, with {year} where the year shall stand"
            yield field, fix, getattr(seller, field)


def _provider_faults(seller: Seller) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    if not is_tax_no(seller.tax_no):
        found.append(("tax_no", "the unified social credit code, 18 characters with a true last one", seller.tax_no))
    if not re.fullmatch(r"[0-9]{19}", seller.tax_code):
        found.append(("tax_code", "the 19 digits of a tax category (税收分类编码)", seller.tax_code))
    if not re.fullmatch(r"https?://[^\s]{1,290}", seller.address):
        found.append(("address", "the provider's address, beginning with https://", seller.address))
    for field in ("account", "clerk", "item_name"):
        if not _clean(getattr(seller, field), 80):
            found.append((field, "1 to 80 characters", getattr(seller, field)))
    return found
