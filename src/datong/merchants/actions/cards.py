"""Selling cards of partner brands (京品惠): a delivery is taken in, cards of it are sold and their codes told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from datong.brand.api import companies_of_stores
from datong.customers.api import records_of
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import exponent
from datong.kernel.secrets import marks, seal
from datong.ledger.api import post, rulebook
from datong.merchants.actions.enter import put_entries
from datong.merchants.queries import partner, today
from datong.merchants.queries.cards import BATCH, batch_of, card_report, card_sale
from datong.merchants.rules.cards import MAX_AT_ONCE, METHOD, check_batch, plain_codes, sale_transfers
from datong.merchants.types import Entry, EntryKind
from datong.merchants.types.cards import CardBatch, CardDeal, CardReport, CardSale, CardsRefused, CardsUnknown
from datong.wallet.api import check_sold_card
from datong.wallet.types.stored import Opening, PurseKind

PUT = """
    INSERT INTO merchants_cardbatch (brand_id, id, company_id, name, deal, currency, face_minor, price_minor,
                                     cost_minor, licence, expires_at, refund_days, active, codes_hash, at, by)
    VALUES (%(brand)s, %(id)s, %(company)s, %(name)s, %(deal)s, %(currency)s, %(face)s, %(price)s, %(cost)s,
            %(licence)s, %(ends)s, %(days)s, true, %(hash)s, %(now)s, %(by)s)
    ON CONFLICT (brand_id, id) DO NOTHING RETURNING id
"""
KNOWN = "SELECT 1 FROM merchants_partnercard WHERE brand_id = %s AND code_hash = ANY(%s::text[]) LIMIT 1"
PUT_CARDS = """
    INSERT INTO merchants_partnercard (brand_id, id, batch_id, code_hash, code_end, sealed, state)
    SELECT %(brand)s, c.id, %(batch)s, c.hash, c.ending, c.sealed, 'stock'
      FROM unnest(%(ids)s::uuid[], %(hashes)s::text[], %(ends)s::text[], %(sealed)s::bytea[])
           c(id, hash, ending, sealed) ORDER BY c.hash
    ON CONFLICT (brand_id, code_hash) DO NOTHING
"""


def take_in_cards(batch: CardBatch, codes: Sequence[str], *, brand: UUID, by: str) -> CardReport:
    """Take a delivery in: its codes are kept sealed; bought out, it is stock at cost and owed to the partner.

    The same `batch.id` with the same codes again is the same. Raises BadInput by field, NotFound for no such company,
    PurseRefused as the place says (`unlicensed`, `limit`), CardsRefused `used_codes`, Conflict for an id of another.
    """
    check_batch(batch)
    exponent(batch.currency)
    plain = plain_codes(codes)
    digest = hashlib.sha256("\n".join([marks(code)[0] for code in plain]).encode()).hexdigest()
    with in_brand(brand):
        partner(brand, batch.company_id)
        opening = Opening(PurseKind.PARTNER, batch.currency, None, batch.expires_at, "partner", batch.licence)
        check_sold_card(opening, batch.face_minor, brand=brand)
        given = {"brand": brand, "id": batch.id, "company": batch.company_id, "name": batch.name.strip()}
        given |= {"deal": batch.deal.value, "currency": batch.currency, "face": batch.face_minor, "by": by[:120]}
        given |= {"price": batch.price_minor, "cost": batch.cost_minor, "licence": batch.licence.strip()[:60]}
        given |= {"ends": batch.expires_at, "days": batch.refund_days, "hash": digest, "now": clock.now()}
        if not rows(PUT, given):
            return _same(batch, digest, brand)
        if rows(KNOWN, [brand, [mark for code in plain for mark in marks(code)]]):
            raise CardsRefused("used_codes", "codes that are new", field="codes")
        columns = {"ids": [uuid7() for _ in plain], "hashes": [marks(code)[0] for code in plain]}
        columns |= {"ends": [code[-4:] for code in plain], "sealed": [seal(code) for code in plain]}
        if execute(PUT_CARDS, {"brand": brand, "batch": batch.id, **columns}) < len(plain):
            raise CardsRefused("used_codes", "codes that are new", field="codes")
        if batch.deal is CardDeal.BUYOUT:
            owed = len(plain) * batch.cost_minor
            put_entries([entry(batch, EntryKind.CARDS_BOUGHT, batch.id, batch.id, 1, owed, None, brand)], brand)
        _note(batch, "cards.take_in", brand, by, cards=len(plain), cost_minor=batch.cost_minor, deal=batch.deal.value)
        return card_report(brand, batch.id)


SAME = f"SELECT {BATCH}, b.codes_hash FROM merchants_cardbatch b WHERE b.brand_id = %s AND b.id = %s"  # noqa: S608


def _same(batch: CardBatch, digest: str, brand: UUID) -> CardReport:
    ((*row, kept),) = rows(SAME, [brand, batch.id])
    known = batch_of(row)
    if kept != digest or replace(known, at=None, by="", active=True) != replace(batch, at=None, by="", active=True):
        raise Conflict("this id is another delivery's", Problem("id", "key_used", "a new id", str(batch.id)))
    return card_report(brand, batch.id)


LOCK = f"SELECT {BATCH} FROM merchants_cardbatch b WHERE b.brand_id = %s AND b.id = %s FOR NO KEY UPDATE"  # noqa: S608
BY_KEY = "SELECT id, batch_id, cards, method FROM merchants_cardsale WHERE brand_id = %s AND key = %s"
PUT_SALE = """
    INSERT INTO merchants_cardsale (brand_id, id, batch_id, key, customer_id, cards, method, ref, store_id, at, by)
    VALUES (%(brand)s, %(id)s, %(batch)s, %(key)s, %(customer)s, %(cards)s, %(method)s, %(ref)s, %(store)s, %(now)s,
            %(by)s)
    ON CONFLICT (brand_id, key) DO NOTHING RETURNING id
