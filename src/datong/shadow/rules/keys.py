"""One spelling for what two systems write in two ways: order numbers, SKUs, contacts, baskets."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence

_PREFIXED = "#'\u2019`"


def text_key(text: str) -> str:
    """Compatibility forms unified (full-width digits), no space around or inside, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def ref_key(text: str, prefixes: Sequence[str] = ()) -> str:
    """An order's number for comparing: `#1001` is `1001`; a book's own prefix ('SHOP-') is cut off.

    Hyphens stay: 0005-1-1 and 0005-11 are two till receipts.
    """
    key = text_key(text).lstrip(_PREFIXED)
    for prefix in prefixes:
        wanted = text_key(prefix)
        if wanted and key.startswith(wanted) and len(key) > len(wanted):
            return key[len(wanted) :].lstrip(_PREFIXED)
    return key


def sku_key(text: str) -> str:
    """A SKU for comparing; leading zeros stay, since `007` and `7` may be two goods."""
    return text_key(text).lstrip(_PREFIXED)


def contact_key(salt: bytes, value: str) -> str:
    """A contact as a keyed hash, '' for none: two orders of one phone are seen, the phone is not."""
    return hashlib.blake2b(value.encode(), key=salt[:64], digest_size=16).hexdigest() if value else ""


def basket_key(lines: Sequence[tuple[str, int]]) -> str:
    """What is in a basket, whatever the order of its lines: (SKU, units)."""
    total: dict[str, int] = {}
    for sku, units in lines:
        total[sku_key(sku)] = total.get(sku_key(sku), 0) + units
    text = "\x1f".join(f"{sku}*{units}" for sku, units in sorted(total.items()))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
