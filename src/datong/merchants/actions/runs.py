"""Settling: proposed by one person, decided by another, posted once, paid; taken back as long as it is not paid."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from datong.access.api import approval, ask
from datong.access.types import Approval, Asker
from datong.kernel import audit, clock, locks
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import Money
from datong.kernel.once import once
from datong.ledger.api import post, reverse
from datong.ledger.types import Reversal
from datong.merchants import rules
from datong.merchants.actions.adopt import adopt
from datong.merchants.queries import contracts, run, today
from datong.merchants.types import KIND_OF_RUN, Run, RunRefused, SettlementState

PUT = """
    INSERT INTO merchants_run (brand_id, id, until, currency, state, by, at, approved_by, paid_ref, paid_by, reason,
                               posted)
    VALUES (%(brand)s, %(run)s, %(until)s, %(currency)s, %(state)s, %(by)s, %(now)s, '', '', '', '', '[]')
"""
CLAIM = """
    UPDATE merchants_entry e SET run_id = %(run)s
     WHERE e.brand_id = %(brand)s AND e.run_id IS NULL AND e.currency = %(currency)s AND e.day <= %(until)s
       AND (%(companies)s::uuid[] IS NULL OR e.company_id = ANY(%(companies)s::uuid[]))
       AND NOT EXISTS (SELECT 1 FROM merchants_dispute d
                        WHERE d.brand_id = e.brand_id AND d.entry_id = e.id AND d.state = 'open')
"""
SUM = """
    SELECT company_id, counter_id, count(*)::int, coalesce(sum(amount_minor) FILTER (WHERE owes), 0)::bigint,
           coalesce(sum(amount_minor) FILTER (WHERE NOT owes), 0)::bigint
      FROM merchants_entry WHERE brand_id = %(brand)s AND run_id = %(run)s GROUP BY 1, 2 ORDER BY 1, 2
"""
ITEMS = """
    INSERT INTO merchants_runitem (brand_id, id, run_id, company_id, counter_id, entries, owes_minor, gets_minor, bank)
    SELECT %(brand)s, i.id, %(run)s, i.company, i.counter, i.entries, i.owes, i.gets, i.bank
      FROM unnest(%(ids)s::uuid[], %(companies)s::uuid[], %(counters)s::uuid[], %(entries)s::int[], %(owes)s::bigint[],
                  %(gets)s::bigint[], %(banks)s::text[]) i(id, company, counter, entries, owes, gets, bank)
"""


def propose_run(
    until: date,
    currency: str,
    *,
    brand: UUID,
    by: Asker,
    companies: Collection[UUID] | None = None,
    key: str = "",
) -> tuple[Run, Approval]:
    """Put everything that is open up to a day into a settlement and ask a second person for it.

    `companies`: only theirs. Contested lines are left out until they are answered. What is in it is in no other: the
    lines are its own from this moment, until it is refused or taken back. Under `key` it is proposed once.
    Raises BadValue for a day to come, NotFound when nothing is open.
    """
    if until > today(brand):
        raise BadValue("until", until.isoformat(), f"{today(brand).isoformat()} or before")
    with in_brand(brand, may_fail=True):
        locks.take(f"merchants run {brand}")
        whose = None if companies is None else sorted(set(companies))
        told = once(
            "merchants.settle", key, [until, currency, whose], lambda: _propose(until, currency, whose, brand, by)
        )
        return run(brand, UUID(told[0])), approval(brand, UUID(told[1]))


def _propose(until: date, currency: str, companies: list[UUID] | None, brand: UUID, by: Asker) -> list[str]:
    """The ids of the settlement and of the request for it."""
    adopt(brand=brand)
    key: dict[str, Any] = {"brand": brand, "run": uuid7(), "until": until, "currency": currency}
    open_run(key, SettlementState.PROPOSED, by.username)
    if not execute(CLAIM, {**key, "companies": companies}):
        problem = Problem("until", "nothing_open", "a day up to which something is open", until.isoformat())
        raise NotFound("nothing is open up to this day", problem)
    put_items(key)
    asked = ask_for(run(brand, key["run"]), brand, by)
    return [str(key["run"]), str(asked.id)]


def open_run(key: dict[str, Any], state: SettlementState, by: str) -> None:
    """`key`: brand, run (its id), until, currency."""
    execute(PUT, {**key, "state": state.value, "by": by[:120], "now": clock.now()})


def ask_for(made: Run, brand: UUID, by: Asker) -> Approval:
    """Ask a second person for a settlement that is there."""
    total = sum(abs(item.net_minor) for item in made.items)
    facts = {
        "until": made.until.isoformat(),
        "companies": len({item.company_id for item in made.items}),
        "entries": sum(item.entries for item in made.items),
        "pays": _said(sum(max(item.net_minor, 0) for item in made.items), made.currency),
        "gets": _said(sum(max(-item.net_minor, 0) for item in made.items), made.currency),
        "run": str(made.id),
        "href": f"/partners/settlements/{made.id}/",
    }
    subject = f"settlement until {made.until} {made.currency} {made.id.hex[-6:]}"
    asked = ask(KIND_OF_RUN, brand=brand, by=by, subject=subject, facts=facts, amount_minor=total)
    note_run(brand, by.username, "settlement.propose", made.id, {"until": facts["until"], "amount_minor": total})
    return asked


def put_items(key: dict[str, Any]) -> None:
    sums = rows(SUM, key)
    banks = contracts(key["brand"], {row[0] for row in sums})
    bank = {company: found.terms.bank for company, held in banks.items()
            if (found := rules.in_force(held, key["until"]))}  # fmt: skip
    columns = list(zip(*sums, strict=True))
    given = dict(zip(("companies", "counters", "entries", "owes", "gets"), map(list, columns), strict=True))
    execute(
        ITEMS,
        {**key, **given, "ids": [uuid7() for _ in sums], "banks": [bank.get(row[0], "") for row in sums]},
    )


def _said(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal} {currency}"


POSTED = """
    UPDATE merchants_run SET state = 'posted', approved_by = %(by)s, posted_at = %(now)s, day = %(day)s,
           posted = %(posted)s::jsonb
     WHERE brand_id = %(brand)s AND id = %(run)s AND state = 'proposed' RETURNING id
