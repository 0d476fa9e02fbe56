"""Offers and the vouchers made of them: to a customer, sold, or as a batch of codes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.api import get_brand
from datong.catalog.api import check_condition
from datong.customers.api import known_customers
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Rulebook, Transfer
from datong.wallet import rules
from datong.wallet.events import VouchersIssued
from datong.wallet.queries.vouchers import VOUCHER_COLUMNS, batches, offer, voucher_of
from datong.wallet.types import Batch, Offer, Voucher

AT_ONCE = 1_000
MAX_BATCH = 100_000

NEW = """
    INSERT INTO wallet_offer (brand_id, id, code, name, settings, active)
    VALUES (%(brand)s, %(id)s, %(code)s, %(name)s, %(settings)s::jsonb, %(active)s)
    ON CONFLICT (brand_id, code) DO NOTHING RETURNING id
"""
PUT = """
    INSERT INTO wallet_offer (brand_id, id, code, name, settings, active)
    VALUES (%(brand)s, %(id)s, %(code)s, %(name)s, %(settings)s::jsonb, %(active)s)
    ON CONFLICT (brand_id, code) DO UPDATE
       SET name = excluded.name, active = excluded.active,
           settings = excluded.settings || jsonb_build_object('id', wallet_offer.id)
    RETURNING id
"""
BEFORE = "SELECT settings::text FROM wallet_offer WHERE brand_id = %(brand)s AND code = %(code)s FOR UPDATE"


def put_offer(brand: UUID, wanted: Offer, *, by: str, fresh: bool = False) -> Offer:
    """Say what vouchers of one kind are good for, or change the offer of this code. Vouchers that are out keep their
    dates and what was paid; what they are good for is what the offer says when they are redeemed.

    `fresh`: it is to be a new one. Raises BadInput naming every field that cannot be, and a code that is taken.
    """
    wanted = replace(wanted, code=wanted.code.strip(), name=wanted.name.strip())
    rules.check_offer(wanted)
    check_condition(wanted.condition)
    with in_brand(brand):
        key = {"brand": brand, "code": wanted.code}
        before = rows(BEFORE, key)
        settings = msgspec.json.encode(wanted).decode()
        columns = {"id": wanted.id, "name": wanted.name, "settings": settings, "active": wanted.active}
        put = rows(NEW if fresh else PUT, {**key, **columns})
        if not put:
            raise BadValue("code", wanted.code, "another short name: there is an offer of this one", code="taken")
        ((id_,),) = put
        made = replace(wanted, id=id_)
        audit.record(
            brand=brand,
            actor=by,
            verb="voucher.put_offer",
            subject=f"offer {made.code}",
            before=msgspec.json.decode(before[0][0]) if before else None,
            after=msgspec.to_builtins(made),
        )
        return made


def new_offer(code: str, name: str, good: Any, **settings: Any) -> Offer:
    """An offer to be put; the settings are the fields of types.Offer."""
    return Offer(uuid7(), code, name, good, **settings)


HAD = f"SELECT {VOUCHER_COLUMNS} FROM wallet_voucher WHERE brand_id = %(brand)s AND id = %(id)s"  # noqa: S608


def issue_voucher(
    offer_code: str,
    *,
    brand: UUID,
    by: str,
    id: UUID,
    customer_id: UUID | None = None,
    code: str = "",
    paid_to: str = "",
    reason: str = "",
) -> Voucher:
    """Give (or sell) one voucher; `id`, a UUIDv7 of the caller, is the key: the same again is the same voucher.

    `paid_to` names where the price went (the account after "asset:", such as cash), needed for an offer with a price.
    `code`: one of an old system; '' makes one. Raises Conflict when the offer is not in force or the code is taken.
    """
    if id.version != 7:
        raise BadValue("id", str(id), "a UUIDv7")
    with in_brand(brand):
        if there := rows(HAD, {"brand": brand, "id": id}):
            return voucher_of(there[0])
        found = _in_force(brand, offer_code)
        if bool(found.price_minor) != bool(paid_to):
            fix = "where its price was paid, such as cash" if found.price_minor else "nothing: this offer has no price"
            raise BadValue("paid_to", paid_to, fix)
        if customer_id is not None and customer_id not in known_customers(brand, [customer_id]):
            raise NotFound(f"no customer {customer_id}")
        own = [rules.read_code(code)] if code else []
        made = make_vouchers(found, 1, brand=brand, ids=[id], customer_id=customer_id, codes=own)
        if not made:
            raise Conflict(f"there is a voucher with the code {code} already")
        if found.price_minor:
            _post_price(made[0], found, paid_to, brand)
        _note(brand, by, "voucher.issue", found, {"vouchers": 1, "customer": str(customer_id or "")}, reason)
        return made[0]


OPEN_BATCH = """
    INSERT INTO wallet_voucherbatch (brand_id, id, offer_id, name, wanted, made, by, at)
    VALUES (%(brand)s, %(id)s, %(offer)s, %(name)s, %(wanted)s, 0, %(by)s, %(now)s)
    ON CONFLICT (brand_id, id) DO NOTHING
