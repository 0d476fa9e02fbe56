"""The one door for a new price, whoever asks for it: a person, a file, a program. See ADR 28.

A first price is written at once. One that changes what holds is a price change (调价单) of its own lines, submitted to
the approvals: carried out now when the asker's limit covers what it comes to, else it waits for a second person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from datong.access import api as access
from datong.access.types import Asker, Machine
from datong.catalog import rules
from datong.catalog.actions.common import DEFAULT, chunks, refuse, stamp
from datong.catalog.actions.price_changes import keep_change, keep_lines, lock_change, pages, submit_change
from datong.catalog.actions.prices import lists_of, put_prices
from datong.catalog.queries import items_by_sku
from datong.catalog.queries.new_prices import Reckoned, change_marked, reckon_new
from datong.catalog.queries.price_changes import get_change
from datong.catalog.rules import changes as reckon
from datong.catalog.types import ChangeLine, ChangeState, Flag, Formula, NewPrice, Price, PriceChange, Wanted
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7


def change_price(
    brand_id: UUID,
    sku: str,
    amount_minor: int,
    valid_from: datetime | None,
    *,
    by: Asker,
    reason: str,
    price_list: str = DEFAULT,
) -> PriceChange:
    """Ask that an item costs so much from `valid_from` on (None: from now), at every door that sells by the list.

    The answer's state says whether it holds (DONE) or waits. Raises BadInput for a moment that is past (sold is sold),
    an unknown list, or no reason; NotFound for an unknown SKU; NotAllowed when the asker may not even ask.
    """
    now = clock.now()
    rules.check_prices([Price(sku, amount_minor, valid_from or now, None, price_list)])
    if valid_from is not None and valid_from < now:
        raise BadValue("valid_from", valid_from.isoformat(), "now or later: what was sold keeps its price")
    if not reason.strip():
        raise BadValue("reason", reason, "why the price changes")
    with in_brand(brand_id):
        stamp(brand_id, "prices")
        if price_list not in lists_of(brand_id):
            raise BadValue("price_list", price_list, "a price list of the brand")
        if sku not in items_by_sku(brand_id, [sku]):
            raise NotFound(f"no item {sku}")
        found = reckon_new(brand_id, [NewPrice(sku, amount_minor, valid_from, None, price_list)], now)
        return _ask(brand_id, found, by, reason, now)


def change_prices(brand_id: UUID, asked: Sequence[NewPrice], *, by: Asker, reason: str) -> PriceChange | None:
    """Ask for many prices, each of its own list and dates: first prices are written, the others are one change.

    None when there were first prices only. The same asker asks for the same over the same prices once while it waits;
    a program is not asked to repeat what was refused either. Raises BadInput naming each value as `prices/N/field`.
    """
    with in_brand(brand_id):
        stamp(brand_id, "prices")
        now = clock.now()
        found = [one for part in chunks(asked) for one in _reckon(brand_id, part, now)]
        changed = _write_first(brand_id, found, by, reason, now)
        return _ask(brand_id, changed, by, reason, now) if changed else None


def gather_prices(
    brand_id: UUID, mark: UUID, asked: Sequence[NewPrice], *, by: Asker, reason: str, at: datetime
) -> int:
    """As `change_prices`, for what comes in parts: the changes are added to the draft under `mark`, to be submitted by
    `submit_change` when the last part is in. First prices without a beginning begin `at`. How many are changes.
    """
    with in_brand(brand_id):
        stamp(brand_id, "prices")
        now = clock.now()
        changed = _write_first(brand_id, _reckon(brand_id, asked, now), by, reason, at)
        if changed:
            change_id = change_marked(brand_id, mark) or _draft(brand_id, changed, by, reason, now, mark)
            _add(brand_id, change_id, changed)
        return len(changed)


def _reckon(brand_id: UUID, asked: Sequence[NewPrice], now: datetime) -> list[Reckoned]:
    rules.check_prices([Price(p.sku, p.amount_minor, p.begins or now, p.ends, p.price_list) for p in asked])
    lists = lists_of(brand_id)
    known = items_by_sku(brand_id, {one.sku for one in asked})
    refuse("prices", [(i, "price_list", p.price_list) for i, p in enumerate(asked) if p.price_list not in lists])
    refuse("prices", [(i, "sku", p.sku) for i, p in enumerate(asked) if p.sku not in known])
    return reckon_new(brand_id, asked, now)


def _write_first(brand_id: UUID, found: Sequence[Reckoned], by: Asker, reason: str, at: datetime) -> list[Reckoned]:
    """Write the first prices; the others."""
    first = [one.asked for one in found if one.first]
    if first:
        prices = [Price(p.sku, p.amount_minor, p.begins or at, p.ends, p.price_list) for p in first]
        put_prices(brand_id, prices, by=by.username, reason=reason)
    return [one for one in found if not one.first]


def _ask(brand_id: UUID, found: Sequence[Reckoned], by: Asker, reason: str, now: datetime) -> PriceChange:
    mark = _mark(found, by)
    known = change_marked(brand_id, mark)
    if known is not None:
        change = get_change(brand_id, known)
        again = isinstance(by, Machine) and change.state is ChangeState.REFUSED
        if change.state is ChangeState.WAITING or again:
            return change
    change_id = _draft(brand_id, found, by, reason, now, mark)
    _add(brand_id, change_id, found)
    return submit_change(brand_id, change_id, by=by, reason=reason)


def _mark(found: Sequence[Reckoned], by: Asker) -> UUID:
    """The same wish of the same asker over the same standing prices."""
    said = [
        [one.asked.sku, one.asked.price_list, one.asked.amount_minor, one.asked.begins, one.asked.ends,
         one.line.before_minor, one.since]
        for one in found
    ]  # fmt: skip
    return UUID(bytes=sha256(msgspec.json.encode([by.user_id, said])).digest()[:16])


def _draft(
    brand_id: UUID,
    found: Sequence[Reckoned],
    by: Asker,
    reason: str,
    now: datetime,
    mark: UUID | None,
    *,
    undoes: UUID | None = None,
) -> UUID:
    """An empty draft for prices that were asked for; its list and dates are those that all of them share."""
    lists, begins, ends = ({getattr(one.asked, name) for one in found} for name in ("price_list", "begins", "ends"))
    several = len(lists) > 1
    wanted = Wanted(
        "" if several else lists.pop(),
        Formula.GIVEN,
        skus=tuple(one.asked.sku for one in found[:100]),
        begins=begins.pop() if len(begins) == 1 else None,
        ends=ends.pop() if len(ends) == 1 else None,
        several=several,
    )
    currency = lists_of(brand_id)[wanted.price_list]
    change_id = uuid7()
    keep_change(
        brand_id, change_id, wanted, currency=currency, by=by.username, reason=reason, at=now, mark=mark, undoes=undoes
    )
    return change_id


ADD = """
    UPDATE catalog_pricechange
       SET count = count + %(count)s, below_cost = below_cost + %(below)s, big_jumps = big_jumps + %(jumps)s,
           worth_minor = worth_minor + %(worth)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'draft'
    RETURNING count