"""
TAKE = """
    UPDATE merchants_partnercard SET state = 'sold', sale_id = %(sale)s
     WHERE brand_id = %(brand)s AND id IN (
        SELECT id FROM merchants_partnercard WHERE brand_id = %(brand)s AND batch_id = %(batch)s AND state = 'stock'
         ORDER BY id LIMIT %(cards)s)
"""


def sell_cards(
    batch_id: UUID,
    cards: int,
    *,
    brand: UUID,
    by: str,
    key: str,
    method: str = "cash",
    ref: str = "",
    store_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> CardSale:
    """Sell cards of a delivery and tell their codes; the same key again is the same sale with the same codes.

    The delivery's row is locked, so the last card is sold once. Raises BadValue by field, CardsUnknown, CardsRefused
    (`none_left`, `not_on_sale`, `their_store`), NotFound for no such customer, Conflict for a key of another sale.
    """
    if type(cards) is not int or not 1 <= cards <= MAX_AT_ONCE:
        raise BadValue("cards", cards, f"1 to {MAX_AT_ONCE}")
    if not 0 < len(key) <= 200 or not key.isprintable():
        raise BadValue("Idempotency-Key", key[:80], "1 to 200 printable characters")
    if not METHOD.fullmatch(method) or method.startswith("partner"):
        raise BadValue("method", method[:40], "where it was paid, such as cash, wechat, alipay")
    with in_brand(brand):
        batch = lock_batch(batch_id, brand)
        if known := rows(BY_KEY, [brand, key]):
            return _same_sale(known[0], batch_id, cards, method, brand)
        now = clock.now()
        if not batch.active or (batch.expires_at and batch.expires_at <= now):
            raise CardsRefused("not_on_sale", "another delivery", value=str(batch_id))
        if store_id and companies_of_stores(brand, [store_id]):
            raise CardsRefused("their_store", "a store of the brand's own", field="store", value=str(store_id))
        if customer_id and not records_of(brand, [customer_id]):
            raise NotFound(f"no customer {customer_id}")
        sale = uuid7()
        given = {"brand": brand, "id": sale, "batch": batch_id, "key": key, "customer": customer_id, "cards": cards}
        given |= {"method": method, "ref": ref[:200], "store": store_id, "now": now, "by": by[:120]}
        if not rows(PUT_SALE, given):  # the key came with another delivery at the same moment
            return _same_sale(rows(BY_KEY, [brand, key])[0], batch_id, cards, method, brand)
        if execute(TAKE, {"brand": brand, "batch": batch_id, "sale": sale, "cards": cards}) < cards:
            raise CardsRefused("none_left", "fewer cards, or another delivery", field="cards", value=cards)
        day = rulebook(brand).business_date(now, store_id)
        book_sale(batch, cards, method, sale, store_id, day, brand)
        _note(batch, "cards.sell", brand, by, store=store_id, cards=cards, price_minor=batch.price_minor, method=method)
        return card_sale(brand, sale)


def _same_sale(known: Sequence[object], batch_id: UUID, cards: int, method: str, brand: UUID) -> CardSale:
    sale, *asked = known
    if asked != [batch_id, cards, method]:
        problem = Problem("Idempotency-Key", "key_used", "a new key for a new sale")
        raise Conflict("this key was used for another sale", problem)
    assert isinstance(sale, UUID)
    return card_sale(brand, sale)


def lock_batch(batch_id: UUID, brand: UUID) -> CardBatch:
    found = rows(LOCK, [brand, batch_id])
    if not found:
        raise CardsUnknown(f"no delivery of cards {batch_id}")
    return batch_of(found[0])


def book_sale(
    batch: CardBatch,
    cards: int,
    method: str,
    sale: UUID,
    store: UUID | None,
    day: date,
    brand: UUID,
    *,
    seq: int = 1,
    source: UUID | None = None,
) -> None:
    """The money of a sale, or of cards that come back (`source`: their return): the price, our income, and of a
    commission sale the partner's part on the account of the pair."""
    back = source is not None
    name, book = "wallet.cash" if method == "cash" else "wallet.provider", rulebook(brand)
    received = book.account(name, day, method=method)
    post(sale_transfers(batch, cards, received, sale, day, book, store=store, back=back), brand=brand, late=True)
    if batch.deal is CardDeal.COMMISSION:
        owed = cards * batch.cost_minor * (-1 if back else 1)
        put_entries([entry(batch, EntryKind.CARDS_SOLD, source or sale, sale, seq, owed, store, brand)], brand)


def entry(
    batch: CardBatch, kind: EntryKind, source: UUID, subject: UUID, seq: int, owed: int, store: UUID | None, brand: UUID
) -> Entry:
    """A line of the partner's statement: it gets `owed` minor units of the brand."""
    return Entry(
        id=uuid7(),
        source_id=source,
        seq=seq,
        kind=kind,
        company_id=batch.company_id,
        counter_id=None,
        owes=False,
        amount_minor=owed,
        currency=batch.currency,
        points=0,
        basis_minor=0,
        subject_id=subject,
        store_id=store,
        contract_id=None,
        day=today(brand),
        at=clock.now(),
        words=batch.name[:60],
    )


def _note(batch: CardBatch, verb: str, brand: UUID, by: str, *, store: UUID | None = None, **after: object) -> None:
    about = {"name": batch.name, "company": str(batch.company_id), **after}
    audit.record(brand=brand, actor=by, verb=verb, subject=f"cards {batch.id}", after=about, store_id=store)
