"""Writes of sales credit: the rule, and the rows of orders that are done or came back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.ledger.api import rulebook
from datong.orders.queries.credit import credit_lines_of, credit_rules
from datong.orders.rules.credit import split_credit, standing, stands
from datong.orders.types.credit import PLAIN, CreditLine, CreditPart, CreditRule, CreditShares
from datong.payments.api import refunds_of

PUT_RULE = """
    INSERT INTO orders_creditrule (brand_id, id, valid_from, selling, fulfilling, associate, by, reason)
    VALUES (%(brand)s, %(id)s, %(from)s, %(selling)s, %(fulfilling)s, %(associate)s, %(by)s, %(reason)s)
    ON CONFLICT (brand_id, id) DO NOTHING
"""


def put_credit_rule(
    brand: UUID, shares: CreditShares, valid_from: datetime, *, by: str, reason: str = "", id: UUID | None = None
) -> CreditRule:
    """Shares of orders placed from then on. Orders that were credited keep theirs. The same `id` again changes nothing.

    Raises BadValue when the shares do not come to 100, or the moment has passed.
    """
    if not shares.sums:
        parts = (shares.selling, shares.fulfilling, shares.associate)
        raise BadValue("selling", parts, "three shares of 0 or more that come to 100")
    if valid_from < clock.now().replace(second=0, microsecond=0):
        raise BadValue("valid_from", valid_from.isoformat(), "now or later: what is credited stays")
    rule = CreditRule(id or uuid7(), valid_from, shares, by, reason.strip()[:300])
    said = {"selling": shares.selling, "fulfilling": shares.fulfilling, "associate": shares.associate}
    with in_brand(brand):
        key = {"brand": brand, "id": rule.id, "from": valid_from, "by": by[:120], "reason": rule.reason}
        if execute(PUT_RULE, key | said):
            after: dict[str, Any] = {**said, "valid_from": valid_from}
            audit.record(
                brand=brand, actor=by, verb="credit.rule", subject="sales credit", after=after, reason=rule.reason
            )
    return rule


LOCK = """
    SELECT o.id, o.state, o.total_minor, o.currency, o.placed_at, o.referred_store_id, o.store_id, o.associate,
           o.fulfilment = 'till' FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) ORDER BY o.id FOR UPDATE
"""
SERVED = """
    SELECT a.order_id, a.store_id, sum(a.units::bigint * l.total_minor / greatest(l.units, 1))::bigint
      FROM orders_allocation a
      JOIN orders_line l ON l.brand_id = a.brand_id AND l.order_id = a.order_id AND l.line_no = a.line_no
     WHERE a.brand_id = %(brand)s AND a.order_id = ANY(%(orders)s::uuid[]) GROUP BY 1, 2
"""
WRITE = """
    INSERT INTO orders_credit (brand_id, id, order_id, role, store_id, associate, amount_minor, currency, day,
                               selling, fulfilling, of_associate, reverses)
    SELECT %(brand)s, * FROM unnest(
        %(id)s::uuid[], %(order_id)s::uuid[], %(role)s::text[], %(store_id)s::uuid[], %(associate)s::text[],
        %(amount_minor)s::bigint[], %(currency)s::text[], %(day)s::date[], %(selling)s::smallint[],
        %(fulfilling)s::smallint[], %(of_associate)s::smallint[], %(reverses)s::uuid[])
"""


def credit_orders(order_ids: Iterable[UUID], *, brand: UUID) -> int:
    """Bring the credit of these orders in step with what they came to: done less given back; how many rows it took.

    Six statements whatever their number. Reads what is so now, so twice is once. An order keeps the shares by which it
    was credited first.
    """
    wanted = sorted(set(order_ids))
    if not wanted:
        return 0
    with in_brand(brand):
        key = {"brand": brand, "orders": wanted}
        orders = rows(LOCK, key)
        back: dict[UUID, int] = {}
        for refund in refunds_of(brand, wanted):
            back[refund.order_id] = back.get(refund.order_id, 0) + refund.amount_minor
        served: dict[UUID, dict[UUID, int]] = {}
        for order_id, store, worth in rows(SERVED, key):
            served.setdefault(order_id, {})[store] = worth
        known = credit_lines_of(brand, wanted)
        rules = credit_rules(brand)
        book, now = rulebook(brand), clock.now()
        made: list[CreditLine] = []
        for order_id, state, total, currency, placed, referred, store, associate, at_till in orders:
            lines = known.get(order_id, [])
            net = max(0, total - back.get(order_id, 0)) if state == "completed" else 0
            if stands(lines, net):
                continue
            shares = lines[0].shares if lines else shares_at(rules, placed)
            selling = referred or (store if at_till else None)
            day = book.business_date(now, selling or store)
            parts = split_credit(
                net, shares, selling=selling, served=served.get(order_id) or ({store: 1} if store else {}),
                associate=associate,
            )  # fmt: skip
            made += [
                CreditLine(uuid7(), order_id, old.role, old.store_id, old.associate, -old.amount_minor, currency, day,
                           shares, old.id)
                for old in standing(lines)
            ]  # fmt: skip
            made += [_line(part, order_id, currency, day, shares) for part in parts]
        if made:
            execute(WRITE, {"brand": brand, **_columns(made)})
        return len(made)


def shares_at(rules: Collection[CreditRule], at: datetime) -> CreditShares:
    """The shares of an order placed then; `rules` with the latest first."""
    return next((rule.shares for rule in rules if rule.valid_from <= at), PLAIN)


def _line(part: CreditPart, order_id: UUID, currency: str, day: Any, shares: CreditShares) -> CreditLine:
    return CreditLine(
        uuid7(), order_id, part.role, part.store_id, part.associate, part.amount_minor, currency, day, shares
    )


def _columns(lines: list[CreditLine]) -> dict[str, list[Any]]:
    plain = ("id", "order_id", "store_id", "associate", "amount_minor", "currency", "day", "reverses")
    columns: dict[str, list[Any]] = {name: [getattr(line, name) for line in lines] for name in plain}
    columns["role"] = [line.role.value for line in lines]
    columns["selling"] = [line.shares.selling for line in lines]
    columns["fulfilling"] = [line.shares.fulfilling for line in lines]
    columns["of_associate"] = [line.shares.associate for line in lines]
    return columns
