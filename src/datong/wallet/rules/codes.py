"""Codes of vouchers: sixteen letters and digits that nobody guesses and that say nothing about anybody.

Crockford's alphabet (no I, L, O, U): two that tell the brand, thirteen by chance (65 bits), and a check character by
Luhn's algorithm modulo 32, which finds every single wrong character and every swap of two neighbours but one pair.
"""

from __future__ import annotations

import re
from hashlib import sha256
from uuid import UUID

from datong.kernel.errors import BadValue
from datong.wallet.types.vouchers import Why

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHANCE_BITS = 65
MAX_CODE = 40
_PLAIN = re.compile(r"[0-9A-Z]{4,40}")
_LOOKS_LIKE = str.maketrans("ILO", "110")


def make_code(brand: UUID, chance: int) -> str:
    """A code of this brand; `chance`: 65 random bits."""
    body = brand_mark(brand) + _letters(chance, 13)
    return body + check_letter(body)


def brand_mark(brand: UUID) -> str:
    """Two letters that tell the codes of one brand from another's without looking at the other's."""
    return _letters(int.from_bytes(sha256(b"voucher" + brand.bytes).digest()[:2], "big"), 2)


def check_letter(body: str) -> str:
    total = 0
    for place, letter in enumerate(reversed(body)):
        value = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def read_code(text: str) -> str:
    """A code as people type or scanners read it, in capitals without spaces and dashes; BadValue for what is none."""
    found = re.sub(r"[\s-]", "", text[: MAX_CODE * 2]).upper()
    if not found.isascii() or not _PLAIN.fullmatch(found):
        raise BadValue("code", text[:40], "the 4 to 40 letters and digits of the voucher")
    return found


def spellings(code: str) -> list[str]:
    """The code as it was typed and as it was meant: I and L for 1, O for 0."""
    return list(dict.fromkeys([code, code.translate(_LOOKS_LIKE)]))


def why_unknown(code: str, brand: UUID) -> Why:
    """Why a code that is not here is not: a slip of the finger, another brand's, or nothing we know."""
    meant = code.translate(_LOOKS_LIKE)
    if len(meant) != 16 or any(letter not in ALPHABET for letter in meant):
        return Why.UNKNOWN
    if check_letter(meant[:-1]) != meant[-1]:
        return Why.MISTYPED
    return Why.UNKNOWN if meant[:2] == brand_mark(brand) else Why.OTHER_BRAND


def shown(code: str) -> str:
    """In groups of four, for people."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def code_hash(salt: str, code: str) -> str:
    """What a till keeps to know a code while it is without network: SHA-256 of the salt and the code."""
    return sha256(f"{salt}:{code}".encode()).hexdigest()


def _letters(number: int, count: int) -> str:
    letters = ""
    for _ in range(count):
        number, digit = divmod(number, 32)
        letters += ALPHABET[digit]
    return letters
