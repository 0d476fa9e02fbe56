"""What couriers' phones tell is taken once each, whatever the order and however late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from datong.fulfilment.actions.couriers import set_duty
from datong.fulfilment.actions.dispatch import lock_delivery, take_delivery
from datong.fulfilment.actions.positions import forget_when_done
from datong.fulfilment.actions.tasks import advance
from datong.fulfilment.events import CashCollected, DeliveryFailed
from datong.fulfilment.rules.acts import Given, is_the_bag, read_failure, read_given
from datong.fulfilment.rules.photos import redrawn
from datong.fulfilment.types import Courier, Delivery, Outcome, Proof, TaskState
from datong.fulfilment.types.acts import MAX_ACTS, Act, ActKind, ActTold
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound, Problem, TooManyTries
from datong.kernel.tries import check_tries, miss

MOST_CODES, WITHIN = 5, timedelta(minutes=10)
KEEP = """
    INSERT INTO fulfilment_act (brand_id, id, courier_id, task_id, kind, mark, at, received_at, taken)
    VALUES (%(brand)s, %(id)s, %(courier)s, %(task)s, %(kind)s, %(mark)s, %(at)s, %(now)s, true)
    ON CONFLICT (brand_id, id) DO NOTHING RETURNING id
"""
KEPT = "SELECT courier_id, mark, taken, problem::text FROM fulfilment_act WHERE brand_id = %(brand)s AND id = %(id)s"
REFUSE = """
    UPDATE fulfilment_act SET taken = false, problem = %(problem)s::jsonb WHERE brand_id = %(brand)s AND id = %(id)s
"""


def take_acts(acts: Sequence[Act], courier: Courier, *, brand: UUID, sent_at: datetime) -> list[ActTold]:
    """Carry out what a phone tells, each act once by its id, each in a transaction of its own; the answers in order.

    The same id with another content is refused. What cannot follow any more is refused for good, with the reason, and
    changes nothing. Times are moved by how far the phone's clock is off and are never in the future.
    """
    if len(acts) > MAX_ACTS:
        raise BadValue("acts", len(acts), f"at most {MAX_ACTS} at once")
    off = clock.now() - sent_at
    told = []
    for act in acts:
        moved = replace(act, at=min(act.at + off, clock.now()))
        told.append(_take(moved, courier, brand))
    return told


def _take(act: Act, courier: Courier, brand: UUID) -> ActTold:
    mark = sha256(msgspec.json.encode([act.kind, act.task_id, dict(act.body)], order="deterministic")).digest()
    key = {"brand": brand, "id": act.id}
    with in_brand(brand):
        keep = {**key, "courier": courier.id, "task": act.task_id, "kind": act.kind.value, "mark": mark, "at": act.at,
                "now": clock.now()}  # fmt: skip
        if not rows(KEEP, keep):
            return _repeat(act.id, courier, mark, rows(KEPT, key)[0])
        try:
            with savepoint():
                _DO[act.kind](act, courier, brand)
        except (BadInput, Conflict, NotFound, TooManyTries) as error:
            problem = _problem(error)
            if problem.code == "wrong_code":
                miss(brand, f"deliver {act.task_id}", within=WITHIN)
            execute(REFUSE, {**key, "problem": msgspec.json.encode(problem).decode()})
            return ActTold(act.id, False, False, problem)
    return ActTold(act.id, True, False)


def _repeat(id_: UUID, courier: Courier, mark: bytes, kept: tuple[Any, ...]) -> ActTold:
    whose, first, taken, problem = kept
    if whose != courier.id or bytes(first) != mark:
        return ActTold(id_, False, True, Problem("id", "key_used", "a new id for a new act", str(id_)))
    return ActTold(id_, taken, True, msgspec.json.decode(problem, type=Problem) if problem else None)


def _problem(error: DatongError) -> Problem:
    if error.problems:
        return error.problems[0]
    return Problem("task_id", error.code, str(error)[:200], None)


def _mine(act: Act, courier: Courier, brand: UUID) -> Delivery:
    """The delivery of an act, locked, when it is this courier's."""
    if act.task_id is None:
        raise BadValue("task_id", "", "the delivery it is about")
    each = lock_delivery(act.task_id, brand)
    if each.courier_id != courier.id:
        raise Conflict("somebody else has this delivery now")
    return each


def _take_one(act: Act, courier: Courier, brand: UUID) -> None:
    if act.task_id is None:
        raise BadValue("task_id", "", "the delivery it is about")
    take_delivery(act.task_id, courier, brand=brand)


PICKED = """
    UPDATE fulfilment_delivery SET picked_at = coalesce(picked_at, %(at)s), outcome = '', again_at = NULL
     WHERE brand_id = %(brand)s AND task_id = %(task)s
"""


