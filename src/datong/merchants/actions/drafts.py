"""What is due by the calendar: each contract's settlement is drafted when its period is over, checked by a person, and
then decided by two like any other."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from datong.access.types import Approval, Asker
from datong.kernel import locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.merchants import rules
from datong.merchants.actions.adopt import adopt
from datong.merchants.actions.runs import CLAIM, FREE, ask_for, note_run, open_run, put_items
from datong.merchants.queries import contracts, run, today
from datong.merchants.types import Run, RunRefused, SettlementState

BY = "the calendar"
OPEN = """
    SELECT DISTINCT e.company_id, e.currency FROM merchants_entry e
     WHERE e.brand_id = %(brand)s AND e.run_id IS NULL AND e.company_id = ANY(%(companies)s::uuid[])
       AND e.day <= %(until)s
       AND NOT EXISTS (SELECT 1 FROM merchants_dispute d
                        WHERE d.brand_id = e.brand_id AND d.entry_id = e.id AND d.state = 'open')
     ORDER BY 1, 2
"""


def draft_due(*, brand: UUID) -> list[UUID]:
    """Draft a settlement for each company whose period is over and that has something open from it; their ids.

    One for a company, currency and period, whatever becomes of it: what was dropped, and what comes late, is in the
    next period's. The terms of the period's last day say how long it was. A constant number of statements where
    nothing is due.
    """
    with in_brand(brand, may_fail=True):
        held = contracts(brand)
        if not held:
            return []
        locks.take(f"merchants run {brand}")
        adopt(brand=brand)
        day, ends = today(brand), {}
        for company, versions in held.items():
            if found := rules.in_force(versions, day) or rules.in_force(versions, versions[0].valid_from):
                ends[company] = rules.last_end(found.terms.period, day)
        made: list[UUID] = []
        for until in sorted(set(ends.values())):
            companies = sorted(company for company, end in ends.items() if end == until)
            for company, currency in rows(OPEN, {"brand": brand, "companies": companies, "until": until}):
                key = f"{company.hex} {currency} {until.isoformat()}"
                once("merchants.due", key, [], partial(_draft, company, until, currency, brand, made))
        return made


def _draft(company: UUID, until: date, currency: str, brand: UUID, made: list[UUID]) -> str:
    key: dict[str, Any] = {"brand": brand, "run": uuid7(), "until": until, "currency": currency}
    open_run(key, SettlementState.DRAFT, BY)
    execute(CLAIM, {**key, "companies": [company]})
    put_items(key)
    note_run(brand, BY, "settlement.draft", key["run"], {"until": until.isoformat(), "company": str(company)})
    made.append(key["run"])
    return str(key["run"])


SUBMIT = """
    UPDATE merchants_run SET state = 'proposed', by = %(by)s
     WHERE brand_id = %(brand)s AND id = %(run)s AND state = 'draft' RETURNING id
"""


def submit_run(run_id: UUID, *, brand: UUID, by: Asker) -> tuple[Run, Approval | None]:
    """A person has checked a draft and asks a second one for it. Already proposed, it is as it was asked for (None).

    Raises RunRefused for one that is neither.
    """
    with in_brand(brand):
        locks.take(f"merchants run {brand}")
        if not rows(SUBMIT, {"brand": brand, "run": run_id, "by": by.username[:120]}):
            found = run(brand, run_id)
            if found.state is not SettlementState.PROPOSED:
                raise RunRefused(f"the settlement is {found.state.value}: only a draft is sent for approval")
            return found, None
        asked = ask_for(run(brand, run_id), brand, by)
        return run(brand, run_id), asked


DROP = """
    UPDATE merchants_run SET state = 'refused', reason = %(reason)s
     WHERE brand_id = %(brand)s AND id = %(run)s AND state = 'draft' RETURNING id
"""


def drop_run(run_id: UUID, *, brand: UUID, by: str, reason: str) -> Run:
    """Nothing is settled for this period: its lines are open again. The same again changes nothing."""
    if not 0 < len(reason.strip()) <= 200 or not reason.isprintable():
        raise BadValue("reason", reason[:200], "why, in 1 to 200 characters")
    with in_brand(brand):
        given = {"brand": brand, "run": run_id, "reason": reason.strip()}
        changed = rows(DROP, given)
        found = run(brand, run_id)
        if changed:
            execute(FREE, given)
            note_run(brand, by, "settlement.drop", run_id, {"state": "refused"}, reason)
        elif found.state is not SettlementState.REFUSED:
            raise RunRefused(f"the settlement is {found.state.value}: only a draft is dropped")
        return found
