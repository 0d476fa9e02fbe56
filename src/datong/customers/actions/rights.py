"""What people may ask about their data: a copy of it, and that it is erased. And who looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import json

from datong.access import api as access
from datong.access.types import Approval, ApprovalState, Asker
from datong.brand.api import get_brand
from datong.customers.actions.merge import MAX_REASON, merge_lock
from datong.customers.events import CustomerErased
from datong.customers.queries import records_of, request_of
from datong.customers.queries.rights import REQUEST_COLUMNS
from datong.customers.types import DAYS, DAYS_ELSEWHERE, Asked, DataRequest, RequestState
from datong.kernel import audit, clock, keepers, locks, outbox
from datong.kernel.db import execute, in_brand, inside, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7, uuid7_floor

KIND_OF_ERASURE = "customer.erase"
KEEP_LOOKS = timedelta(days=365)

ADD = f"""
    INSERT INTO customers_datarequest (brand_id, id, customer_id, what, reason, asked_by, at, due, state, approval_id,
                                       decided_by, done_at, note, counts)
    VALUES (%(brand)s, %(id)s, %(customer)s, %(what)s, %(reason)s, %(by)s, %(now)s, %(due)s, %(state)s, NULL, '',
            %(done)s, '', '{{}}')
    ON CONFLICT DO NOTHING RETURNING {REQUEST_COLUMNS}
"""  # noqa: S608  constants only
OPEN = f"""
    SELECT {REQUEST_COLUMNS} FROM customers_datarequest
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) AND what = 'erasure'
       AND state IN ('waiting', 'approved') ORDER BY id LIMIT 1
"""  # noqa: S608
ASKED = "UPDATE customers_datarequest SET approval_id = %(approval)s WHERE brand_id = %(brand)s AND id = %(id)s"


def export_person(customer_id: UUID, *, brand: UUID, by: str, reason: str) -> dict[str, Any]:
    """Everything held of a person, by module, as JSON holds it; that it was asked for and given is recorded.

    Raises NotFound, BadValue for no reason.
    """
    said = _said(reason)
    with in_brand(brand):
        records = _records(brand, customer_id)
        held = keepers.export(keepers.gather(brand, records))
        made = _add(brand, records[0], Asked.EXPORT, said, by, RequestState.DONE)
        see_customer(customer_id, brand=brand, by=by, place="export")
        subject = f"customer {records[0]}"
        audit.record(brand=brand, actor=by, verb="customer.export", subject=subject, reason=said)
    return {"request": str(made.id), "made_at": made.at, "person": str(records[0]), "held": held}


def ask_erasure(customer_id: UUID, *, brand: UUID, by: Asker, reason: str) -> DataRequest:
    """Ask that a person is erased: a second person decides (access approvals), then the worker carries it out.

    Asked again while it waits it is the same request. Raises NotFound, BadValue for no reason, Conflict saying what
    stands against it: an order under way, money left.
    """
    said = _said(reason)
    with in_brand(brand):
        records = _records(brand, customer_id)
        waiting = rows(OPEN, {"brand": brand, "records": list(records)})
        if waiting:
            return request_of(waiting[0])
        reasons = keepers.against(keepers.gather(brand, records))
        if reasons:
            problems = (Problem("customer_id", "not_yet", reason, str(customer_id)) for reason in reasons)
            raise Conflict(f"cannot be erased yet: {'; '.join(reasons)}", *problems)
        made = _add(brand, records[0], Asked.ERASURE, said, by.username, RequestState.WAITING)
        facts = {"request": str(made.id), "due": made.due.isoformat(), "href": f"/customers/{records[0]}/"}
        asked = access.ask(
            KIND_OF_ERASURE, brand=brand, by=by, subject=f"customer {records[0]}", facts=facts, reason=said
        )
        execute(ASKED, {"brand": brand, "id": made.id, "approval": asked.id})
        (found,) = rows(OPEN, {"brand": brand, "records": list(records)})
        return request_of(found)


def _add(brand: UUID, head: UUID, what: Asked, reason: str, by: str, state: RequestState) -> DataRequest:
    now = clock.now()
    days = DAYS.get(get_brand(brand).country, DAYS_ELSEWHERE)
    key: dict[str, object] = {
        "brand": brand,
        "id": uuid7(),
        "customer": head,
        "what": what.value,
        "reason": reason,
        "by": by[:120],
    }
    key |= {"now": now, "due": now.date() + timedelta(days=days), "state": state.value}
    found = rows(ADD, {**key, "done": now if state is RequestState.DONE else None})
    if not found:
        raise Conflict("another request to erase this person has just been written")
    return request_of(found[0])


SETTLE = """
    UPDATE customers_datarequest SET state = %(state)s, decided_by = %(by)s, note = %(note)s
     WHERE brand_id = %(brand)s AND approval_id = %(approval)s AND state = 'waiting'
