"""A line that a company contests, and the answer: it stands, or it is taken back by a line of its own."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.merchants.actions.enter import put_entries
from datong.merchants.queries import entry_of, today
from datong.merchants.queries.entries import COLUMNS
from datong.merchants.types import Dispute, DisputeState, Entry

BY_ENTRY = """
    SELECT id, entry_id, company_id, state, reason, by, at, answer, answered_by, answered_at
      FROM merchants_dispute WHERE brand_id = %(brand)s AND entry_id = %(entry)s
"""
BY_ID = BY_ENTRY.replace("entry_id = %(entry)s", "id = %(dispute)s") + " FOR UPDATE"
ENTRY = f"SELECT {COLUMNS} FROM merchants_entry e WHERE e.brand_id = %(brand)s AND e.id = %(entry)s"  # noqa: S608
PUT = """
    INSERT INTO merchants_dispute (brand_id, id, entry_id, company_id, state, reason, by, at, answer, answered_by)
    VALUES (%(brand)s, %(id)s, %(entry)s, %(company)s, 'open', %(reason)s, %(by)s, %(now)s, '', '')
"""


def contest(entry_id: UUID, *, brand: UUID, by: str, reason: str, company_id: UUID | None = None) -> Dispute:
    """Contest a line; until it is answered no settlement takes it. Once a line; the same again is the same.

    `company_id`: whose statement it is on, else NotFound. Raises Conflict for a line that was contested otherwise.
    """
    why = _words("reason", reason)
    with in_brand(brand):
        locks.take(f"merchants run {brand}")
        key = {"brand": brand, "entry": entry_id}
        found = rows(ENTRY, key)
        entry = entry_of(found[0]) if found else None
        if entry is None or (company_id and company_id not in (entry.company_id, entry.counter_id)):
            raise NotFound(f"no line {entry_id} on this statement")
        if known := rows(BY_ENTRY, key):
            dispute = _dispute(known[0])
            if (dispute.reason, dispute.by) != (why, by[:120]):
                problem = Problem("entry_id", "contested", "a line that nobody has contested", str(entry_id))
                raise Conflict(f"{dispute.by} has contested this line already", problem)
            return dispute
        made = Dispute(uuid7(), entry_id, entry.company_id, DisputeState.OPEN, why, by[:120], clock.now())
        given = {**key, "id": made.id, "company": made.company_id, "reason": why, "by": made.by, "now": made.at}
        execute(PUT, given)
        _note(brand, by, "dispute.open", entry, {"amount_minor": entry.amount_minor}, why)
        return made


ANSWER = """
    UPDATE merchants_dispute SET state = %(state)s, answer = %(answer)s, answered_by = %(by)s, answered_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(dispute)s
"""


def answer(dispute_id: UUID, *, brand: UUID, by: str, stands: bool, words: str) -> Dispute:
    """Answer a contested line: it stands, or it was wrong and is taken back by a line the other way round.

    The same answer again is the same. Raises NotFound, and Conflict for one that was answered otherwise.
    """
    said = _words("answer", words)
    state = DisputeState.UPHELD if stands else DisputeState.CORRECTED
    with in_brand(brand):
        found = rows(BY_ID, {"brand": brand, "dispute": dispute_id})
        if not found:
            raise NotFound(f"no contested line {dispute_id}")
        dispute = _dispute(found[0])
        if dispute.state is not DisputeState.OPEN:
            if (dispute.state, dispute.answer) != (state, said):
                raise Conflict(f"{dispute.answered_by} has answered: {dispute.state.value}")
            return dispute
        entry = entry_of(rows(ENTRY, {"brand": brand, "entry": dispute.entry_id})[0])
        if not stands:
            put_entries([_taken_back(entry, dispute_id, brand)], brand)
        now = clock.now()
        execute(ANSWER, {"brand": brand, "dispute": dispute_id, "state": state.value, "answer": said, "by": by[:120],
                         "now": now})  # fmt: skip
        _note(brand, by, "dispute.answer", entry, {"state": state.value}, said)
        return replace(dispute, state=state, answer=said, answered_by=by[:120], answered_at=now)


def _taken_back(entry: Entry, dispute_id: UUID, brand: UUID) -> Entry:
    """Not of the same source: what is told of that later is still reckoned without the correction."""
    return replace(
        entry,
        id=uuid7(),
        source_id=dispute_id,
        seq=1,
        amount_minor=-entry.amount_minor,
        points=-entry.points,
        day=today(brand),
        at=clock.now(),
        run_id=None,
    )


def _dispute(row: tuple[object, ...]) -> Dispute:
    id_, entry, company, state, *rest = row
    return Dispute(id_, entry, company, DisputeState(state), *rest)  # type: ignore[arg-type]


def _words(field: str, text: str) -> str:
    cleaned = text.strip()
    if not 0 < len(cleaned) <= 300 or not cleaned.isprintable():
        raise BadValue(field, text[:80], "a few words, at most 300 characters")
    return cleaned


def _note(brand: UUID, by: str, verb: str, entry: Entry, after: dict[str, object], reason: str) -> None:
    audit.record(brand=brand, actor=by, verb=verb, subject=f"entry {entry.id}", after=after, reason=reason,
                 store_id=entry.store_id)  # fmt: skip
