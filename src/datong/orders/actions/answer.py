"""What the customer says to units that a store cannot give; the default when nothing is said in time."""

from __future__ import annotations

import logging
from uuid import UUID

from datong.fulfilment.api import ENDED, lock_tasks
from datong.inventory.api import lessen, lock_for, reserve
from datong.inventory.types import Want
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound
from datong.orders.actions.cancel import cancel
from datong.orders.actions.notes import note, record
from datong.orders.actions.paid import lock
from datong.orders.actions.withdraw import leaving, withdraw
from datong.orders.queries.page import order_page
from datong.orders.queries.short import COLUMNS, question_of, questions_due
from datong.orders.types.short import ANSWERS, Answer, Question

log = logging.getLogger(__name__)

ORDER_OF = "SELECT order_id FROM orders_question WHERE brand_id = %(brand)s AND id = %(id)s"
READ = f"""
    SELECT {COLUMNS} FROM orders_question WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE
"""  # noqa: S608 - constants
ANSWERED = """
    UPDATE orders_question SET answer = %(answer)s, answered_by = %(who)s, answered_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def answer_short(question_id: UUID, answer: Answer, *, brand: UUID, who: str) -> Question:
    """Carry out what was decided for units that a store cannot give; the same answer again is the same answer.

    Without: the units leave the order and their money goes back. Substitute: the store holds it instead, at no extra
    cost. Cancel: the whole order, its money goes back. Raises Conflict when it was answered otherwise, the goods left,
    or the substitute is not there any more (then the question stays open).
    """
    if answer not in ANSWERS:
        raise BadValue("answer", answer, f"one of {', '.join(ANSWERS)}")
    with in_brand(brand):
        found = rows(ORDER_OF, {"brand": brand, "id": question_id})
        if not found:
            raise NotFound(f"no question {question_id}")
        order = lock([found[0][0]], brand)[found[0][0]]  # the order before its question, as whoever cancels it
        question = question_of(rows(READ, {"brand": brand, "id": question_id})[0])
        if question.answer is not None:
            if question.answer is answer:
                return question
            raise Conflict(f"this was answered already: {question.answer.value}")
        gone = order.state == "cancelled"
        if not gone:
            _carry_out(question, answer, brand, who)
            said = {"line": question.line_no, "units": question.units, "answer": answer.value}
            note([question.order_id], "short_answered", brand=brand, who=who, reason=question.reason, detail=said)
            record(brand, question.order_id, "order.short_answer", who=who, reason=question.reason, after=said)
        elif answer is not Answer.CANCEL:
            raise Conflict("the order was cancelled")
        return _close(question, answer, brand, who)


def _close(question: Question, answer: Answer, brand: UUID, who: str) -> Question:
    key = {"brand": brand, "id": question.id}
    execute(ANSWERED, {**key, "answer": answer.value, "who": who[:120], "now": clock.now()})
    return question_of(rows(READ, key)[0])


def _carry_out(question: Question, answer: Answer, brand: UUID, who: str) -> None:
    if answer is Answer.CANCEL:
        cancel(question.order_id, brand=brand, who=who, reason=f"not there: {question.title}"[:300])
        return
    if answer is Answer.SUBSTITUTE:
        _substitute(question, brand)
        return
    withdraw(
        question.order_id,
        units={question.line_no: question.units},
        reason=f"not there: {question.reason}"[:300],
        key=f"short {question.id}",
        brand=brand,
        who=who,
        at=question.store_id,
    )


SUBSTITUTE = "SELECT substitute_id FROM orders_question WHERE brand_id = %(brand)s AND id = %(id)s"


def _substitute(question: Question, brand: UUID) -> None:
    """The store holds the substitute for the order, and not what it does not have."""
    ((item,),) = rows(SUBSTITUTE, {"brand": brand, "id": question.id})
    if item is None:
        raise BadInput("the store proposed nothing instead")
    tasks = [task for task in lock_tasks([question.order_id], brand=brand) if task.store_id == question.store_id]
    if not tasks or tasks[-1].state in ENDED:
        raise Conflict("the goods have left the store already")
    order = order_page(brand, question.order_id)
    line = next(line for line in order.lines if line.line_no == question.line_no)
    out = {each: n * question.units for each, n in leaving(line).items()}
    # Both are locked at once, in order.
    lock_for([], [Want(order.id, question.store_id, {item: question.units, **out})], brand=brand)
    if reserve([Want(order.id, question.store_id, {item: question.units})], brand=brand).refused:
        raise Conflict("what the store proposed is not there any more")
    lessen(order.id, {(question.store_id, each): n for each, n in out.items()}, brand=brand)


def take_defaults(*, brand: UUID, limit: int = 200) -> int:
    """Questions nobody answered in time: the order goes without those units and their money goes back; how many.

    One that cannot be carried out any more (handed over, cancelled) is closed as gone, so that none is asked for ever.
    """
    done = 0
    for question in questions_due(brand, clock.now(), limit=limit):
        with in_brand(brand):
            try:
                with savepoint():
                    answer_short(question.id, Answer.WITHOUT, brand=brand, who="deadline")
            except (Conflict, BadInput) as error:
                _give_up(question, brand, error)
            done += 1
    return done


def _give_up(question: Question, brand: UUID, error: DatongError) -> None:
    log.warning("a question was left", extra={"question": str(question.id), "why": str(error)[:200]})
    lock([question.order_id], brand)
    now = question_of(rows(READ, {"brand": brand, "id": question.id})[0])
    if now.answer is None:
        _close(now, Answer.GONE, brand, "deadline")
