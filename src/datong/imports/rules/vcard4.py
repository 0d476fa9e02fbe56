"""vCard 4.0 (RFC 6350), written here: vobject reads it and writes 3.0 only.

Section 3.2: lines of at most 75 octets, folded between characters. Section 3.4: in a text, backslash, comma and line
break are escaped; in a part of a structured value the semicolon, too. Text is UTF-8 and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from datong.imports.types import Raw

NUMBER = "X-MEMBER-NUMBER"
MOST_OCTETS = 75
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]")
_GLOBAL = re.compile(r"\+\d{6,15}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def card_of(row: Mapping[str, Raw]) -> str:
    """A row of the customers' table as a card."""
    said = {name: str(value) for name, value in row.items() if value not in (None, "")}
    lines = ["BEGIN:VCARD", "VERSION:4.0", *_properties(said), "END:VCARD"]
    return "".join(folded(line) for line in lines)


def _properties(said: Mapping[str, str]) -> Iterator[str]:
    name = said.get("name", "") or said.get("company", "") or said.get("number", "-")
    is_org = said.get("kind") == "organisation"
    if is_org:
        yield "KIND:org"
    yield f"FN:{escaped(name)}"
    if not is_org:
        given, _, family = name.rpartition(" ")
        yield f"N:{escaped(family)};{escaped(given)};;;"
    if is_org or "company" in said:
        yield f"ORG:{escaped(said.get('company') or name)}"
    for phone in _parts(said.get("phones", "")):
        yield f"TEL;VALUE=uri:tel:{phone}" if _GLOBAL.fullmatch(phone) else f"TEL;VALUE=text:{escaped(phone)}"
    for email in _parts(said.get("emails", "")):
        yield f"EMAIL:{escaped(email)}"
    if _DAY.fullmatch(said.get("birthday", "")):
        yield f"BDAY:{said['birthday'].replace('-', '')}"
    if "address" in said:
        yield f"ADR:;;{escaped(said['address'])};;;;"
    if _TAG.fullmatch(said.get("language", "")):
        yield f"LANG:{said['language']}"
    if tags := [escaped(tag) for tag in _parts(said.get("tags", ""))]:
        yield f"CATEGORIES:{','.join(tags)}"
    if "notes" in said:
        yield f"NOTE:{escaped(said['notes'])}"
    if "number" in said:
        yield f"{NUMBER}:{escaped(said['number'])}"


def _parts(text: str) -> list[str]:
    return [part for each in text.split(";") if (part := each.strip())]


def escaped(text: str) -> str:
    """A text as it stands in a value; control characters, which no value may hold, are spaces."""
    plain = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"([\\,;])", r"\\\1", plain).replace("\n", "\\n")


def folded(line: str) -> str:
    """A line with its end, in pieces of at most 75 octets; a character is never cut in two."""
    pieces, octets = [[""]], 0
    for char in line:
        size = len(char.encode())
        if octets + size > MOST_OCTETS:
            pieces.append([" "])
            octets = 1
        pieces[-1].append(char)
        octets += size
    return "\r\n".join("".join(piece) for piece in pieces) + "\r\n"
