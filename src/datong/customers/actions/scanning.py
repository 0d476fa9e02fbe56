"""What a scanned code says: whose card it is, and whether it may pay. Guessing is counted and stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from datong.customers.rules.cards import code_at, is_fresh, of_other_brand, read_code, step_of, step_shown
from datong.customers.types.cards import CardState, CardUnknown, CardUse, CodeMark, Member, Shown, refused
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import DatongError
from datong.kernel.secrets import unseal
from datong.kernel.tries import check_tries, miss

WITHIN = timedelta(minutes=10)
MOST_MISSES = 30
"""Wrong codes in ten minutes, of one asker or for one card: with eight digits and three that are good, one guess in a
million hours."""

FIND = """
    SELECT c.id, c.customer_id, coalesce(p.head_id, p.id), p.name, c.state, k.id, k.secret, k.last_step, k.ended_at,
           c.expires_at
      FROM customers_card c
      JOIN customers_customer p ON p.brand_id = c.brand_id AND p.id = c.customer_id
      LEFT JOIN customers_cardkey k ON k.brand_id = c.brand_id AND k.card_id = c.id AND k.no = %(no)s
     WHERE c.brand_id = %(brand)s AND c.number = %(number)s
"""


def scan(text: str, *, brand: UUID, asker: str, use: CardUse = CardUse.IDENTIFY, at: datetime | None = None) -> Member:
    """Whose card was shown. `asker` names the till, key or person that asks: its wrong codes are counted.

    To identify, a number or a code of the last ten minutes does; to pay, it must be a code of this moment that has not
    paid. `at`: when it was shown, for a till that was without network.

    Raises BadValue for what is no code, CardUnknown, CardRefused (code_expired, code_used, code_needed,
    card_frozen, card_replaced, card_expired, card_other_brand) and TooManyTries. It marks nothing as used: `use_code`
    does.
    """
    shown = read_code(text)
    keys = (f"scan {asker}"[:120], f"card {shown.number}"[:120])
    check_tries(brand, *keys, most=MOST_MISSES, within=WITHIN)
    try:
        return _member(shown, brand, use, at or clock.now())
    except CardUnknown:
        miss(brand, *keys, within=WITHIN)
        raise


def _member(shown: Shown, brand: UUID, use: CardUse, at: datetime) -> Member:
    if of_other_brand(shown.number, brand):
        raise refused("card_other_brand", shown.number)
    with in_brand(brand):
        found = rows(FIND, {"brand": brand, "number": shown.number, "no": shown.key_no})
    if not found:
        raise CardUnknown("no card has this number")
    ((card_id, customer_id, head_id, name, state, key_id, sealed, last_step, ended_at, expires_at),) = found
    if expires_at is not None and expires_at <= clock.now():
        state = "expired"
    if not shown.code:
        _check_state(state, shown.number)
        if use is CardUse.PAY:
            raise refused("code_needed", shown.number)
        return Member(card_id, shown.number, customer_id, head_id, name)
    now = step_of(at.timestamp())
    step = None if key_id is None else step_shown(unseal(sealed), shown.code, now)
    if key_id is None or step is None:
        raise _older(key_id, sealed, shown, now)
    _check_state(state, shown.number)
    if ended_at is not None:
        raise refused("code_expired", shown.number)
    if use is CardUse.PAY and not is_fresh(step, now):
        raise refused("code_expired", shown.number)
    if use is CardUse.PAY and step <= last_step:
        raise refused("code_used", shown.number)
    return Member(card_id, shown.number, customer_id, head_id, name, CodeMark(key_id, step), is_fresh(step, now))


OLD_STEPS = 2 * 60 * 2
"""Two hours: a code that was right then is told to be too old, not unknown; a screenshot is mostly younger."""


def _older(key_id: UUID | None, sealed: bytes, shown: Shown, now: int) -> DatongError:
    if key_id is not None:
        secret = unseal(sealed)
        if any(code_at(secret, step) == shown.code for step in range(now - OLD_STEPS, now)):
            return refused("code_expired", shown.number)
    return CardUnknown("this code is none of the card's")


def _check_state(state: str, number: str) -> None:
    if state != CardState.ACTIVE:
        raise refused(f"card_{state}", number)


USE = """
    UPDATE customers_cardkey k SET last_step = %(step)s
      FROM customers_card c
     WHERE k.brand_id = %(brand)s AND k.id = %(key)s AND k.last_step < %(step)s AND k.ended_at IS NULL
       AND c.brand_id = k.brand_id AND c.id = k.card_id AND c.state = 'active'
       AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
    RETURNING k.id
"""


def use_code(member: Member, *, brand: UUID) -> None:
    """Let the code pay: once, in the transaction of what it pays; older codes of the phone pay no more either.

    Raises CardRefused `code_used` when another till was first.
    """
    if member.mark is None:
        raise refused("code_needed", member.number)
    with in_brand(brand):
        if not execute(USE, {"brand": brand, "key": member.mark.key_id, "step": member.mark.step, "now": clock.now()}):
            raise refused("code_used", member.number)
