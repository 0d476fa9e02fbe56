"""What became of a verification: the coupons are written once, with their money, or it is closed with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.api import get_brand, stores_by_id
from datong.catalog.api import items_by_sku, taxes_of
from datong.catalog.types import TaxedPart, shares_of, tax_of
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.kernel.secrets import seal, unseal
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer
from datong.wallet.actions.coupons.connect import know_deals
from datong.wallet.actions.stored.common import booked, move
from datong.wallet.queries.coupons import coupons_of_ask
from datong.wallet.rules.coupons import events_of, masked
from datong.wallet.types.coupons import (
    CANCEL_WITHIN,
    AskState,
    Certificate,
    Coupon,
    CouponRefused,
    Offered,
    Platform,
    VerifyAsk,
)

ASK = "id, key, asked, platform, store_id, alone, state, sealed, why, said, at, tried_at, by"


@dataclass(frozen=True, slots=True)
class Row:
    """A verification that was sent, as it is kept."""

    id: UUID
    key: str
    asked: str
    platform: Platform
    store_id: UUID
    alone: bool
    state: AskState
    sealed: bytes
    why: str
    said: str
    at: datetime
    tried_at: datetime
    by: str

    def ask(self) -> VerifyAsk:
        """What was sent, to be sent or looked for again."""
        kept = msgspec.json.decode(unseal(self.sealed))
        certificates = tuple(msgspec.convert(one, Certificate) for one in kept["certificates"])
        return VerifyAsk(self.id, kept["shown"], certificates, kept["token"], self.by, self.at)


def row_of(row: Sequence[Any]) -> Row:
    told: tuple[Any, ...] = (*row[:3], Platform(row[3]), *row[4:6], AskState(row[6]), bytes(row[7]), *row[8:])
    return Row(*told)


def sealed_ask(ask: VerifyAsk) -> bytes:
    certificates = [asdict(one) for one in ask.certificates]
    return seal(msgspec.json.encode({"shown": ask.shown, "token": ask.token, "certificates": certificates}).decode())


LOCK = f"SELECT {ASK} FROM wallet_couponask WHERE brand_id = %s AND id = %s FOR UPDATE"  # noqa: S608
CLOSE = """
    UPDATE wallet_couponask SET state = %s, sealed = %s, why = %s, said = %s
     WHERE brand_id = %s AND id = %s AND state = 'asking'
"""


def close(ask_id: UUID, state: AskState, brand: UUID, *, why: str = "", said: str = "") -> None:
    with in_brand(brand):
        execute(CLOSE, [state.value, b"", why[:30], said[:300], brand, ask_id])


INSERT = """
    INSERT INTO wallet_coupon (brand_id, id, ask_id, platform, certificate_id, verify_id, code_end, sealed, deal_id,
                               title, sku, currency, face_minor, price_minor, paid_minor, platform_minor,
                               merchant_minor, value_minor, owed_minor, store_id, alone, state, day, at, by,
                               cancel_until, cancelled_by, reason)
    VALUES (%(brand)s, %(id)s, %(ask)s, %(platform)s, %(certificate)s, %(verify)s, %(end)s, %(sealed)s, %(deal)s,
            %(title)s, %(sku)s, %(currency)s, %(face)s, %(price)s, %(paid)s, %(given)s, %(merchant)s, %(value)s,
            %(owed)s, %(store)s, %(alone)s, 'verified', %(day)s, %(now)s, %(by)s, %(until)s, '', '')
    ON CONFLICT (brand_id, platform, certificate_id, verify_id) WHERE state = 'verified' DO NOTHING RETURNING id
