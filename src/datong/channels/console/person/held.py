"""What is held of a person as tables that people read: the words for what the modules hand out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from datong.channels.console import words
from datong.channels.design.formats import absolute
from datong.kernel.money import Money

TITLES: words.Words = {
    "name": _("Name"),
    "language": _("Language"),
    "records": _("Records"),
    "identities": _("Known by"),
    "merges": _("Records made one"),
    "consents": _("Consents"),
    "notes": _("Notes and tasks"),
    "steps": _("Their way so far"),
    "cards": _("Member cards"),
    "points": _("Points"),
    "vouchers": _("Vouchers"),
    "requests": _("Requests about their data"),
    "looks": _("Who looked at them"),
    "orders": _("Orders"),
    "deliveries": _("Messages of channels, as they came"),
    "lists": _("Lists"),
    "members": _("Members of other systems"),
    "entries": _("Audit trail"),
}
COLUMNS: words.Words = {
    "name": _("Name"),
    "created_at": _("Since"),
    "kind": _("Kind"),
    "value": _("Value"),
    "first_seen": _("First seen"),
    "last_seen": _("Last seen"),
    "reason": _("Reason"),
    "by": _("By"),
    "at": _("When"),
    "purpose": _("For what"),
    "means": _("By which way"),
    "said": _("Said"),
    "source": _("Through"),
    "text_version": _("Version of the text"),
    "text": _("Text"),
    "due": _("By when"),
    "done_at": _("Done"),
    "about": _("About"),
    "count": _("How often"),
    "last_at": _("Last time"),
    "number": _("Number"),
    "state": _("State"),
    "issued_at": _("Since"),
    "what": _("What"),
    "place": _("Where"),
    "placed_at": _("Placed"),
    "total_minor": _("Total"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "address": _("Address"),
    "note": _("Note"),
    "lines": _("Lines"),
    "received_at": _("Received"),
    "connector": _("Channel"),
    "list": _("List"),
    "actor": _("By"),
    "verb": _("What"),
    "subject": _("Subject"),
}
"""The columns worth reading, in their order; the file for programs has all of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table; of a single value `rows` holds that."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(held: Mapping[str, Mapping[str, Any]]) -> list[Part]:
    """Tables of what the modules hand out; a module that says more than is known here is shown by its own names."""
    return [_part(what, value) for kept in held.values() for what, value in kept.items() if value]


def _part(what: str, value: Any) -> Part:
    title = str(TITLES.get(what, what.replace("_", " ")))
    if not isinstance(value, list | tuple):
        return Part(title, (), ((_said("", value, {}),),))
    entries: Sequence[Mapping[str, Any]] = [one if isinstance(one, Mapping) else {"value": one} for one in value]
    names = [name for name in COLUMNS if any(entry.get(name) not in (None, "", [], {}) for entry in entries)]
    rows = tuple(tuple(_said(name, entry.get(name), entry) for name in names) for entry in entries)
    return Part(title, tuple(str(COLUMNS[name]) for name in names), rows)


def _said(name: str, value: Any, entry: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if name == "total_minor" and entry.get("currency"):
        return f"{Money(value, entry['currency']).decimal} {entry['currency']}"
    if name == "lines":
        return ", ".join(f"{line.get('units')} × {line.get('title')}" for line in value)
    if hasattr(value, "tzinfo"):
        return str(absolute(value))
    return str(value)