"""


def _add(brand_id: UUID, change_id: UUID, found: Sequence[Reckoned]) -> None:
    """Lines to a draft, and what they come to."""
    lines = [one.line for one in found]
    given = {
        "brand": brand_id,
        "id": change_id,
        "count": len(lines),
        "below": sum(Flag.BELOW_COST in line.flags for line in lines),
        "jumps": sum(Flag.BIG_JUMP in line.flags for line in lines),
        "worth": min(sum(one.worth_minor for one in found), reckon.MAX_WORTH_MINOR),
    }
    ((count,),) = rows(ADD, given)
    numbered = [replace(line, number=count - len(lines) + n) for n, line in enumerate(lines, 1)]
    keep_lines(brand_id, change_id, numbered)


DROP = "UPDATE catalog_pricechange SET state = 'refused' WHERE brand_id = %(brand)s AND id = %(id)s"


def drop_change(brand_id: UUID, change_id: UUID, *, by: Asker, note: str) -> bool:
    """Give up a change that was not carried out, with its request; False when its prices hold already. Once."""
    with in_brand(brand_id):
        asked = get_change(brand_id, change_id).approval_id
        if asked:  # first, as a decision takes the request before the prices
            access.void(asked, brand=brand_id, by=by, note=note)
        if lock_change(brand_id, change_id) in (ChangeState.DONE, ChangeState.UNDONE):
            return False
        execute(DROP, {"brand": brand_id, "id": change_id})
    return True


def undo_change(brand_id: UUID, change_id: UUID, *, by: Asker, reason: str) -> PriceChange:
    """Ask for what held before: a change of its own with new dated rows, approved like any other. Nothing is deleted.

    Prices that were new, have ended or have changed again since, are left as they are. Raises Conflict for a change
    that is not done or whose prices have all moved on.
    """
    with in_brand(brand_id):
        state, now = lock_change(brand_id, change_id), clock.now()
        if state != ChangeState.DONE:
            raise Conflict("only a change that was carried out can be undone")
        back: list[Reckoned] = []
        new = ended = 0
        for lines in pages(brand_id, change_id):
            new += sum(line.before_minor is None for line in lines)
            ended += sum(line.ends is not None and line.ends <= now for line in lines)
            back += _back(brand_id, lines, now)
        if not back and ended:
            raise Conflict("the change has ended by itself: the prices before it hold again")
        if not back and new:
            raise Conflict("these products had no price before; change or end their prices one by one")
        if not back:
            raise Conflict("every price of this change has changed again since")
        undoing = _draft(brand_id, back, by, reason, now, None, undoes=change_id)
        _add(brand_id, undoing, back)
        return submit_change(brand_id, undoing, by=by, reason=reason)


def _back(brand_id: UUID, lines: Sequence[ChangeLine], now: datetime) -> list[Reckoned]:
    """What held before these lines, for those that still hold."""
    after = {}
    asked = []
    for line in lines:
        if line.before_minor is not None and not (line.ends and line.ends <= now):
            begins = line.begins if line.begins and line.begins > now else None
            asked.append(NewPrice(line.sku, line.before_minor, begins, line.ends, line.price_list))
            after[line.price_list, line.sku, begins] = line.after_minor
    found = reckon_new(brand_id, asked, now)
    return [
        one for one in found if one.line.before_minor == after[one.asked.price_list, one.asked.sku, one.asked.begins]
    ]
