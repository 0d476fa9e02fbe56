"""Credit lines: how far below zero a purse may go."""

from __future__ import annotations

from uuid import UUID

from datong.kernel import audit
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue, Conflict, Problem
from datong.ledger import rules
from datong.ledger.actions.purses import take_purses
from datong.ledger.types import Account, is_purse

SET_FLOOR = """
    UPDATE ledger_balance SET floor_minor = %(floor)s WHERE brand_id = %(brand)s AND account_id = %(id)s
"""


def set_floor(brand_id: UUID, account: Account, floor_minor: int, *, by: str, reason: str) -> None:
    """Say how far below zero a purse account may go: 0, or a credit line as a negative number. Three statements.

    Raises BadValue for another account or a floor above zero, Conflict `floor_above_balance` when the purse stands
    below it already. Writes the audit trail.
    """
    if not is_purse(account):
        raise BadValue("account", account.code, "an account of a purse")
    if type(floor_minor) is not int or not -rules.MAX_TURNOVER <= floor_minor <= 0:
        raise BadValue("floor_minor", floor_minor, "0, or a credit line as a negative whole number")
    id = rules.account_id(brand_id, account)
    with in_brand(brand_id):
        standing = take_purses({account: id}, brand_id)[account]
        lowest = standing.free + standing.floor
        if floor_minor > lowest:
            problem = Problem("floor_minor", "floor_above_balance", f"at most {lowest}", floor_minor)
            raise Conflict(f"{account.code} stands at {lowest}", problem)
        if floor_minor == standing.floor:
            return
        execute(SET_FLOOR, {"brand": brand_id, "id": id, "floor": floor_minor})
        audit.record(
            brand=brand_id,
            actor=by,
            verb="purse.floor",
            subject=f"account {account.code}",
            before={"floor_minor": standing.floor, "currency": account.currency},
            after={"floor_minor": floor_minor, "currency": account.currency},
            reason=reason,
        )
