"""Reads of partners' cards that we sell: deliveries with what became of them, cards, sales with their codes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.secrets import unseal
from datong.merchants.types.cards import (
    CardBatch,
    CardDeal,
    CardReport,
    CardSale,
    CardsUnknown,
    PartnerCard,
    PartnerCardState,
)

MAX_PAGE = 200
BATCH = """b.id, b.company_id, b.name, b.deal, b.currency, b.face_minor, b.price_minor, b.cost_minor, b.licence,
           b.expires_at, b.refund_days, b.active, b.at, b.by"""
REPORTS = f"""
    SELECT {BATCH}, c.n, c.stock, c.sold, c.spent, c.returned, c.lost
      FROM merchants_cardbatch b
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS n, count(*) FILTER (WHERE c.state = 'stock')::int AS stock,
               count(*) FILTER (WHERE c.state = 'sold')::int AS sold,
               count(*) FILTER (WHERE c.state = 'spent')::int AS spent,
               count(*) FILTER (WHERE c.state = 'returned')::int AS returned,
               count(*) FILTER (WHERE c.state = 'lost')::int AS lost
          FROM merchants_partnercard c WHERE c.brand_id = b.brand_id AND c.batch_id = b.id) c
     WHERE b.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR b.id = %(id)s)
       AND (%(companies)s::uuid[] IS NULL OR b.company_id = ANY(%(companies)s::uuid[]))
       AND (%(before)s::uuid IS NULL OR b.id < %(before)s::uuid) AND (NOT %(open)s OR b.active)
     ORDER BY b.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def card_reports(
    brand_id: UUID,
    *,
    companies: list[UUID] | None = None,
    on_sale: bool = False,
    before: UUID | None = None,
    limit: int = 50,
) -> list[CardReport]:
    """Deliveries with what became of their cards, the newest first, older than `before`; `companies` None: of all."""
    return _reports(brand_id, companies=companies, open=on_sale, before=before, limit=max(1, min(limit, MAX_PAGE)))


def card_report(brand_id: UUID, batch_id: UUID) -> CardReport:
    """Raises CardsUnknown for a delivery there is not."""
    found = _reports(brand_id, id=batch_id)
    if not found:
        raise CardsUnknown(f"no delivery of cards {batch_id}")
    return found[0]


def _reports(brand_id: UUID, **asked: Any) -> list[CardReport]:
    plain = {"brand": brand_id, "id": None, "companies": None, "before": None, "open": False, "limit": 1}
    with in_brand(brand_id):
        return [CardReport(batch_of(row[:14]), *row[14:]) for row in rows(REPORTS, {**plain, **asked})]


def batch_of(row: Any) -> CardBatch:
    """A row of BATCH."""
    told: tuple[Any, ...] = (*row[:3], CardDeal(row[3]), *row[4:])
    return CardBatch(*told)


CARDS = """
    SELECT c.id, c.batch_id, c.code_end, c.state, c.sale_id, s.at, s.customer_id, coalesce(s.method, '')
      FROM merchants_partnercard c
      LEFT JOIN merchants_cardsale s ON s.brand_id = c.brand_id AND s.id = c.sale_id
     WHERE c.brand_id = %(brand)s AND (%(batch)s::uuid IS NULL OR c.batch_id = %(batch)s)
       AND (%(id)s::uuid IS NULL OR c.id = %(id)s) AND (%(state)s::text = '' OR c.state = %(state)s)
       AND (%(end)s::text = '' OR c.code_end = %(end)s)
       AND (%(after)s::uuid IS NULL OR c.id > %(after)s::uuid)
     ORDER BY c.id LIMIT %(limit)s
"""


def partner_cards(
    brand_id: UUID,
    batch_id: UUID,
    *,
    state: PartnerCardState | None = None,
    end: str = "",
    after: UUID | None = None,
    limit: int = 50,
) -> list[PartnerCard]:
    """A page of a delivery's cards, from the one after `after` on; `end`: the last characters of a code."""
    asked = {"batch": batch_id, "id": None, "state": state.value if state else "", "end": end[-4:], "after": after}
    with in_brand(brand_id):
        found = rows(CARDS, {**asked, "brand": brand_id, "limit": max(1, min(limit, MAX_PAGE))})
        return [card_of(row) for row in found]


def partner_card(brand_id: UUID, card_id: UUID) -> PartnerCard:
    asked = {"brand": brand_id, "batch": None, "id": card_id, "state": "", "end": "", "after": None, "limit": 1}
    with in_brand(brand_id):
        found = rows(CARDS, asked)
    if not found:
        raise CardsUnknown(f"no card {card_id}")
    return card_of(found[0])


def card_of(row: Any) -> PartnerCard:
    told: tuple[Any, ...] = (*row[:3], PartnerCardState(row[3]), *row[4:])
    return PartnerCard(*told)


SALE = """
    SELECT s.id, s.batch_id, b.name, s.customer_id, s.cards * b.price_minor, b.currency, s.method, s.ref, s.store_id,
           s.at, s.by, array_agg(c.sealed ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL)
      FROM merchants_cardsale s
      JOIN merchants_cardbatch b ON b.brand_id = s.brand_id AND b.id = s.batch_id
      LEFT JOIN merchants_partnercard c ON c.brand_id = s.brand_id AND c.sale_id = s.id AND c.state IN ('sold', 'spent')
     WHERE s.brand_id = %(brand)s AND s.id = %(id)s
     GROUP BY s.id, b.id, s.brand_id, b.brand_id
"""


def card_sale(brand_id: UUID, sale_id: UUID) -> CardSale:
    """A sale with the codes its buyer still has. Raises CardsUnknown."""
    with in_brand(brand_id):
        found = rows(SALE, {"brand": brand_id, "id": sale_id})
    if not found:
        raise CardsUnknown(f"no sale of cards {sale_id}")
    return _sale(found[0])


def _sale(row: Any) -> CardSale:
    told: tuple[Any, ...] = (*row[:11], tuple(unseal(bytes(each)) for each in row[11] or ()))
    return CardSale(*told)