"""


def issue_batch(offer_code: str, count: int, *, brand: UUID, by: str, id: UUID, name: str = "") -> Batch:
    """Make codes that go to nobody in particular: the first thousand at once, the rest by a job.

    `id` is the caller's key: the same again is the same batch. For offers without a price.
    """
    if type(count) is not int or not 1 <= count <= MAX_BATCH:
        raise BadValue("count", count, f"1 to {MAX_BATCH}")
    with in_brand(brand):
        if not (there := batches(brand, id=id)):
            found = _in_force(brand, offer_code)
            if found.price_minor:
                raise BadValue("offer", offer_code, "an offer without a price: each of these is sold by itself")
            key = {"brand": brand, "id": id, "offer": found.id, "name": name.strip()[:120], "wanted": count}
            execute(OPEN_BATCH, {**key, "by": by[:120], "now": clock.now()})
            _note(brand, by, "voucher.issue_batch", found, {"vouchers": count, "batch": str(id)}, name)
            _go_on(id, brand)
            there = batches(brand, id=id)
        return there[0]


LOCK_BATCH = """
    SELECT id, offer_id, wanted - made FROM wallet_voucherbatch
     WHERE brand_id = %(brand)s AND made < wanted AND (%(id)s::uuid IS NULL OR id = %(id)s)
     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
MADE = "UPDATE wallet_voucherbatch SET made = made + %(made)s WHERE brand_id = %(brand)s AND id = %(id)s"


def make_batches(brand: UUID) -> int:
    """Go on with the oldest batch that is not made yet, a thousand at a time; how many codes were made."""
    with in_brand(brand):
        return _go_on(None, brand)


def _go_on(batch: UUID | None, brand: UUID) -> int:
    found = rows(LOCK_BATCH, {"brand": brand, "id": batch})
    if not found:
        return 0
    ((id_, offer_id, missing),) = found
    made = make_vouchers(offer(brand, id=offer_id), min(missing, AT_ONCE), brand=brand, batch_id=id_)
    execute(MADE, {"brand": brand, "id": id_, "made": len(made)})
    return len(made)


WRITE = f"""
    INSERT INTO wallet_voucher (brand_id, id, offer_id, batch_id, customer_id, code, state, price_minor, issued_at,
                                starts_at, ends_at)
    SELECT %(brand)s, v.id, %(offer)s, %(batch)s, %(customer)s, v.code, 'active', %(price)s, %(now)s, %(starts)s,
           %(ends)s
      FROM unnest(%(ids)s::uuid[], %(codes)s::text[]) v(id, code) ORDER BY v.code
    ON CONFLICT DO NOTHING
    RETURNING {VOUCHER_COLUMNS}
"""  # noqa: S608  constants only


def make_vouchers(
    found: Offer,
    count: int,
    *,
    brand: UUID,
    ids: Sequence[UUID] = (),
    codes: Sequence[str] = (),
    batch_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> list[Voucher]:
    """Write vouchers and their rights in the ledger; a code that is taken already makes none."""
    now = clock.now()
    starts, ends = rules.validity(found, now)
    written = rows(
        WRITE,
        {
            "brand": brand,
            "offer": found.id,
            "batch": batch_id,
            "customer": customer_id,
            "price": found.price_minor,
            "now": now,
            "starts": starts,
            "ends": ends,
            "ids": list(ids) or [uuid7() for _ in range(count)],
            "codes": list(codes) or [rules.make_code(brand, secrets.randbits(65)) for _ in range(count)],
        },
    )
    made = [voucher_of(row) for row in written]
    day = rulebook(brand).business_date(now)
    post([rules.moved(v, found, "voucher_issue", v.id, day, back=True) for v in made], brand=brand)
    if made:
        outbox.emit(VouchersIssued(batch_id or made[0].id, found.code, len(made), customer_id))
    return made


def _post_price(made: Voucher, found: Offer, paid_to: str, brand: UUID) -> None:
    currency = get_brand(brand).currency
    book = rulebook(brand)
    day = book.business_date(clock.now())
    sides = book.sides("voucher.sold", day, currency, method=paid_to, offer=found.code)
    sold = Transfer(uuid7(), *sides, found.price_minor, "voucher_sale", made.id, day, {"offer": found.code})
    post([sold], brand=brand)


def _in_force(brand: UUID, offer_code: str) -> Offer:
    found = offer(brand, offer_code)
    now = clock.now()
    if not found.active or (found.ends_at and found.ends_at <= now):
        raise Conflict(f"the offer {offer_code} is not in force: nothing is issued of it any more")
    return found


def _note(brand: UUID, by: str, verb: str, found: Offer, after: dict[str, Any], reason: str) -> None:
    audit.record(brand=brand, actor=by, verb=verb, subject=f"offer {found.code}", after=after, reason=reason)


def _breakage(voucher: Voucher, found: Offer, currency: str, book: Rulebook, day: date) -> Transfer:
    sides, facts = book.sides("voucher.lapsed", day, currency, offer=found.code), {"offer": found.code}
    return Transfer(uuid7(), *sides, voucher.price_minor, "voucher_expire", voucher.id, day, facts)


EXPIRED = f"""
    UPDATE wallet_voucher SET state = 'expired'
     WHERE brand_id = %(brand)s AND id IN (
           SELECT id FROM wallet_voucher WHERE brand_id = %(brand)s AND state = 'active' AND ends_at <= %(now)s
            ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING {VOUCHER_COLUMNS}
"""  # noqa: S608


def lapse_vouchers(brand: UUID) -> int:
    """Vouchers that ran out leave the books, a thousand at a time; what was paid for them is income. How many."""
    now = clock.now()
    with in_brand(brand):
        gone = [voucher_of(r) for r in rows(EXPIRED, {"brand": brand, "now": now, "limit": AT_ONCE})]
        currency, book = get_brand(brand).currency, rulebook(brand)
        day = book.business_date(now)
        known = {id_: offer(brand, id=id_) for id_ in {voucher.offer_id for voucher in gone}}
        posted = []
        for voucher in gone:
            found = known[voucher.offer_id]
            posted.append(rules.moved(voucher, found, "voucher_expire", voucher.id, day))
            if voucher.price_minor:
                posted.append(_breakage(voucher, found, currency, book, day))
        post(posted, brand=brand)
        return len(gone)
