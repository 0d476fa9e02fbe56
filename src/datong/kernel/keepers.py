"""Who keeps what of a person: each module registers how it tells, hands out and lets go of it (PIPL, GDPR).

Three turns over all keepers, in the transaction of the caller: `gather` what the person is known by, before anything is
gone; then `export` it, or `erase` it. Erasing takes names, contacts, addresses and free text away and leaves rows, ids,
amounts and moments as they are, so that books, orders and statistics say the same afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows

ERASED = "(erased)"
MIN_SIGN = 4
MIN_WORD = 2


@dataclass(slots=True)
class Traces:
    """What one person left. `records`: of customers; `things`: rows that are theirs (orders, tasks), by their ids.

    `signs` are theirs alone (phone, e-mail, openid, card number): they are looked for everywhere. `words` others may
    bear too (name, address, a contact written on an order): they are looked for in rows of `things` only. `subjects`
    are what the audit trail calls them and their things.
    """

    brand: UUID
    records: tuple[UUID, ...]
    things: set[UUID] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Text:
    """Text or JSON columns in which somebody may have written a person's name or contact.

    `of`: the column with the id of the thing a row belongs to; '' when rows belong to nobody: only signs are looked
    for. `locked`: the table is append-only; a migration lets the role that erases to it (`tenancy.open_to_eraser`).
    """

    table: str
    columns: tuple[str, ...]
    of: str = ""
    locked: bool = False


def _nothing(traces: Traces) -> None:
    return None


def _no_rows(traces: Traces) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Keeper:
    """How one module keeps a person's data. All run inside the brand.

    `gather` adds to the traces. `against`: why the person cannot be erased now (an order under way, money left).
    `export` gives what the person may have, as JSON holds it. `erase` takes it away and says how many rows of what;
    `texts` are seen to after all of them.
    """

    name: str
    gather: Callable[[Traces], None] = _nothing
    export: Callable[[Traces], Mapping[str, Any]] = _no_rows
    erase: Callable[[Traces], Mapping[str, int]] = _no_rows
    against: Callable[[Traces], Sequence[str]] = lambda traces: ()
    texts: tuple[Text, ...] = ()


_keepers: dict[str, Keeper] = {}


def register_keeper(keeper: Keeper) -> None:
    """Make a module's keeper known; called in `ready()` of its apps.py."""
    _keepers[keeper.name] = keeper


def keepers() -> tuple[Keeper, ...]:
    return tuple(_keepers.values())


def gather(brand: UUID, records: Sequence[UUID]) -> Traces:
    """Everything the modules know a person by. Lower modules are asked first, so that upper ones can look by it."""
    traces = Traces(brand, tuple(records), set(records))
    with in_brand(brand):
        for keeper in keepers():
            keeper.gather(traces)
    traces.signs = {sign for sign in traces.signs if len(sign) >= MIN_SIGN}
    traces.words = {word for word in traces.words if len(word) >= MIN_WORD}
    return traces


def against(traces: Traces) -> list[str]:
    """Why this person cannot be erased now; empty when nothing stands against it."""
    with in_brand(traces.brand):
        return [reason for keeper in keepers() for reason in keeper.against(traces)]


def export(traces: Traces) -> dict[str, Mapping[str, Any]]:
    """What each module keeps of the person, by its name."""
    with in_brand(traces.brand):
        held = {keeper.name: keeper.export(traces) for keeper in keepers()}
    return {name: kept for name, kept in held.items() if kept}


def erase(traces: Traces) -> dict[str, int]:
    """Let every module take away what it keeps of the person; 'module.what' -> rows changed."""
    counts: dict[str, int] = {}
    with in_brand(traces.brand):
        for keeper in keepers():
            counts |= {f"{keeper.name}.{what}": n for what, n in keeper.erase(traces).items()}
        for keeper in keepers():
            for text in keeper.texts:
                n = redact(traces, text)
                counts[f"{keeper.name}.{text.table}"] = counts.get(f"{keeper.name}.{text.table}", 0) + n
    return {what: n for what, n in counts.items() if n}


REDACT = "SELECT kernel_redact(%(table)s, %(columns)s, %(of)s, %(things)s::uuid[], %(pattern)s, %(numbers)s)"
REDACT_LOCKED = REDACT.replace("kernel_redact", "kernel_redact_locked")


def redact(traces: Traces, text: Text, *, pattern: str = "") -> int:
    """Put ERASED where the columns say something of the person; the rows changed.

    `pattern`: another regular expression to take out, of rows that belong to `things`; ".+" is all there is.
    """
    found = pattern or pattern_of(traces.signs | traces.words if text.of else traces.signs)
    if not found or (text.of and not traces.things):
        return 0
    key = {
        "table": text.table,
        "columns": list(text.columns),
        "of": text.of,
        "things": sorted(traces.things),
        "pattern": found,
        "numbers": numbers_of(traces.signs),
    }
    with in_brand(traces.brand):
        ((count,),) = rows(REDACT_LOCKED if text.locked else REDACT, key)
    return int(count)


def pattern_of(words: set[str]) -> str:
    """A regular expression of PostgreSQL that finds any of the words, as text and as JSON writes it."""
    written = set()
    for word in words:
        for form in (word, json.dumps(word, ensure_ascii=False)[1:-1], json.dumps(word)[1:-1]):
            written.add(re.sub(r"([^\w\s]|_)", r"\\\1", form, flags=re.ASCII) if form.isascii() else _escaped(form))
    return "|".join(sorted(written, key=lambda one: (-len(one), one)))


def numbers_of(signs: set[str]) -> str:
    """The same for phones that JSON may hold as numbers: their digits."""
    digits = {re.sub(r"\D", "", sign) for sign in signs if re.fullmatch(r"\+?\d{7,15}", sign)}
    return "|".join(sorted(digits))


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and not c.isspace() else c for c in text)


SUBJECTS = """
    SELECT id, at, actor, verb, subject, reason FROM kernel_auditentry
     WHERE brand_id = %(brand)s AND subject = ANY(%(subjects)s::text[]) ORDER BY id
"""


def _trail(traces: Traces) -> Mapping[str, Any]:
    """The entries of the audit trail about the person and their orders."""
    found = rows(SUBJECTS, {"brand": traces.brand, "subjects": sorted(traces.subjects)})
    names = ("id", "at", "actor", "verb", "subject", "reason")
    return {"entries": [dict(zip(names, row, strict=True)) for row in found]} if found else {}


ABOUT = """
    SELECT id FROM kernel_auditentry WHERE brand_id = %(brand)s AND subject = ANY(%(subjects)s::text[])
"""


def _about(traces: Traces) -> Mapping[str, int]:
    """Entries of the trail about the person are theirs too; their words are taken out by the texts."""
    traces.things |= {one for (one,) in rows(ABOUT, {"brand": traces.brand, "subjects": sorted(traces.subjects)})}
    return {}


_TRAIL = ("subject", "before", "after", "reason")
register_keeper(
    Keeper(
        "kernel",
        export=_trail,
        erase=_about,
        texts=(
            Text("kernel_auditentry", _TRAIL, of="id", locked=True),
            Text("kernel_auditentry", _TRAIL, locked=True),
            Text("kernel_outboxevent", ("payload",), of="aggregate", locked=True),
            Text("kernel_outboxevent", ("payload",), of="id", locked=True),
            Text("kernel_outboxevent", ("payload",), locked=True),
            Text("kernel_once", ("answer", "key")),
            Text("kernel_deadletter", ("reason",)),
        ),
    )
)
