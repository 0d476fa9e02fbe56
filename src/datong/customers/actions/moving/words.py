"""What people agreed to elsewhere, written down at its own moment: a later word said here goes before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from datong.customers.events import ConsentChanged
from datong.customers.queries.moving import UNDONE, last_words
from datong.customers.types.moving import Portrait, Word
from datong.customers.types.people import Means, Purpose, Said
from datong.kernel import outbox
from datong.kernel.db import execute
from datong.kernel.ids import uuid7_at

IMPORTED = "imported"
NEXT = timedelta(milliseconds=1)
ADD = """
    INSERT INTO customers_consent (brand_id, id, customer_id, purpose, means, said, at, source, proof, text_version, by)
    SELECT %(brand)s, w.*, %(version)s, %(by)s
      FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(purposes)s::text[], %(means)s::text[], %(saids)s::text[],
                  %(ats)s::timestamptz[], %(sources)s::text[], %(proofs)s::text[]) w
"""


def say_words(pairs: Sequence[tuple[UUID, Portrait, Portrait]], *, brand: UUID, by: str) -> None:
    """Write what each record's words have become. Entries are only added: what an undo takes back is said to be
    withdrawn by the undo, at the moment of what it takes back, so that the same file can say it again."""
    said = [(id, word) for id, before, after in pairs for word in _new(before, after)]
    if not said:
        return
    last = last_words(brand, {id for id, _ in said})
    moments = [_moment(word.at, last.get((id, word.purpose.value, word.means.value))) for id, word in said]
    execute(
        ADD,
        {
            "brand": brand,
            "by": by[:120],
            "version": IMPORTED,
            "ids": [uuid7_at(at) for at in moments],
            "customers": [id for id, _ in said],
            "purposes": [word.purpose.value for _, word in said],
            "means": [word.means.value for _, word in said],
            "saids": [word.said.value for _, word in said],
            "ats": [word.at for _, word in said],
            "sources": [word.source[:60] for _, word in said],
            "proofs": [word.proof[:500] for _, word in said],
        },
    )
    outbox.emit(*(ConsentChanged(id, w.purpose.value, w.means.value, w.said.value) for id, w in said))


def _new(before: Portrait, after: Portrait) -> list[Word]:
    had, has = ({(word.purpose, word.means): word for word in one.words} for one in (before, after))
    changed = [word for key, word in has.items() if had.get(key) != word]
    return changed + [_taken_back(*key, had[key].at) for key in had.keys() - has.keys()]


def _taken_back(purpose: Purpose, means: Means, at: datetime) -> Word:
    return Word(purpose, means, Said.WITHDRAWN, at, UNDONE, "")


def _moment(at: datetime, last: datetime | None) -> datetime:
    """Behind the last entry, so that the ids' order is that of the entries."""
    return at if last is None or at > last else last + NEXT
