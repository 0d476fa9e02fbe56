"""Close the books up to a business day, and open them again: one person asks, another decides.

No posting waits for a close and none takes a lock. The statement that posts reads the gate: what begins after the close
has committed finds it shut. What began before is in the closed period, and a close is called settled when the last of
those has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from datong.access.api import ask
from datong.access.types import Approval, Asker
from datong.kernel import audit, clock, locks
from datong.kernel.db import current_brand, execute, in_brand
from datong.kernel.errors import BadValue, Conflict
from datong.ledger.queries import gates, rulebook
from datong.ledger.types import KIND_OF_PERIOD, Entry, PeriodClosed

STORE = "store"


def ask_period(brand: UUID, until: date, *, by: Asker, reason: str) -> Approval:
    """Ask to close the books up to a day, or, for a day before the one they are closed until, to open what is after it.

    Another person decides, whoever asks. Raises BadValue for a day that is not over, Conflict when it is so already.
    """
    today = rulebook(brand).days.today_of_all(clock.now())[0]  # at some stores it may still be yesterday
    if until >= today:
        raise BadValue("until", until.isoformat(), f"a business day that is over, before {today.isoformat()}")
    if not reason.strip():
        raise BadValue("reason", reason, "a few words on why")
    with in_brand(brand):
        now = gates(brand, [""]).get("")
        if now and now.closed_until == until:
            raise Conflict(f"the books are closed until {until.isoformat()} already")
        what = "open" if now and until < now.closed_until else "close"
        facts = {"what": what, "until": until.isoformat(), "was": now.closed_until.isoformat() if now else ""}
        subject = f"books until {until.isoformat()}"
        return ask(KIND_OF_PERIOD, brand=brand, by=by, subject=subject, facts=facts, reason=reason)


def apply_period(approval: Approval) -> None:
    """Carry out what was approved. Raises Conflict when the books were closed or opened otherwise meanwhile."""
    facts, brand = approval.facts, current_brand()
    with in_brand(brand):
        locks.take(f"ledger gate {brand}")
        now = gates(brand, [""]).get("")
        if (now.closed_until.isoformat() if now else "") != facts["was"]:
            raise Conflict("the books were closed or opened otherwise since this was asked; ask anew")
        _shut(brand, "", date.fromisoformat(str(facts["until"])), approval.decided_by)


def lock_day(brand: UUID, store_id: UUID, until: date, *, by: str) -> None:
    """A store's days up to this one take nothing more: what comes later belongs to its first open day."""
    with in_brand(brand):
        locks.take(f"ledger gate {brand} {store_id}")
        now = gates(brand, [str(store_id)]).get(str(store_id))
        if not now or now.closed_until < until:
            _shut(brand, str(store_id), until, by, store_id)


def unlock_day(brand: UUID, store_id: UUID, until: date, *, by: str) -> None:
    """A store's days after this one are open again; raises Conflict for days that the books are closed on."""
    with in_brand(brand):
        locks.take(f"ledger gate {brand} {store_id}")
        found = gates(brand, ["", str(store_id)])
        if "" in found and found[""].closed_until > until:
            raise Conflict(f"the books are closed until {found[''].closed_until.isoformat()}: open the period first")
        if str(store_id) in found and found[str(store_id)].closed_until > until:
            _shut(brand, str(store_id), until, by, store_id)


PUT = """
    INSERT INTO ledger_gate (brand_id, scope, closed_until, by, at)
    VALUES (%(brand)s, %(scope)s, %(until)s, %(by)s, %(now)s)
    ON CONFLICT (brand_id, scope) DO UPDATE
       SET closed_until = excluded.closed_until, by = excluded.by, at = excluded.at, xid = pg_current_xact_id()
"""


def _shut(brand: UUID, scope: str, until: date, by: str, store_id: UUID | None = None) -> None:
    before = gates(brand, [scope]).get(scope)
    execute(PUT, {"brand": brand, "scope": scope, "until": until, "by": by[:120], "now": clock.now()})
    was = before.closed_until.isoformat() if before else ""
    audit.record(
        brand=brand,
        actor=by,
        verb="period.open" if before and until < before.closed_until else "period.close",
        subject=f"store day {scope}" if scope else "books",
        before={"closed_until": was},
        after={"closed_until": until.isoformat()},
        store_id=store_id,
    )


E = TypeVar("E", bound=Entry)


def as_asked(there: Mapping[UUID, E], wanted: Sequence[E], brand: UUID) -> dict[UUID, E]:
    """What is there, with the day it was asked for where a closed day moved it: a repeat is known again.

    A statement only where a day is later than asked.
    """
    days = {entry.id: entry for entry in wanted}
    later = [e for e in there.values() if e.id in days and e.business_date > days[e.id].business_date]
    if not later:
        return dict(there)
    found = gates(brand, {"", *(e.dimensions.get(STORE, "") for e in later)})
    moved = {}
    for entry in later:
        asked = days[entry.id].business_date
        shut = [found[s].closed_until for s in ("", entry.dimensions.get(STORE, "")) if s in found]
        if shut and asked <= max(shut):
            moved[entry.id] = replace(entry, business_date=asked)
    return {**there, **moved}


def refuse_closed(missing: Sequence[Entry], brand: UUID) -> None:
    """Raise PeriodClosed for what a gate kept out; the first open day is the brand's and its store's."""
    first = missing[0]
    found = gates(brand, {"", first.dimensions.get(STORE, "")})
    days = [gate.first_open for gate in found.values()]
    raise PeriodClosed(first.business_date, max(days, default=first.business_date))
