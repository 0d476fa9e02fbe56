"""Phone numbers as E.164, with the variants that one and the same line is written in; relay numbers told apart.

Sources: ITU-T E.164 and E.129 notifications for BR, MX, AR. In Brazil mobile numbers were given a leading 9 (complete
since 2016) and many records still lack it; in Mexico the mobile prefix 1 after +52 and the trunk prefixes 044/045 fell
away in August 2019; in Argentina a mobile is +54 9 <area> <number> from abroad and 0 <area> 15 <number> at home.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

MAX_TEXT = 40

# 13212345749-1234, 18449039731_7333, 13812345678,1234, 13812345678转1234: a line that forwards, with an extension.
_EXTENSION = re.compile(r"^\s*(\+?[\d\s().-]{7,}?)\s*(?:[-_,;#]|转|ext\.?|x)\s*(\d{2,6})\s*$", re.IGNORECASE)
_MASK = re.compile(r"[*＊●•×]|(?<=\d)[xX]{2,}")
_MX_OLD = re.compile(r"^(?:\+?52\s*1|044|045)\s*(\d[\d\s-]{8,})$")


@lru_cache(maxsize=8192)
def e164(text: str, country: str = "") -> str | None:
    """The number as E.164, or None when it is none; `country` (alpha-2) is for numbers without a country code."""
    raw = text.strip()
    if not raw or len(raw) > MAX_TEXT or masked(raw):
        return None
    old = _MX_OLD.match(raw.replace("(", "").replace(")", "")) if country == "MX" or raw.startswith("+52") else None
    if old:
        raw = "+52" + old.group(1)
    if raw.startswith("00") and country not in ("US", "CA"):
        raw = "+" + raw[2:]
    try:
        number = phonenumbers.parse(raw, country or None)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or number.extension:
        return None
    return _canonical(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _canonical(number: str) -> str:
    """One spelling for one line: Brazil's ninth digit is added to old mobile numbers (they begin with 6 to 9)."""
    if number.startswith("+55") and len(number) == 13 and number[5] in "6789":
        return f"{number[:5]}9{number[5:]}"
    return number


def variants(number: str) -> tuple[str, ...]:
    """The spellings under which a line may have been stored elsewhere, `number` (E.164) first."""
    found = [number]
    if number.startswith("+55") and len(number) == 14 and number[5] == "9" and number[6] in "6789":
        found.append(number[:5] + number[6:])
    elif number.startswith("+52") and len(number) == 13:
        found.append("+521" + number[3:])
    elif number.startswith("+549"):
        found.append("+54" + number[4:])
    elif number.startswith("+54"):
        found.append("+549" + number[3:])
    return tuple(found)


def masked(text: str) -> bool:
    """Whether something is hidden in it: 138****1234, 林**."""
    return bool(_MASK.search(text))


def reach(text: str, country: str = "") -> tuple[str, bool]:
    """How to reach a contact, and whether it is a relay (隐私号) or masked: such a number is never an identity.

    An extension is written as in RFC 3966 (+8613212345749;ext=1234). What is no number stays as it was written.
    """
    raw = text.strip()[:MAX_TEXT]
    if not raw:
        return "", False
    if masked(raw):
        return raw, True
    whole = e164(raw, country)
    if whole:
        return whole, False
    relay = _EXTENSION.match(raw)
    if relay:
        return f"{e164(relay.group(1), country) or relay.group(1).strip()};ext={relay.group(2)}", True
    return raw, ";ext=" in raw
