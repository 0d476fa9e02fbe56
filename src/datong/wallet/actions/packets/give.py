"""Giving a packet: a customer's money leaves their purse, the brand's its budget, and waits until it is taken."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from msgspec import to_builtins

from datong.brand.api import get_brand
from datong.customers.api import records_of
from datong.kernel import audit, clock, locks, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.money import exponent
from datong.kernel.once import once
from datong.kernel.secrets import seal
from datong.ledger.api import post
from datong.wallet.actions.stored.common import booked, check_active, lock_purses, of_purse
from datong.wallet.actions.stored.money import check_free
from datong.wallet.actions.stored.purses import put_stored_policy
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.queries import offer
from datong.wallet.queries.packets import get_packet
from datong.wallet.queries.stored import purses_of, stored_policy
from datong.wallet.rules.packets import (
    ALPHABET,
    CODE_CHARS,
    check_giving,
    check_limits,
    make_packet_code,
    packet_hash,
)
from datong.wallet.types.packets import Giving, Packet, PacketLimits, PacketRefused
from datong.wallet.types.paying import NotEnough
from datong.wallet.types.stored import Purse, PurseKind, PurseState

DAY = timedelta(days=1)


def put_packet_limits(currency: str, limits: PacketLimits, *, brand: UUID, by: str) -> PacketLimits:
    """Say what the brand allows of packets in a currency. Raises BadInput by field."""
    check_limits(limits)
    return put_stored_policy(currency, {"packets": to_builtins(limits)}, brand=brand, by=by).packets


PUT = """
    INSERT INTO wallet_packet (brand_id, id, giver_id, purse_id, offer, currency, total_minor, shares, how, least_minor,
                               note, state, taken, taken_minor, back_minor, seed_hash, seed, code_hash, code, at,
                               ends_at, by)
    VALUES (%(brand)s, %(id)s, %(giver)s, %(purse)s, %(offer)s, %(currency)s, %(total)s, %(shares)s, %(how)s, %(least)s,
            %(note)s, 'open', 0, 0, 0, %(seed_hash)s, %(seed)s, %(code_hash)s, %(code)s, %(now)s, %(ends)s, %(by)s)
"""


def give_packet(giving: Giving, *, brand: UUID, by: str, key: str) -> Packet:
    """Give a packet; the same key again is the same packet. A customer's is of principal: what was given to them stays.

    The seed of its shares is drawn now; its hash is told, itself when the packet is over. Raises BadInput and BadValue
    by field, NotFound, NotEnough, PurseRefused, PacketRefused (`too_many_given`, `too_much_given`), Conflict.
    """
    if not 0 < len(key) <= 200 or not key.isprintable():
        raise BadValue("Idempotency-Key", key[:80], "1 to 200 printable characters")
    giving = replace(giving, note=giving.note.strip(), currency=giving.currency or get_brand(brand).currency)
    exponent(giving.currency)
    with in_brand(brand):
        limits = stored_policy(brand, giving.currency).packets
        check_giving(giving, limits)
        made = once("wallet.packet", key, to_builtins(giving), lambda: str(_give(giving, limits, brand, by)))
        return get_packet(brand, UUID(made))


def _give(giving: Giving, limits: PacketLimits, brand: UUID, by: str) -> UUID:
    purse = _purse(giving, limits, brand) if giving.customer_id else None
    if giving.offer:
        _check_offer(giving.offer, brand)
    packet, now, seed = uuid7(), clock.now(), secrets.token_bytes(32)
    code = make_packet_code(secrets.randbelow(len(ALPHABET) ** CODE_CHARS))
    given: dict[str, object] = {
        "brand": brand,
        "id": packet,
        "giver": giving.customer_id,
        "purse": purse.id if purse else None,
    }
    given |= {"offer": giving.offer, "currency": giving.currency, "total": giving.total_minor, "shares": giving.shares}
    given |= {"how": giving.how.value, "least": 0 if giving.offer else limits.share_least_minor, "note": giving.note}
    given |= {"seed_hash": sha256(seed).hexdigest(), "seed": seal(seed.hex()), "code_hash": packet_hash(code)}
    given |= {"code": seal(code), "now": now, "ends": now + timedelta(hours=limits.hours), "by": by[:120]}
    execute(PUT, given)
    if giving.total_minor:
        event, places = given_by(purse.id if purse else None)
        moved = booked(event, giving.total_minor, "packet_given", packet, giving.currency, places)
        post([moved], brand=brand, late=True)
    if purse:
        outbox.emit(StoredValueChanged(purse.id, purse.customer_id, "packet", packet))
    after = {"customer": str(giving.customer_id or ""), "total_minor": giving.total_minor, "shares": giving.shares,
             "offer": giving.offer, "how": giving.how.value}  # fmt: skip
    audit.record(brand=brand, actor=by, verb="packet.give", subject=f"packet {packet}", after=after)
    return packet


def given_by(purse_id: UUID | None) -> tuple[str, dict[str, str]]:
    """The event by which a packet's money is given, with its places: a customer's purse, or the brand's budget."""
    return ("packet.given", of_purse(purse_id)) if purse_id else ("packet.budget", {})


GIVEN = """
    SELECT count(*), coalesce(sum(total_minor) FILTER (WHERE currency = %s), 0)::bigint FROM wallet_packet
     WHERE brand_id = %s AND giver_id = ANY(%s::uuid[]) AND at > %s
"""


def _purse(giving: Giving, limits: PacketLimits, brand: UUID) -> Purse:
    """The purse that pays, locked; what the person gave today is counted over all their records."""
    assert giving.customer_id is not None
    records = records_of(brand, [giving.customer_id]).get(giving.customer_id, ())
    if not records:
        raise NotFound(f"no customer {giving.customer_id}")
    locks.take(f"packets {brand} {min(records)}")
    ((count, total),) = rows(GIVEN, [giving.currency, brand, list(records), clock.now() - DAY])
    if count >= limits.gives_a_day:
        raise PacketRefused("too_many_given", field="customer_id", value=limits.gives_a_day)
    if total + giving.total_minor > limits.given_a_day_minor:
        raise PacketRefused("too_much_given", field="total_minor", value=limits.given_a_day_minor - total)
    theirs = [
        p
        for p in purses_of(brand, giving.customer_id)
        if p.kind is PurseKind.PREPAID and p.currency == giving.currency and p.state is PurseState.ACTIVE
    ]
    if not theirs:
        raise NotEnough(giving.total_minor, 0, giving.currency)
    most = max(theirs, key=lambda p: p.principal_minor - p.held_minor)
    purse = lock_purses([most.id])[most.id]
    check_active(purse)
    check_free(purse, giving.total_minor)
    return purse


def _check_offer(code: str, brand: UUID) -> None:
    found = offer(brand, code)
    if not found.active or (found.ends_at and found.ends_at <= clock.now()):
        raise BadValue("offer", code, "an offer that is in force")
    if found.price_minor:
        raise BadValue("offer", code, "an offer without a price")
