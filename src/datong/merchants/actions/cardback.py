"""Partners' cards after their sale: given back, spent, given a new code; a delivery that is stopped or written off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.kernel.secrets import marks, seal
from datong.ledger.api import post, rulebook
from datong.merchants.actions.cards import book_sale, lock_batch
from datong.merchants.queries import today
from datong.merchants.queries.cards import card_report, partner_card
from datong.merchants.rules.cards import lost_transfer, plain_codes
from datong.merchants.types.cards import CardBatch, CardDeal, CardReport, CardsRefused, PartnerCard, PartnerCardState

STATE = "UPDATE merchants_partnercard SET state = %s WHERE brand_id = %s AND id = %s"
SOLD = "SELECT store_id FROM merchants_cardsale WHERE brand_id = %s AND id = %s"
BACK = """
    INSERT INTO merchants_cardreturn (brand_id, id, card_id, sale_id, proof, at, by)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def refund_card(card_id: UUID, *, brand: UUID, by: str, proof: str, reason: str) -> PartnerCard:
    """Give the price of a card back that was not spent; `proof`: the partner's number under which it says so and has
    blocked the code. Bought out, the card is our stock again, to be sold when it has a new code.

    Twice is once. Raises CardsUnknown, CardsRefused (`spent`, `not_sold`, `too_late`), BadValue by field.
    """
    why, said = _words("reason", reason, 300), _words("proof", proof, 120)
    with in_brand(brand):
        batch = lock_batch(partner_card(brand, card_id).batch_id, brand)
        card = partner_card(brand, card_id)
        if card.state in (PartnerCardState.RETURNED, PartnerCardState.LOST) and card.sale_id:
            return card
        if card.state is PartnerCardState.SPENT:
            raise CardsRefused("spent", "a card that was not spent", field="card_id", value=str(card_id))
        if card.state is not PartnerCardState.SOLD or card.sale_id is None or card.sold_at is None:
            raise CardsRefused("not_sold", "a card that was sold", field="card_id", value=str(card_id))
        now = clock.now()
        if now > card.sold_at + timedelta(days=batch.refund_days):
            raise CardsRefused("too_late", f"within {batch.refund_days} days", field="card_id", value=str(card_id))
        back = uuid7()
        ends = PartnerCardState.RETURNED if batch.deal is CardDeal.BUYOUT else PartnerCardState.LOST
        execute(STATE, [ends.value, brand, card_id])
        execute(BACK, [brand, back, card_id, card.sale_id, said, now, by[:120]])
        ((store,),) = rows(SOLD, [brand, card.sale_id])
        book_sale(batch, 1, card.method, card.sale_id, store, today(brand), brand, source=back)
        _note(batch, "cards.refund", brand, by, why, card=str(card_id), price_minor=batch.price_minor, proof=said)
        return partner_card(brand, card_id)


SPENT = """
    UPDATE merchants_partnercard SET state = 'spent'
     WHERE brand_id = %s AND batch_id = %s AND state = 'sold' AND code_hash = ANY(%s::text[])
"""


def spent_cards(batch_id: UUID, codes: Sequence[str], *, brand: UUID, by: str) -> int:
    """The partner says that these cards were spent: their money does not go back any more. How many were sold and not
    marked yet; codes of others are left as they are."""
    plain = plain_codes(codes)
    with in_brand(brand):
        batch = lock_batch(batch_id, brand)
        marked = execute(SPENT, [brand, batch_id, [mark for code in plain for mark in marks(code)]])
        if marked:
            _note(batch, "cards.spent", brand, by, "", cards=marked)
        return marked


RENEW = """
    UPDATE merchants_partnercard SET state = 'stock', sale_id = NULL, code_hash = %s, code_end = %s, sealed = %s
     WHERE brand_id = %s AND id = %s
"""
KNOWN = "SELECT 1 FROM merchants_partnercard WHERE brand_id = %s AND code_hash = ANY(%s::text[])"


def renew_card(card_id: UUID, code: str, *, brand: UUID, by: str) -> PartnerCard:
    """A card that came back has a new code of the partner's: it can be sold again. The same code again is the same.

    Raises CardsUnknown, CardsRefused (`not_sold` for a card that did not come back, `used_codes`)."""
    (plain,) = plain_codes([code])
    with in_brand(brand):
        batch = lock_batch(partner_card(brand, card_id).batch_id, brand)
        card = partner_card(brand, card_id)
        used = rows(KNOWN + " AND id = %s", [brand, marks(plain), card_id])
        if used and card.state is PartnerCardState.STOCK:
            return card
        if card.state is not PartnerCardState.RETURNED:
            raise CardsRefused("not_sold", "a card that came back", field="card_id", value=str(card_id))
        if rows(KNOWN, [brand, marks(plain)]):
            raise CardsRefused("used_codes", "a code that is new", field="code")
        execute(RENEW, [marks(plain)[0], plain[-4:], seal(plain), brand, card_id])
        _note(batch, "cards.renew", brand, by, "", card=str(card_id))
        return partner_card(brand, card_id)


ACTIVE = "UPDATE merchants_cardbatch SET active = %s WHERE brand_id = %s AND id = %s"


def open_cards(batch_id: UUID, *, brand: UUID, by: str, active: bool) -> CardReport:
    """Sell cards of a delivery, or stop; the same again changes nothing."""
    with in_brand(brand):
        batch = lock_batch(batch_id, brand)
        if batch.active != active:
            execute(ACTIVE, [active, brand, batch_id])
            _note(batch, "cards.open" if active else "cards.stop", brand, by, "", active=active)
        return card_report(brand, batch_id)


LOSE = """
    UPDATE merchants_partnercard SET state = 'lost'
     WHERE brand_id = %s AND batch_id = %s AND state IN ('stock', 'returned')
"""


def write_off_cards(batch_id: UUID, *, brand: UUID, by: str, reason: str) -> CardReport:
    """What is left of a delivery will not be sold: it is stopped, and what we bought out leaves the stock as waste.

    Again changes nothing. Raises CardsUnknown, BadValue for no reason.
    """
    why = _words("reason", reason, 300)
    with in_brand(brand):
        batch = lock_batch(batch_id, brand)
        lost = execute(LOSE, [brand, batch_id])
        execute(ACTIVE, [False, brand, batch_id])
        if lost and batch.deal is CardDeal.BUYOUT:
            post([lost_transfer(batch, lost, uuid7(), today(brand), rulebook(brand))], brand=brand, late=True)
        if lost or batch.active:
            _note(batch, "cards.write_off", brand, by, why, cards=lost, cost_minor=batch.cost_minor)
        return card_report(brand, batch_id)


def _words(field: str, text: str, most: int) -> str:
    if not 0 < len(text.strip()) <= most or not text.isprintable():
        raise BadValue(field, text[:80], f"1 to {most} characters")
    return text.strip()


def _note(batch: CardBatch, verb: str, brand: UUID, by: str, reason: str, **after: object) -> None:
    about = {"name": batch.name, "company": str(batch.company_id), **after}
    audit.record(brand=brand, actor=by, verb=verb, subject=f"cards {batch.id}", after=about, reason=reason)
