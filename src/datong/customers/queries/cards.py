"""Reads of membership cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.customers.queries.people import records_of
from datong.customers.types.cards import Card, CardState, CardUnknown
from datong.kernel.db import in_brand, rows

COLUMNS = "id, customer_id, number, state, issued_at, issued_by, changed_at, reason, replaced_by, expires_at"
ONE = f"SELECT {COLUMNS} FROM customers_card WHERE brand_id = %s AND id = %s"  # noqa: S608  constants only
OF = f"""
    SELECT {COLUMNS} FROM customers_card
     WHERE brand_id = %s AND customer_id = ANY(%s::uuid[]) ORDER BY (state = 'replaced'), id DESC LIMIT 200
"""  # noqa: S608  constants only


def card_of(row: Sequence[Any]) -> Card:
    """A row of COLUMNS."""
    return Card(row[0], row[1], row[2], CardState(row[3]), *row[4:])


def get_card(brand: UUID, card_id: UUID) -> Card:
    """Raises CardUnknown for a card the brand does not have."""
    with in_brand(brand):
        found = rows(ONE, [brand, card_id])
    if not found:
        raise CardUnknown(f"no card {card_id}")
    return card_of(found[0])


def cards_of(brand: UUID, customer_id: UUID) -> list[Card]:
    """The cards of all records of the person, those in use first, the newest first."""
    with in_brand(brand):
        records = records_of(brand, [customer_id]).get(customer_id, ())
        return [card_of(row) for row in rows(OF, [brand, list(records)])]


LIVE = "SELECT 1 FROM customers_cardkey WHERE brand_id = %s AND card_id = %s AND no = %s AND ended_at IS NULL"


def card_key_live(brand: UUID, card_id: UUID, no: int) -> bool:
    """Whether the codes of this key of the card still count."""
    with in_brand(brand):
        return bool(rows(LIVE, [brand, card_id, no]))
