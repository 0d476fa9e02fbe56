"""What somebody at work does for a customer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from datong.customers.types import Touch, TouchKind
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

TOUCH = """
    INSERT INTO customers_touch (brand_id, id, customer_id, kind, text, by, at, due, done_at, done_by, doer)
    SELECT %(brand)s, %(id)s, c.id, %(kind)s, %(text)s, %(by)s, %(now)s, %(due)s::date, NULL, '', %(doer)s
      FROM customers_customer c WHERE c.brand_id = %(brand)s AND c.id = %(customer)s
    RETURNING id
"""
MAX_TEXT = 500


def add_touch(
    customer_id: UUID,
    kind: TouchKind,
    text: str,
    *,
    brand: UUID,
    by: str,
    due: date | None = None,
    doer: str = "",
) -> Touch:
    """Note what was done, offered or is to be done for a customer; a follow-up has its day, and may
    have somebody who is to do it.

    Raises BadValue naming the field, NotFound when the brand has no such customer.
    """
    said = " ".join(text.split())
    if not said or len(said) > MAX_TEXT or not said.isprintable():
        raise BadValue("text", text[:80], f"1 to {MAX_TEXT} printable characters")
    if (due is not None) != (kind is TouchKind.FOLLOW_UP):
        raise BadValue("due", str(due or ""), "a day for what is to be done, none for what is done")
    if doer and due is None or len(doer) > 120:
        raise BadValue("doer", doer[:80], "a username, for what is to be done only")
    made = Touch(uuid7(), customer_id, kind, said, by[:120], clock.now(), due, doer=doer)
    with in_brand(brand):
        key = {"brand": brand, "id": made.id, "customer": customer_id, "kind": kind.value, "text": said}
        if not rows(TOUCH, {**key, "by": made.by, "now": made.at, "due": due, "doer": doer}):
            raise NotFound(f"no customer {customer_id}")
    return made


FINISH = """
    UPDATE customers_touch SET done_at = %(now)s, done_by = %(by)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND customer_id = %(customer)s AND due IS NOT NULL AND done_at IS NULL
"""


def finish_touch(touch_id: UUID, customer_id: UUID, *, brand: UUID, by: str) -> bool:
    """A follow-up is done; False when it was, or is no such thing."""
    with in_brand(brand):
        key = {"brand": brand, "id": touch_id, "customer": customer_id, "by": by[:120], "now": clock.now()}
        return bool(execute(FINISH, key))