def _picked_up(act: Act, courier: Courier, brand: UUID) -> None:
    each = _mine(act, courier, brand)
    if not is_the_bag(str(act.body.get("scan", "")), each.note):
        raise BadValue("scan", str(act.body.get("scan", ""))[:40], "the code on this order's bag", code="other_bag")
    advance([each.note.task_id], TaskState.HANDED_OVER, brand=brand, by=courier.name, carrier=courier.name[:60])
    execute(PICKED, {"brand": brand, "task": each.note.task_id, "at": act.at})


DELIVERED = """
    UPDATE fulfilment_delivery SET delivered_at = %(at)s, proof = %(proof)s, signed_by = %(name)s, outcome = '',
           cash_minor = %(cash)s, attempts = attempts + 1, again_at = NULL
     WHERE brand_id = %(brand)s AND task_id = %(task)s
"""
PHOTO = """
    INSERT INTO fulfilment_photo (brand_id, task_id, kind, image, at)
    VALUES (%(brand)s, %(task)s, %(kind)s, %(image)s, %(now)s) ON CONFLICT DO NOTHING
"""


def _delivered(act: Act, courier: Courier, brand: UUID) -> None:
    each, given = _mine(act, courier, brand), read_given(act.body)
    note, key = each.note, {"brand": brand, "task": each.note.task_id}
    if note.state is TaskState.DONE:
        raise Conflict("it was delivered already")
    _check(each, given, brand)
    advance([note.task_id], TaskState.DONE, brand=brand, by=courier.name)
    said = {**key, "at": act.at, "proof": given.proof.value, "name": given.name, "cash": given.cash_minor}
    execute(DELIVERED, said)
    if given.photo:
        image = redrawn(given.photo)
        execute(PHOTO, {**key, "kind": given.proof.value, "image": image, "now": clock.now()})
    if given.cash_minor:
        cash = (given.cash_minor, note.currency, courier.id, act.at)
        outbox.emit(CashCollected(note.task_id, note.order_id, note.store_id, *cash))
    forget_when_done(courier.id, brand)


def _check(each: Delivery, given: Given, brand: UUID) -> None:
    if given.proof is Proof.CODE:
        check_tries(brand, f"deliver {each.note.task_id}", most=MOST_CODES, within=WITHIN)
        if not each.note.code or given.code != each.note.code:
            raise BadValue("code", given.code, "the code on the customer's order page", code="wrong_code")
    if given.cash_minor != each.note.due_minor:
        fix = f"{each.note.due_minor}: what is to be collected"
        raise BadValue("cash_minor", given.cash_minor, fix, code="not_paid")


FAILED = """
    UPDATE fulfilment_delivery SET attempts = attempts + 1, outcome = %(outcome)s::text, failure = %(failure)s,
           again_at = CASE WHEN %(outcome)s::text = 'again' THEN %(again)s::timestamptz END
     WHERE brand_id = %(brand)s AND task_id = %(task)s
"""
AGAIN = timedelta(minutes=30)


def _failed(act: Act, courier: Courier, brand: UUID) -> None:
    each = _mine(act, courier, brand)
    if each.note.state is not TaskState.HANDED_OVER or each.outcome is Outcome.RETURNING:
        raise Conflict("it is not on its way to the door")
    outcome, failure = read_failure(act.body, each.attempts + 1)
    key = {"brand": brand, "task": each.note.task_id, "outcome": outcome.value, "failure": failure[:300]}
    execute(FAILED, {**key, "again": clock.now() + AGAIN})
    outbox.emit(
        DeliveryFailed(each.note.task_id, each.note.order_id, each.note.store_id, courier.id, each.attempts + 1,
                       outcome.value, failure[:300], act.at)
    )  # fmt: skip
    forget_when_done(courier.id, brand)


RETURNED = "UPDATE fulfilment_delivery SET outcome = 'returned' WHERE brand_id = %(brand)s AND task_id = %(task)s"


def _returned(act: Act, courier: Courier, brand: UUID) -> None:
    each = _mine(act, courier, brand)
    if each.outcome is not Outcome.RETURNING:
        raise Conflict("it does not go back to the store")
    execute(RETURNED, {"brand": brand, "task": each.note.task_id})
    outbox.emit(
        DeliveryFailed(each.note.task_id, each.note.order_id, each.note.store_id, courier.id, each.attempts,
                       Outcome.RETURNED.value, each.failure, act.at)
    )  # fmt: skip


_DO: Mapping[ActKind, Callable[[Act, Courier, UUID], object]] = {
    ActKind.TAKE: _take_one,
    ActKind.PICKED_UP: _picked_up,
    ActKind.DELIVERED: _delivered,
    ActKind.FAILED: _failed,
    ActKind.RETURNED: _returned,
    ActKind.ON_DUTY: lambda act, courier, brand: set_duty(courier.id, True, brand=brand, by=courier.name),
    ActKind.OFF_DUTY: lambda act, courier, brand: set_duty(courier.id, False, brand=brand, by=courier.name),
}
