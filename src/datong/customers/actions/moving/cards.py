"""Cards of another system, many at once: their numbers become verified identities, as of cards issued here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from datong.customers.events import CardChanged, CardIssued
from datong.customers.types.moving import CardIn
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict

ISSUE = """
    INSERT INTO customers_card (brand_id, id, customer_id, number, state, issued_at, issued_by, changed_at, reason,
                                expires_at)
    SELECT %(brand)s, c.id, c.customer, c.number, c.state, %(now)s, %(by)s, %(now)s, 'import', c.ends
      FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(numbers)s::text[], %(states)s::text[],
                  %(ends)s::timestamptz[]) c(id, customer, number, state, ends) ORDER BY c.number
    ON CONFLICT (brand_id, number) DO NOTHING
"""
SIGN = """
    INSERT INTO customers_identity (brand_id, kind, value, customer_id, first_seen, last_seen, channel_id, proof)
    SELECT %(brand)s, 'card', c.number, c.customer, %(now)s, %(now)s, '00000000-0000-0000-0000-000000000000', 'card'
      FROM unnest(%(customers)s::uuid[], %(numbers)s::text[]) c(customer, number) ORDER BY c.number
    ON CONFLICT (brand_id, kind, value) DO NOTHING
"""
OTHERS = """
    SELECT c.number FROM unnest(%(customers)s::uuid[], %(numbers)s::text[]) c(customer, number)
      LEFT JOIN customers_identity i ON i.brand_id = %(brand)s AND i.kind = 'card' AND i.value = c.number
      LEFT JOIN customers_card k ON k.brand_id = %(brand)s AND k.number = c.number
     WHERE i.customer_id <> c.customer OR k.customer_id <> c.customer LIMIT 1
"""
CHANGE = """
    UPDATE customers_card k SET state = c.state, expires_at = c.ends
      FROM unnest(%(numbers)s::text[], %(states)s::text[], %(ends)s::timestamptz[]) c(number, state, ends)
     WHERE k.brand_id = %(brand)s AND k.number = c.number
"""
END = (
    "DELETE FROM customers_card WHERE brand_id = %(brand)s AND number = ANY(%(numbers)s::text[])",
    """
    DELETE FROM customers_identity WHERE brand_id = %(brand)s AND kind = 'card' AND value = ANY(%(numbers)s::text[])
    """,
)


def bring_cards(new: Sequence[CardIn], changed: Sequence[CardIn] = (), *, brand: UUID, by: str, run: str) -> None:
    """Write these cards. Raises Conflict for a number that is another customer's."""
    with in_brand(brand):
        if new:
            key = _columns(new) | {"brand": brand, "now": clock.now(), "by": by[:120]}
            execute(ISSUE, key)
            execute(SIGN, key)
            if other := rows(OTHERS, key):
                raise Conflict(f"the number {other[0][0]} is known as another customer's")
        if changed:
            execute(CHANGE, _columns(changed) | {"brand": brand})
        after = {"new": len(new), "changed": len(changed)}
        audit.record(brand=brand, actor=by, verb="card.bring", subject=f"import {run}", after=after)
        outbox.emit(*(CardIssued(card.id, card.customer_id) for card in new))
        outbox.emit(*(CardChanged(card.id, card.customer_id, card.state) for card in changed))


def end_cards(numbers: Collection[str], *, brand: UUID, by: str, run: str) -> None:
    """Take these cards away again, as if they had never been: for those that nobody has used."""
    with in_brand(brand):
        for statement in END:
            execute(statement, {"brand": brand, "numbers": list(numbers)})
        after = {"ended": len(numbers)}
        audit.record(brand=brand, actor=by, verb="card.take_back", subject=f"import {run}", after=after)


def _columns(cards: Sequence[CardIn]) -> dict[str, object]:
    return {
        "ids": [card.id for card in cards],
        "customers": [card.customer_id for card in cards],
        "numbers": [card.number for card in cards],
        "states": [card.state for card in cards],
        "ends": [card.expires_at for card in cards],
    }
