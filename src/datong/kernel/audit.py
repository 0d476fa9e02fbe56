"""The audit trail (审计): who did what to what, before and after. Append-only, in the transaction of the caller.

Verbs that change money, prices, stock, settings or rights write one entry each. What would be a secret is never kept:
a key whose name says so is replaced by a mark, whatever its value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel import clock, trace
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7, uuid7_floor
from datong.kernel.pages import read_cursor, write_cursor

HIDDEN = "(not kept)"
MAX_FIELDS = 60
MAX_TEXT = 500
MAX_PAGE = 200
_SECRET = re.compile(
    r"passw|secret|token(?!s)|api_?key|key_hash|private_key|credential|\btotp|\botp\b|recovery_code|cvv|card_?number",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail. `before` and `after` hold only what differs; None where there was or is nothing."""

    id: UUID
    at: datetime
    actor: str
    verb: str
    subject: str
    store_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    trace: str


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first; `next` is the cursor of the following page, '' at the end."""

    entries: tuple[Entry, ...]
    next: str


RECORD = """
    INSERT INTO kernel_auditentry (brand_id, id, at, actor, verb, subject, store_id, before, after, reason, trace)
    VALUES (%(brand)s, %(id)s, %(at)s, %(actor)s, %(verb)s, %(subject)s, %(store)s, %(before)s::jsonb,
            %(after)s::jsonb, %(reason)s, %(trace)s)
"""


def record(
    *,
    brand: UUID,
    actor: str,
    verb: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    store_id: UUID | None = None,
) -> None:
    """Add an entry to the trail: it is there if and only if the caller's transaction is committed. One statement.

    `actor`: a username, "key NAME" of an API client, or what part of the system acted. `verb`: "noun.verb" in the
    present tense ("price.change"). `subject`: "kind name" ("item TEA-01"), what one would search for. Of two mappings
    only the keys that differ are kept. Values: what JSON holds, dates, ids and enums; texts are cut at 500 characters.
    """
    if before is not None and after is not None:
        keys = [key for key in {**before, **after} if _differs(before, after, key)]
        before = {key: before[key] for key in keys if key in before}
        after = {key: after[key] for key in keys if key in after}
    with in_brand(brand):
        execute(
            RECORD,
            {
                "brand": brand,
                "id": uuid7(),
                "at": clock.now(),
                "actor": actor[:120],
                "verb": verb[:80],
                "subject": subject[:200],
                "store": store_id,
                "before": _json(before),
                "after": _json(after),
                "reason": reason[:MAX_TEXT],
                "trace": trace.current().trace_id,
            },
        )


PAGE = """
    SELECT id, at, actor, verb, subject, store_id, before, after, reason, trace FROM kernel_auditentry
     WHERE brand_id = %(brand)s
       AND (%(subject)s::text = '' OR subject = %(subject)s::text)
       AND (%(actor)s::text = '' OR actor = %(actor)s::text)
       AND (%(verb)s::text = '' OR verb = %(verb)s::text OR starts_with(verb, %(verb)s::text || '.'))
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
       AND (%(since)s::uuid IS NULL OR id >= %(since)s::uuid) AND (%(until)s::uuid IS NULL OR id < %(until)s::uuid)
       AND (%(cursor)s::uuid IS NULL OR id < %(cursor)s::uuid)
     ORDER BY id DESC LIMIT %(limit)s
"""


def page(
    brand: UUID,
    *,
    subject: str = "",
    actor: str = "",
    verb: str = "",
    cursor: str | None = None,
    limit: int = 50,
    stores: Collection[UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page:
    """The trail, newest first, narrowed by what is given; `verb` may be its noun alone. At most 200 entries a page.

    `stores`: entries of these stores only (what store staff may see). Raises BadValue for a cursor that is none.
    """
    limit = max(1, min(limit, MAX_PAGE))
    with in_brand(brand):
        found = rows(
            PAGE,
            {
                "brand": brand,
                "subject": subject.strip(),
                "actor": actor.strip(),
                "verb": verb.strip(),
                "stores": None if stores is None else sorted(stores),
                "since": since and uuid7_floor(since),
                "until": until and uuid7_floor(until),
                "cursor": read_cursor(cursor or ""),
                "limit": limit + 1,
            },
        )
    entries = tuple(_entry(*row) for row in found[:limit])
    return Page(entries, write_cursor(entries[-1].id) if len(found) > limit else "")


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> bool:
    return (key in before) != (key in after) or before[key] != after[key]


def _json(facts: Mapping[str, Any] | None) -> str | None:
    if facts is None:
        return None
    return msgspec.json.encode({str(k)[:80]: _kept(str(k), v) for k, v in list(facts.items())[:MAX_FIELDS]}).decode()


def _kept(key: str, value: Any) -> Any:
    """A value as the trail keeps it: secrets not at all, long texts cut."""
    if _SECRET.search(key):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(k)[:80]: _kept(str(k), v) for k, v in list(value.items())[:MAX_FIELDS]}
    if isinstance(value, (list, tuple, set, frozenset)):
        listed = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_kept("", each) for each in list(listed)[:MAX_FIELDS]]
    if isinstance(value, (bool, int, float, type(None), datetime)):
        return value
    return str(value).replace("\x00", "")[:MAX_TEXT]


def _entry(
    id: UUID,
    at: datetime,
    actor: str,
    verb: str,
    subject: str,
    store: UUID | None,
    before: Any,
    after: Any,
    reason: str,
    trace_id: str,
) -> Entry:
    return Entry(id, at, actor, verb, subject, store, _read(before), _read(after), reason, trace_id)


def _read(value: Any) -> dict[str, Any] | None:
    return msgspec.json.decode(value) if isinstance(value, str) else value