"""


def settle_erasure(approval: Approval, *, brand: UUID) -> None:
    """The second person has decided: the worker carries it out, or it is refused. In the decision's transaction."""
    state = RequestState.APPROVED if approval.state is ApprovalState.APPROVED else RequestState.REFUSED
    key = {"brand": brand, "approval": approval.id, "by": approval.decided_by, "note": approval.note}
    with in_brand(brand):
        execute(SETTLE, {**key, "state": state.value})


NEXT = f"""
    SELECT {REQUEST_COLUMNS} FROM customers_datarequest
     WHERE brand_id = %(brand)s AND state = 'approved' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608
DONE = """
    UPDATE customers_datarequest SET state = 'done', done_at = %(now)s, counts = %(counts)s::jsonb, note = ''
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
WAIT = "UPDATE customers_datarequest SET note = %(note)s WHERE brand_id = %(brand)s AND id = %(id)s"


def erase_next(*, brand: UUID) -> DataRequest | None:
    """Carry out the oldest approved erasure, whole or not at all; None when none waits or one must wait on.

    Names, contacts, addresses and words are taken out of every module; ids, amounts and moments stay, so that books,
    orders and statistics say the same. It cannot be undone. What stands against it by now is written beside it.
    """
    with in_brand(brand):
        found = rows(NEXT, {"brand": brand})
        if not found:
            return None
        asked = request_of(found[0])
        locks.take(merge_lock(brand))
        traces = keepers.gather(brand, _records(brand, asked.customer_id))
        reasons = keepers.against(traces)
        if reasons:
            execute(WAIT, {"brand": brand, "id": asked.id, "note": "; ".join(reasons)[:500]})
            return None
        counts = keepers.erase(traces)
        execute(DONE, {"brand": brand, "id": asked.id, "now": clock.now(), "counts": json.encode(counts).decode()})
        audit.record(
            brand=brand,
            actor=asked.decided_by,
            verb="customer.erase",
            subject=f"customer {asked.customer_id}",
            after={"request": str(asked.id), "asked_by": asked.asked_by, **counts},
        )
        outbox.emit(CustomerErased(asked.customer_id, asked.id))
    return asked


LOOK = """
    INSERT INTO customers_look (brand_id, id, customer_id, by, place, at)
    SELECT %(brand)s, %(id)s, %(customer)s, %(by)s, %(place)s, %(now)s
      FROM (SELECT CASE WHEN %(alone)s THEN set_config('synchronous_commit', 'off', true) END) no_wait
"""


def see_customer(customer_id: UUID, *, brand: UUID, by: str, place: str) -> None:
    """Write down that somebody looks at a person: one statement.

    By itself its transaction does not wait for the disk (a crash may lose the last looks, never a read); inside
    another's it is that transaction's.
    """
    key = {"brand": brand, "id": uuid7(), "customer": customer_id, "by": by[:120], "place": place[:20]}
    alone = inside() is None
    with in_brand(brand):
        execute(LOOK, {**key, "now": clock.now(), "alone": alone})


LOOKS = """
    INSERT INTO customers_look (brand_id, id, customer_id, by, place, at)
    SELECT %(brand)s, l.id, l.customer, %(by)s, %(place)s, %(now)s
      FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[]) l(id, customer)
"""


def see_customers(customers: Sequence[UUID], *, brand: UUID, by: str, place: str) -> None:
    """Write down that somebody takes many people's data: one statement."""
    key = {"brand": brand, "by": by[:120], "place": place[:20], "now": clock.now(), "customers": list(customers)}
    with in_brand(brand):
        execute(LOOKS, {**key, "ids": [uuid7() for _ in customers]})


FORGET = "SELECT customers_forget_looks(%(before)s)"


def forget_looks(*, brand: UUID) -> int:
    """Looks end with their retention; how many."""
    with in_brand(brand):
        ((count,),) = rows(FORGET, {"before": uuid7_floor(clock.now() - KEEP_LOOKS)})
        return int(count)


def _records(brand: UUID, customer_id: UUID) -> tuple[UUID, ...]:
    found = records_of(brand, [customer_id]).get(customer_id)
    if found is None:
        raise NotFound(f"no customer {customer_id}")
    return found


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > MAX_REASON or not said.isprintable():
        raise BadValue("reason", reason[:80], f"1 to {MAX_REASON} printable characters")
    return said