"""


def settle(ask_id: UUID, found: Sequence[Certificate], brand: UUID) -> list[Coupon]:
    """Write what was verified and its money, once, whoever comes to know it first.

    Raises CouponRefused `used` when other verifications have all of it.
    """
    with in_brand(brand):
        row = row_of(rows(LOCK, [brand, ask_id])[0])
        if row.state is AskState.DONE:
            return coupons_of_ask(brand, ask_id)
        deals = know_deals(row.platform, found, brand)
        moves: list[Transfer] = []
        for one in sorted(found, key=lambda each: (each.certificate_id, each.verify_id)):
            offered = Offered(one, deals[one.deal_id])
            if coupon_id := _write(row, offered, brand):
                moves += _money(row, offered, coupon_id, brand)
        if not moves:
            raise CouponRefused("used", "a code that was not verified before")
        post(moves, brand=brand, late=True)
        execute(CLOSE, [AskState.DONE.value, b"", "", "", brand, ask_id])
        made = coupons_of_ask(brand, ask_id)
        audit.record(
            brand=brand,
            actor=row.by,
            verb="coupon.verify",
            subject=f"coupons of {row.platform.value} {ask_id}",
            after={
                "coupons": len(made),
                "deal": made[0].deal_id,
                "code": made[0].code_end,
                "value_minor": sum(one.value_minor for one in made),
                "owed_minor": sum(one.owed_minor for one in made),
            },
            store_id=row.store_id,
        )
        return made


def _write(row: Row, offered: Offered, brand: UUID) -> UUID | None:
    one, now = offered.certificate, clock.now()
    key: dict[str, object] = {
        "brand": brand,
        "id": uuid7(),
        "ask": row.id,
        "platform": row.platform.value,
        "store": row.store_id,
    }
    key |= {"certificate": one.certificate_id[:80], "verify": one.verify_id[:80], "end": masked(one.code)}
    key |= {"sealed": seal(msgspec.json.encode(asdict(one)).decode()), "deal": one.deal_id, "title": one.title[:200]}
    key |= {"sku": offered.deal.sku, "currency": get_brand(brand).currency, "face": one.face_minor}
    key |= {"price": one.price_minor, "paid": one.paid_minor, "given": one.platform_minor}
    key |= {"merchant": one.merchant_minor, "value": offered.value_minor, "owed": one.owed_minor, "alone": row.alone}
    key |= {"day": rulebook(brand).business_date(now, row.store_id), "now": now, "by": row.by}
    made = rows(INSERT, {**key, "until": now + CANCEL_WITHIN[row.platform]})
    return made[0][0] if made else None


def _money(row: Row, offered: Offered, coupon_id: UUID, brand: UUID) -> list[Transfer]:
    currency, book = get_brand(brand).currency, rulebook(brand)
    day = book.business_date(clock.now(), row.store_id)
    sales = book.legs("sale.goods", day)[1]
    places = {"platform": row.platform.value, "sales": sales}
    store, product = str(row.store_id), offered.deal.sku
    made = [
        booked(event, amount, kind, coupon_id, currency, places, store=store, product=product)
        for event, amount, kind in events_of(offered, alone=row.alone)
    ]
    for code, tax in _tax(row, offered, brand) if row.alone else ():
        owed = Account(book.legs("sale.tax", day, jurisdiction=code or NOBODY)[1], currency)
        facts = {"store": store, "product": product, "jurisdiction": code or NOBODY}
        made.append(move(Account(sales, currency), owed, tax, "coupon_tax", coupon_id, **facts))
    return made


NOBODY = "all"
"""The jurisdiction of a rate that holds everywhere, as orders name it."""


def _tax(row: Row, offered: Offered, brand: UUID) -> list[tuple[str, int]]:
    """The tax in what a coupon that is for nothing else is a sale of: each jurisdiction's, as at the store's counter.

    What the customer paid the platform holds the tax, whatever our own price lists say.
    """
    item = items_by_sku(brand, {offered.deal.sku}).get(offered.deal.sku)
    store = stores_by_id(brand, [row.store_id]).get(row.store_id)
    if item is None or store is None:
        return []
    taxed = taxes_of(brand).taxed(item.tax_class, store.address_text, clock.now())
    total = max(offered.value_minor, offered.certificate.owed_minor)
    whole = tax_of(total, taxed.ppm, inclusive=True)
    shares = shares_of(TaxedPart.GOODS, [(taxed, total, whole)], inclusive=True)
    return [(share.jurisdiction, share.tax_minor) for share in shares if share.tax_minor > 0]
