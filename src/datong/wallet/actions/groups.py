"""Buying together (拼团): start, join, complete with vouchers for all, or give all their money back."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from datong.brand.api import get_brand
from datong.customers.api import records_of
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.ledger.api import post, rulebook
from datong.wallet import rules
from datong.wallet.actions.vouchers.issue import make_vouchers
from datong.wallet.queries.groups import get_group, group_deal
from datong.wallet.queries.vouchers import offer
from datong.wallet.rules.groups import check_group_deal, paid, sold
from datong.wallet.types.groups import Group, GroupDeal, GroupRefused, GroupState, GroupUnknown

_METHOD = re.compile(r"[a-z0-9:_-]{1,40}")
MAX_KEY = 200

PUT = """
    INSERT INTO wallet_groupdeal (brand_id, id, offer, title, people, hours, price_minor, active, ends_at)
    VALUES (%(brand)s, %(id)s, %(offer)s, %(title)s, %(people)s, %(hours)s, %(price)s, %(active)s, %(ends)s)
    ON CONFLICT (brand_id, id) DO UPDATE SET title = excluded.title, people = excluded.people, hours = excluded.hours,
        price_minor = excluded.price_minor, active = excluded.active, ends_at = excluded.ends_at, offer = excluded.offer
"""


def put_group_deal(deal: GroupDeal, *, brand: UUID, by: str) -> GroupDeal:
    """Say what is bought together, or change it; groups that are open keep their people, time and price.

    Raises BadInput naming every field that cannot be, NotFound for no such offer of vouchers.
    """
    check_group_deal(deal)
    with in_brand(brand):
        offer(brand, deal.offer)
        key = {"brand": brand, "id": deal.id, "offer": deal.offer, "title": deal.title.strip(), "people": deal.people}
        execute(PUT, {**key, "hours": deal.hours, "price": deal.price_minor, "active": deal.active,
                      "ends": deal.ends_at})  # fmt: skip
        after = {"offer": deal.offer, "people": deal.people, "hours": deal.hours, "price_minor": deal.price_minor}
        audit.record(brand=brand, actor=by, verb="group.put_deal", subject=f"group deal {deal.id}",
                     after={**after, "active": deal.active})  # fmt: skip
        return group_deal(brand, deal.id)


START = """
    INSERT INTO wallet_group (brand_id, id, deal_id, people, price_minor, currency, state, joined, started_at, ends_at)
    VALUES (%(brand)s, %(id)s, %(deal)s, %(people)s, %(price)s, %(currency)s, 'open', 0, %(now)s, %(ends)s)
"""


def start_group(
    deal_id: UUID, *, customer_id: UUID, key: str, method: str, brand: UUID, by: str, ref: str = ""
) -> Group:
    """Open a group and be its first member, who has paid (`method`: the account after "asset:", as cash or
    provider:web; `ref` of the provider). The same key again is the same group. Raises as `join_group` does."""

    def work() -> str:
        deal, now = group_deal(brand, deal_id), clock.now()
        if not deal.active or (deal.ends_at and deal.ends_at <= now):
            raise GroupRefused("not_in_force", field="deal_id", value=str(deal_id))
        group_id, ends = uuid7(), now + timedelta(hours=deal.hours)
        given = {"brand": brand, "id": group_id, "deal": deal.id, "people": deal.people, "price": deal.price_minor}
        given |= {"currency": get_brand(brand).currency, "now": now}
        execute(START, {**given, "ends": min(ends, deal.ends_at) if deal.ends_at else ends})
        join_group(group_id, customer_id=customer_id, key=f"start {key}", method=method, brand=brand, by=by, ref=ref)
        return str(group_id)

    with in_brand(brand):
        return get_group(brand, UUID(once("wallet.group", key, [deal_id, customer_id, method], work)))


LOCK = "SELECT state, joined, people, ends_at FROM wallet_group WHERE brand_id = %s AND id = %s FOR UPDATE"
JOIN = """
    INSERT INTO wallet_groupmember (brand_id, id, group_id, customer_id, key, method, ref, at)
    VALUES (%(brand)s, %(id)s, %(group)s, %(customer)s, %(key)s, %(method)s, %(ref)s, %(now)s)
    ON CONFLICT DO NOTHING RETURNING id
