"""vCard files (RFC 6350 and 2426, and 2.1 of old phones) to a table, and people to vCards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from datong.imports.rules.vcard4 import NUMBER, card_of
from datong.imports.types import MAX_ROWS, Raw, Table, Unreadable

HEADINGS = (
    "number", "name", "kind", "company", "phones", "emails", "birthday", "address", "language", "tags", "notes",
)  # fmt: skip
JOINED = "; "
_CARD = re.compile(r"^BEGIN:VCARD\s*$.*?^END:VCARD\s*$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_PARTIAL_DAY = re.compile(r"--?\d{2}.*|\d{4}(-\d{2})?")


def is_cards(data: bytes) -> bool:
    """Whether a file is vCards, by how it begins."""
    head = data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return head[:11].upper() == b"BEGIN:VCARD"


def read_cards(text: str, encoding: str) -> Table:
    """A row a card; `line` is where the card begins. Cards that cannot be read are noted by their line."""
    from vobject import readOne  # which only vCards need
    from vobject.base import VObjectError

    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows: list[tuple[int, list[Raw]]] = []
    spoiled: list[int] = []
    at, line = 0, 1
    for match in _CARD.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        try:
            found = readOne(match[0].replace("\n", "\r\n"), allowQP=True)
            rows.append((line, _row(found)))
        except (VObjectError, ValueError, LookupError, AttributeError, IndexError):
            spoiled.append(line)
        if len(rows) > MAX_ROWS:
            raise Unreadable("too_many", f"at most {MAX_ROWS:,} cards; split the file")
    if not rows:
        raise Unreadable("no_rows", "a file with at least one whole card, from BEGIN:VCARD to END:VCARD")
    notes = {"format": "csv", "encoding": encoding, "separator": ",", "cards": len(rows), "spoiled": spoiled[:100]}
    return Table(HEADINGS, rows, {**notes, "skipped": len(spoiled)})


def _row(card: Any) -> list[Raw]:
    kind = _first(card, "kind").lower()
    company = " ".join(_first(card, "org").replace(";", ",").split())
    is_org = kind in ("org", "group")
    values: dict[str, str] = {
        "number": _first(card, NUMBER.lower()),
        "name": _first(card, "fn") or _name(card) or company,
        "kind": "organisation" if is_org else "",
        "company": "" if is_org else company,
        "phones": JOINED.join(dict.fromkeys(re.sub(r"^tel:", "", each) for each in _all(card, "tel"))),
        "emails": JOINED.join(dict.fromkeys(re.sub(r"^mailto:", "", each) for each in _all(card, "email"))),
        "birthday": _day(_first(card, "bday")),
        "address": _first(card, "adr"),
        "language": _first(card, "lang"),
        "tags": JOINED.join(tag for each in _all(card, "categories") for tag in re.split(r"\s*[;,]\s*", each)),
        "notes": " ".join(_first(card, "note").split()),
    }
    return [values[name].strip() or None for name in HEADINGS]


def _all(card: Any, name: str) -> list[str]:
    return [said for line in card.contents.get(name, []) if (said := _said(getattr(line, "value", "")).strip())]


def _first(card: Any, name: str) -> str:
    return next(iter(_all(card, name)), "")


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(str(each) for each in value)
    if hasattr(value, "street"):
        parts = (value.box, value.extended, value.street, value.city, value.region, value.code, value.country)
        return ", ".join(filter(None, (_flat(part) for part in parts)))
    return str(value)


def _flat(part: Any) -> str:
    return " ".join((" ".join(part) if isinstance(part, (list, tuple)) else str(part)).split())


def _name(card: Any) -> str:
    for line in card.contents.get("n", []):
        name = line.value
        parts = [_flat(part) for part in (name.prefix, name.given, name.additional, name.family, name.suffix)]
        if all(ord(char) > 0x2E80 for char in parts[1] + parts[3]):
            return parts[3] + parts[1]  # 姓 before 名, nothing between
        return " ".join(filter(None, parts))
    return ""


def _day(text: str) -> str:
    """A birthday with its year; without one (--0412) it is none here."""
    whole = text.split("T")[0]
    return "" if _PARTIAL_DAY.fullmatch(whole) else whole


def write_cards(people: Iterable[Mapping[str, Raw]], version: str = "3.0") -> str:
    """Rows of the customers' table as vCards: 3.0, which phones and mail programs of all ages read, or 4.0."""
    if version == "4.0":
        return "".join(card_of(row) for row in people)
    return "".join(_card(row).serialize() for row in people)


def _card(row: Mapping[str, Raw]) -> Any:
    import vobject  # which only vCards need

    said = {name: str(value) for name, value in row.items() if value not in (None, "")}
    card = vobject.vCard()
    name = said.get("name", "") or said.get("company", "") or said.get("number", "-")
    card.add("fn").value = name
    first, _, last = name.rpartition(" ")
    card.add("n").value = vobject.vcard.Name(family=last, given=first)
    if "company" in said or said.get("kind") == "organisation":
        card.add("org").value = [said.get("company") or name]
    for column, line in (("phones", "tel"), ("emails", "email")):
        for value in filter(None, (part.strip() for part in said.get(column, "").split(";"))):
            card.add(line).value = value
    for column, line in (("birthday", "bday"), ("notes", "note"), ("number", NUMBER.lower())):
        if column in said:
            card.add(line).value = said[column]
    if "address" in said:
        card.add("adr").value = vobject.vcard.Address(street=said["address"])
    if "tags" in said:
        card.add("categories").value = [tag.strip() for tag in said["tags"].split(";")]
    return card
