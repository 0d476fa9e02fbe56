"""What a person decides about an order on the board, and the brand's sourcing rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel import audit, clock, locks, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.orders.events import OrderAssigned, RulesChanged
from datong.orders.models import SourcingRule
from datong.orders.sourcing.rulebook import load_rules, rule_fields, rule_of, settings_of
from datong.orders.sourcing.types import Rule

MAX_RULES = 50
MAX_SPLIT = 10
MAX_DISTANCE_M = 2_000_000

CLOSE = """
    WITH closed AS (
        UPDATE orders_finding SET closed_at = %(now)s, closed_by = %(who)s, resolution = %(resolution)s
         WHERE brand_id = %(brand)s AND id = %(finding)s AND closed_at IS NULL
        RETURNING order_id, kind
    ), counted AS (
        UPDATE orders_order o SET exceptions = exceptions - 1
          FROM closed WHERE o.brand_id = %(brand)s AND o.id = closed.order_id
    )
    INSERT INTO orders_event (brand_id, order_id, seq, kind, state, actor, reason, detail, at)
    SELECT %(brand)s, order_id, %(seq)s, 'finding_closed', '', %(who)s, %(resolution)s,
           jsonb_build_object('kind', kind), %(now)s FROM closed
    RETURNING order_id
"""


def close_finding(brand_id: UUID, finding_id: UUID, *, who: str, resolution: str) -> UUID:
    """A person has dealt with a finding and says how; its order. Closing it twice is NotFound."""
    if not resolution.strip():
        raise BadValue("resolution", resolution, "a few words on what was done")
    with in_brand(brand_id):
        key = {"brand": brand_id, "finding": finding_id, "who": who, "resolution": resolution[:300]}
        closed = rows(CLOSE, {**key, "now": clock.now(), "seq": uuid7()})
        if not closed:
            raise NotFound(f"no open finding {finding_id}")
        order_id: UUID = closed[0][0]
        subject = f"order {order_id}"
        audit.record(brand=brand_id, actor=who, verb="order.close_finding", subject=subject, reason=resolution)
        return order_id


APPROVE = """
    WITH approved AS (
        UPDATE orders_order o
           SET state = CASE WHEN EXISTS (SELECT 1 FROM orders_finding f
                                          WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND f.closed_at IS NULL
                                            AND f.kind IN ('stock_short', 'no_store', 'address_unknown'))
                             AND NOT EXISTS (SELECT 1 FROM orders_allocation a
                                              WHERE a.brand_id = o.brand_id AND a.order_id = o.id)
                            THEN 'backorder' ELSE 'assigned' END,
               exceptions = o.exceptions - (SELECT count(*) FROM orders_finding f
                                             WHERE f.brand_id = o.brand_id AND f.order_id = o.id
                                               AND f.closed_at IS NULL AND f.kind = 'risk_review')
         WHERE o.brand_id = %(brand)s AND o.id = %(order)s AND o.state = 'review'
        RETURNING o.id, o.state, o.fulfilment, o.promised_at
    ), closed AS (
        UPDATE orders_finding f SET closed_at = %(now)s, closed_by = %(who)s, resolution = %(reason)s FROM approved
         WHERE f.brand_id = %(brand)s AND f.order_id = approved.id AND f.closed_at IS NULL AND f.kind = 'risk_review'
    ), noted AS (
        INSERT INTO orders_event (brand_id, order_id, seq, kind, state, actor, reason, detail, at)
        SELECT %(brand)s, id, %(seq)s, 'approved', state, %(who)s, %(reason)s, '{}', %(now)s FROM approved
    )
    SELECT state, fulfilment, promised_at,
           ARRAY(SELECT DISTINCT store_id FROM orders_allocation a
                  WHERE a.brand_id = %(brand)s AND a.order_id = %(order)s)
      FROM approved
"""


def approve(brand_id: UUID, order_id: UUID, *, who: str, reason: str) -> None:
    """Let an order that risk held back go on: to its store, or to the queue when its stock is gone meanwhile."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "order": order_id, "who": who, "reason": reason[:300]}
        found = rows(APPROVE, {**key, "seq": uuid7(), "now": clock.now()})
        if not found:
            raise NotFound(f"order {order_id} is not in review")
        ((state, fulfilment, promised_at, stores),) = found
        if state == "assigned":
            outbox.emit(OrderAssigned(order_id, tuple(stores), fulfilment, promised_at, "approved"))
        audit.record(
            brand=brand_id,
            actor=who,
            verb="order.approve",
            subject=f"order {order_id}",
            before={"state": "review"},
            after={"state": state},
            reason=reason,
            store_id=stores[0] if stores else None,
        )


def put_rules(brand_id: UUID, rules: Sequence[dict[str, Any]], *, who: str) -> list[Rule]:
    """Replace the ordered sourcing rules (fields of sourcing.types.Rule); an empty list brings the first ones back.

    Orders are sourced by them from the commit on, in every process within a moment. Raises BadInput naming the rule
    and the field.
    """
    read = [_rule(n, rule) for n, rule in enumerate(rules)]
    if len(read) > MAX_RULES:
        raise BadValue("/rules", len(read), f"at most {MAX_RULES} rules")
    with in_brand(brand_id):
        locks.take(f"sourcing_rules:{brand_id}")
        before = [settings_of(rule) for rule in load_rules()]
        execute("DELETE FROM orders_sourcingrule WHERE brand_id = %s", [brand_id])
        SourcingRule.objects.bulk_create(
            SourcingRule(brand_id=brand_id, position=n, name=rule.name, settings=settings_of(rule))
            for n, rule in enumerate(read)
        )
        outbox.emit(RulesChanged(brand_id, who))
        after = [settings_of(rule) for rule in read]
        audit.record(
            brand=brand_id,
            actor=who,
            verb="sourcing.put_rules",
            subject="sourcing rules",
            before={"rules": before},
            after={"rules": after},
        )
        return list(load_rules())


def _rule(n: int, settings: dict[str, Any]) -> Rule:
    """One rule read strictly: an unknown field is a slip of the pen, not a wish to be ignored."""
    unknown = set(settings) - set(rule_fields())
    if unknown:
        raise BadValue(f"/rules/{n}/{min(unknown)}", "unknown field", f"one of {', '.join(rule_fields())}")
    try:
        rule = rule_of(str(settings.get("name", "")).strip(), settings)
    except msgspec.ValidationError as error:
        raise BadValue(f"/rules/{n}", str(error), "the fields of a sourcing rule") from None
    if not 0 < len(rule.name) <= 60:
        raise BadValue(f"/rules/{n}/name", rule.name, "a name of 1 to 60 characters")
    if not 0 < rule.max_distance_m <= MAX_DISTANCE_M:
        raise BadValue(f"/rules/{n}/max_distance_m", rule.max_distance_m, f"1 to {MAX_DISTANCE_M} metres")
    if not 1 <= rule.max_stores <= MAX_SPLIT:
        raise BadValue(f"/rules/{n}/max_stores", rule.max_stores, f"1 to {MAX_SPLIT} stores")
    w = rule.weights
    if min(w.distance, w.load, w.depth, w.cost, w.split) < 0:
        raise BadValue(f"/rules/{n}/weights", "below 0", "weights of 0 or more")
    return rule