"""
COUNT = "UPDATE wallet_group SET joined = joined + 1 WHERE brand_id = %s AND id = %s"


def join_group(
    group_id: UUID, *, customer_id: UUID, key: str, method: str, brand: UUID, by: str, ref: str = ""
) -> Group:
    """Take a place in a group with what was paid; who takes the last one completes it, and all get their vouchers.

    The same key again is the same. Of many at once as many get in as there are places. Raises GroupRefused (`full`,
    `over`, `joined`), GroupUnknown, NotFound for no such customer, Conflict for a key of another.
    """
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise BadValue("Idempotency-Key", key[:80], f"1 to {MAX_KEY} printable characters")
    if not _METHOD.fullmatch(method):
        raise BadValue("method", method[:40], "where it was paid, such as cash or provider:web")
    with in_brand(brand):
        if known := _known(key, brand):
            return _same(known, customer_id, group_id, brand)
        if not records_of(brand, [customer_id]):
            raise NotFound(f"no customer {customer_id}")
        found = rows(LOCK, [brand, group_id])
        if not found:
            raise GroupUnknown(f"no group {group_id}")
        if known := _known(key, brand):  # it came while we waited for the group
            return _same(known, customer_id, group_id, brand)
        state, joined, people, ends = found[0]
        now = clock.now()
        if state == GroupState.DONE or joined >= people:
            raise GroupRefused("full", value=str(group_id))
        if state != GroupState.OPEN or ends <= now:
            raise GroupRefused("over", value=str(group_id))
        member = uuid7()
        given = {"brand": brand, "id": member, "group": group_id, "customer": customer_id, "key": key}
        if not rows(JOIN, {**given, "method": method, "ref": ref[:200], "now": now}):
            raise GroupRefused("joined", field="customer_id", value=str(customer_id))
        execute(COUNT, [brand, group_id])
        group = get_group(brand, group_id)
        book = rulebook(brand)
        day = book.business_date(now)
        money = paid(method, group.price_minor, group.currency, member, book=book, day=day)
        post([money], brand=brand, late=True)
        audit.record(brand=brand, actor=by, verb="group.join", subject=f"group {group_id}",
                     after={"customer": str(customer_id), "price_minor": group.price_minor})  # fmt: skip
        return _complete(group, brand, by) if group.joined == group.people else group


KNOWN = "SELECT group_id, customer_id FROM wallet_groupmember WHERE brand_id = %s AND key = %s"


def _known(key: str, brand: UUID) -> tuple[UUID, UUID] | None:
    found = rows(KNOWN, [brand, key])
    return (found[0][0], found[0][1]) if found else None


def _same(known: tuple[UUID, UUID], customer_id: UUID, group_id: UUID, brand: UUID) -> Group:
    if known != (group_id, customer_id):
        raise Conflict("this key was used by another member", Problem("Idempotency-Key", "key_used", "a new key"))
    return get_group(brand, known[0])


END = "UPDATE wallet_group SET state = %s, ended_at = %s WHERE brand_id = %s AND id = %s"
HAS = "UPDATE wallet_groupmember SET voucher_id = %s WHERE brand_id = %s AND id = %s"


def _complete(group: Group, brand: UUID, by: str) -> Group:
    """Everybody gets a voucher for what they paid; it is valid from now."""
    found = replace(offer(brand, group.offer), price_minor=group.price_minor)
    now, moves = clock.now(), []
    book = rulebook(brand)
    day = book.business_date(now)
    for member in group.members:
        code = rules.make_code(brand, secrets.randbits(65))
        (voucher,) = make_vouchers(found, 1, brand=brand, ids=[uuid7()], customer_id=member.customer_id, codes=[code])
        execute(HAS, [voucher.id, brand, member.id])
        moves.append(sold(group.price_minor, group.currency, member.id, group.offer, book=book, day=day))
    post(moves, brand=brand, late=True)
    execute(END, [GroupState.DONE.value, now, brand, group.id])
    audit.record(brand=brand, actor=by, verb="group.complete", subject=f"group {group.id}",
                 after={"vouchers": len(group.members), "offer": group.offer})  # fmt: skip
    return get_group(brand, group.id)


DUE = """
    SELECT id FROM wallet_group WHERE brand_id = %s AND state = 'open' AND ends_at <= %s
     ORDER BY ends_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
BACK = "UPDATE wallet_groupmember SET back_at = %s WHERE brand_id = %s AND group_id = %s AND back_at IS NULL"


def end_groups(brand: UUID, *, limit: int = 50) -> int:
    """Groups whose time is over and that are not complete: everybody's money goes back to where it was paid. How many.

    Each in a transaction of its own; a place that is taken at the same moment is in before or refused.
    """
    ended = 0
    for _ in range(limit):
        with in_brand(brand):
            now = clock.now()
            due = rows(DUE, [brand, now, 1])
            if not due:
                return ended
            group = get_group(brand, due[0][0])
            book = rulebook(brand)
            day = book.business_date(now)
            back = [paid(m.method, group.price_minor, group.currency, m.id, book=book, day=day, back=True)
                    for m in group.members]  # fmt: skip
            post(back, brand=brand, late=True)
            execute(BACK, [now, brand, group.id])
            execute(END, [GroupState.FAILED.value, now, brand, group.id])
            audit.record(brand=brand, actor="wallet", verb="group.end", subject=f"group {group.id}",
                         after={"members": len(group.members), "back_minor": group.price_minor})  # fmt: skip
            ended += 1
    return ended
