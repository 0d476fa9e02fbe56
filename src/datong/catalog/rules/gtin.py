"""GTINs: 8, 12, 13 or 14 digits of which the last is a check digit (GS1 General Specifications, 7.9)."""

from __future__ import annotations

import re


def check_digit(body: str) -> int:
    """The digit that belongs behind these: weights 3 and 1 from the right, to the next multiple of ten."""
    return -(3 * sum(map(int, body[::-2])) + sum(map(int, body[-2::-2]))) % 10


def gtin_fix(text: str) -> str:
    """'' for a sound GTIN; else what it should be, with the right check digit when only that is wrong."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", text):
        return "a GTIN of 8, 12, 13 or 14 digits, or nothing"
    right = check_digit(text[:-1])
    return "" if right == int(text[-1]) else f"check digit {right}: {text[:-1]}{right}"