"""


def apply_run(asked: Approval) -> None:
    """Post a settlement that was agreed, once: the accounts of its pairs come back to zero for its lines."""
    brand, run_id = current_brand(), UUID(str(asked.facts["run"]))
    with in_brand(brand):
        found = run(brand, run_id)
        moves = rules.settlement_transfers(run_id, found.currency, found.items, today(brand))
        given = {"brand": brand, "run": run_id, "by": asked.decided_by[:120], "now": clock.now()}
        posted = msgspec.json.encode([move.id for move in moves]).decode()
        if not rows(POSTED, {**given, "day": today(brand), "posted": posted}):
            raise RunRefused(f"the settlement is {run(brand, run_id).state.value}")
        post(moves, brand=brand, late=True)
        note_run(brand, asked.decided_by, "settlement.post", run_id, {"state": "posted"})


FREE = "UPDATE merchants_entry SET run_id = NULL WHERE brand_id = %(brand)s AND run_id = %(run)s"
REFUSED = """
    UPDATE merchants_run SET state = 'refused', reason = %(reason)s
     WHERE brand_id = %(brand)s AND id = %(run)s AND state = 'proposed' RETURNING id
"""


def refuse_run(asked: Approval) -> None:
    """A settlement that was refused or taken back lets its lines go: the next one finds them."""
    brand = current_brand()
    with in_brand(brand):
        given = {"brand": brand, "run": UUID(str(asked.facts["run"])), "reason": asked.note[:300]}
        if rows(REFUSED, given):
            execute(FREE, given)


PAID = """
    UPDATE merchants_run SET state = 'paid', paid_on = %(day)s, paid_ref = %(ref)s, paid_by = %(by)s
     WHERE brand_id = %(brand)s AND id = %(run)s AND state = 'posted' RETURNING id
"""


def mark_paid(run_id: UUID, paid_on: date, ref: str, *, brand: UUID, by: str) -> Run:
    """The bank has carried a settlement out: it stands from now on. The same again changes nothing."""
    if not 0 < len(ref.strip()) <= 120 or not ref.isprintable():
        raise BadValue("ref", ref[:120], "the bank's number of the payment, 1 to 120 characters")
    if paid_on > today(brand):
        raise BadValue("paid_on", paid_on.isoformat(), f"{today(brand).isoformat()} or before")
    with in_brand(brand):
        given = {"brand": brand, "run": run_id, "day": paid_on, "ref": ref.strip(), "by": by[:120]}
        changed = rows(PAID, given)
        found = run(brand, run_id)
        if changed:
            after = {"paid_on": paid_on.isoformat(), "ref": ref.strip()}
            note_run(brand, by, "settlement.paid", run_id, after)
        elif (found.state, found.paid_on, found.paid_ref) != (SettlementState.PAID, paid_on, ref.strip()):
            raise RunRefused(f"the settlement is {found.state.value}: only one that was posted is paid")
        return found


UNDONE = """
    UPDATE merchants_run SET state = 'undone', reason = %(reason)s
     WHERE brand_id = %(brand)s AND id = %(run)s AND state = 'posted' RETURNING posted
"""


def undo_run(run_id: UUID, *, brand: UUID, by: str, reason: str) -> Run:
    """Take a settlement back that was not paid yet: its transfers are reversed and its lines are open again.

    The same again changes nothing. Raises RunRefused for one that was paid or never posted.
    """
    if not 0 < len(reason.strip()) <= 200 or not reason.isprintable():
        raise BadValue("reason", reason[:200], "why, in 1 to 200 characters")
    with in_brand(brand):
        given = {"brand": brand, "run": run_id, "reason": reason.strip()}
        changed = rows(UNDONE, given)
        found = run(brand, run_id)
        if not changed:
            if found.state is not SettlementState.UNDONE:
                raise RunRefused(f"the settlement is {found.state.value}: only one that waits for payment is undone")
            return found
        posted = changed[0][0]
        ids = msgspec.json.decode(posted) if isinstance(posted, str) else posted
        back = [Reversal(uuid7(), UUID(transfer), today(brand), reason.strip()) for transfer in ids]
        reverse(back, brand=brand, by=by)
        execute(FREE, given)
        note_run(brand, by, "settlement.undo", run_id, {"state": "undone"}, reason)
        return found


def note_run(brand: UUID, by: str, verb: str, run_id: UUID, after: dict[str, Any], reason: str = "") -> None:
    audit.record(brand=brand, actor=by, verb=verb, subject=f"settlement {run_id}", after=after, reason=reason)
