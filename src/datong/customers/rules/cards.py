"""Numbers and codes of cards: what is printed, what a phone shows, and what a scanner may make of it.

A number is 16 digits: 9 (ISO/IEC 7812 leaves it to national bodies, so no payment card has it), four that tell the
brand, ten by chance, and Luhn's check digit. A code is TOTP (RFC 6238, SHA-1, 30 s) of eight digits.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from uuid import UUID

import pyotp

from datong.customers.types.cards import Shown
from datong.kernel.errors import BadValue

STEP_S = 30
DIGITS = 8
AHEAD = 1
"""Steps a phone's clock may be off, either way, for a code to be of this moment."""
GRACE_S = 600
"""How old a code may be and still tell who it is: a phone or a till may be without network. It does not pay then."""
MAX_TEXT = 120
_PREFIX = "DT1:"
_CODE = re.compile(r"DT1:([0-9A-Z]{4,32}):([1-9][0-9]{0,3}):([0-9]{8})")
_NUMBER = re.compile(r"[0-9A-Z]{4,32}")
_OURS = re.compile(r"9[0-9]{15}")


def check_digit(digits: str) -> str:
    """Luhn's check digit (ISO/IEC 7812-1, annex B) of a text of digits."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def brand_tag(brand: UUID) -> str:
    """Four digits that tell the cards of one brand from another's, without looking at the other's."""
    return f"{int.from_bytes(sha256(brand.bytes).digest()[:4], 'big') % 10_000:04}"


def make_number(brand: UUID, chance: int) -> str:
    """A number of this brand; `chance`: 0 to 9,999,999,999."""
    body = f"9{brand_tag(brand)}{chance:010}"
    return body + check_digit(body)


def is_ours(number: str) -> bool:
    """Whether it has the form of a number of ours, its check digit included."""
    return bool(_OURS.fullmatch(number)) and check_digit(number[:-1]) == number[-1]


def of_other_brand(number: str, brand: UUID) -> bool:
    return is_ours(number) and number[1:5] != brand_tag(brand)


def plain_number(text: str) -> str:
    """A number as people type it, without spaces and dashes, in capitals; BadValue for what is none."""
    number = re.sub(r"[\s-]", "", text[:MAX_TEXT]).upper()
    if not _NUMBER.fullmatch(number) or not number.isascii():
        raise BadValue("number", text[:40], "4 to 32 letters and digits")
    if _OURS.fullmatch(number) and not is_ours(number):
        raise BadValue("number", text[:40], "the number as printed: a digit is wrong", code="check_digit")
    return number


def read_code(text: str) -> Shown:
    """What a scanner read; BadValue naming the fix for anything else. Never raises another error."""
    found = text.strip()
    if len(found) > MAX_TEXT:
        raise BadValue("code", found[:40], "the code on the card")
    if found.upper().startswith(_PREFIX):
        parts = _CODE.fullmatch(found.upper())
        if not parts:
            raise BadValue("code", found[:40], "the whole code: scan it again")
        number = parts[1]
        if _OURS.fullmatch(number) and not is_ours(number):
            raise BadValue("code", found[:40], "the code as shown: scan it again", code="check_digit")
        return Shown(number, int(parts[2]), parts[3])
    try:
        return Shown(plain_number(found))
    except BadValue as error:
        (problem,) = error.problems
        raise BadValue("code", found[:40], problem.fix, code=problem.code) from None


def write_code(number: str, key_no: int, code: str) -> str:
    """What the picture holds: digits, capitals and colons, which a QR code packs closest (alphanumeric mode)."""
    return f"{_PREFIX}{number}:{key_no}:{code}"


def step_of(seconds: float) -> int:
    return int(seconds) // STEP_S


def code_at(secret: str, step: int) -> str:
    """The eight digits of a step; `secret` in base32."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).generate_otp(step)


def step_shown(secret: str, code: str, now: int) -> int | None:
    """The step whose code this is, from the next one back through the grace; None when it is none of them."""
    for step in range(now + AHEAD, now - GRACE_S // STEP_S - 1, -1):
        if hmac.compare_digest(code_at(secret, step), code):
            return step
    return None


def is_fresh(step: int, now: int) -> bool:
    return abs(step - now) <= AHEAD
