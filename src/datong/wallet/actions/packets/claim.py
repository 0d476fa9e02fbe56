"""Taking a share: once a person, first come first served; the packet's row is locked, so the last one is taken once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.customers.api import records_of
from datong.kernel import audit, clock, locks, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.secrets import unseal
from datong.kernel.tries import check_tries, miss
from datong.ledger.api import post
from datong.wallet.actions.stored.common import booked, lock_purses, of_purse
from datong.wallet.actions.stored.money import check_room
from datong.wallet.actions.stored.purses import put_purse
from datong.wallet.actions.vouchers.issue import make_vouchers
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.queries import offer
from datong.wallet.queries.packets import CLAIMS, COLUMNS, packet_by_code, packet_of
from datong.wallet.queries.stored import get_purse, purses_of, stored_policy
from datong.wallet.rules.packets import packet_hash, read_packet_code, shares_of
from datong.wallet.types.packets import Claim, Packet, PacketLimits, PacketRefused, PacketState, PacketUnknown
from datong.wallet.types.stored import Opening, Part, Purse, PurseKind, PurseState

WITHIN = timedelta(minutes=10)
MOST_MISSES = 20
DAY = timedelta(days=1)

BY_CODE = f"""
    SELECT {COLUMNS}, p.seed FROM wallet_packet p WHERE p.brand_id = %s AND p.code_hash = %s FOR UPDATE
"""  # noqa: S608  constants only
TODAY = """
    SELECT count(*) FROM wallet_packetclaim WHERE brand_id = %s AND customer_id = ANY(%s::uuid[]) AND at > %s
"""
PUT = """
    INSERT INTO wallet_packetclaim (brand_id, id, packet_id, n, customer_id, amount_minor, purse_id, voucher_id, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
COUNT = """
    UPDATE wallet_packet SET taken = taken + 1, taken_minor = taken_minor + %(amount)s,
           state = CASE WHEN taken + 1 = shares THEN 'done' ELSE state END,
           ended_at = CASE WHEN taken + 1 = shares THEN %(now)s ELSE ended_at END
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def claim_packet(code: str, customer_id: UUID, *, brand: UUID, by: str, asker: str) -> Claim:
    """Take a share for a person; who took one already gets the same told again, whichever of their records asks.

    Of many at once as many get one as there are shares. Wrong codes are counted for `asker` and stopped. Raises
    BadValue, PacketUnknown, TooManyTries, NotFound for no such customer, PacketRefused (`all_taken`, `over`,
    `too_many_taken`), PurseRefused `limit` where the place lets them have no more.
    """
    key = f"packet {asker}"[:120]
    check_tries(brand, key, most=MOST_MISSES, within=WITHIN)
    plain = read_packet_code(code)
    try:
        return _claim(packet_hash(plain), customer_id, brand, by)
    except PacketUnknown:
        miss(brand, key, within=WITHIN)
        raise


def find_packet(code: str, *, brand: UUID, asker: str = "") -> Packet:
    """The packet of a code as somebody looks at it; wrong codes are counted for `asker` (none: nobody is known).

    Raises BadValue, PacketUnknown, TooManyTries.
    """
    key = f"packet {asker}"[:120]
    if asker:
        check_tries(brand, key, most=MOST_MISSES, within=WITHIN)
    try:
        return packet_by_code(brand, code)
    except PacketUnknown:
        if asker:
            miss(brand, key, within=WITHIN)
        raise


def _claim(code_hash: str, customer_id: UUID, brand: UUID, by: str) -> Claim:
    with in_brand(brand):
        records = records_of(brand, [customer_id]).get(customer_id, ())
        if not records:
            raise NotFound(f"no customer {customer_id}")
        locks.take(f"packets {brand} {min(records)}")
        found = rows(BY_CODE, [brand, code_hash])
        if not found:
            raise PacketUnknown("no packet has this code", Problem("code", "unknown", "the code of a packet", ""))
        packet, seed = packet_of(found[0]), bytes.fromhex(unseal(bytes(found[0][-1])))
        taken = [Claim(*row) for row in rows(CLAIMS, [brand, [packet.id]])]
        if theirs := next((claim for claim in taken if claim.customer_id in records), None):
            return theirs
        _check(packet, records, stored_policy(brand, packet.currency).packets, brand)
        return _take(packet, seed, customer_id, brand, by)


def _check(packet: Packet, records: tuple[UUID, ...], limits: PacketLimits, brand: UUID) -> None:
    if packet.state is PacketState.DONE:
        raise PacketRefused("all_taken")
    if packet.state is PacketState.ENDED or packet.ends_at <= clock.now():
        raise PacketRefused("over")
    ((today,),) = rows(TODAY, [brand, list(records), clock.now() - DAY])
    if today >= limits.claims_a_day:
        raise PacketRefused("too_many_taken", field="customer_id", value=limits.claims_a_day)


def _take(packet: Packet, seed: bytes, customer_id: UUID, brand: UUID, by: str) -> Claim:
    claim, now, amount = uuid7(), clock.now(), 0
    purse: Purse | None = None
    voucher: UUID | None = None
    if packet.offer:
        (made,) = make_vouchers(offer(brand, packet.offer), 1, brand=brand, customer_id=customer_id)
        voucher = made.id
    else:
        amount = shares_of(packet.total_minor, packet.shares, packet.least_minor, packet.how, seed)[packet.taken]
        purse = purse_for(customer_id, packet.currency, brand)
        if amount:
            check_room(purse, amount, stored_policy(brand, packet.currency))
            into = of_purse(purse.id, Part.BONUS if packet.giver_id is None else Part.PRINCIPAL)
            moved = booked("packet.taken", amount, "packet_taken", packet.id, packet.currency, into)
            post([moved], brand=brand, late=True)
            outbox.emit(StoredValueChanged(purse.id, purse.customer_id, "packet", packet.id))
    into_id = purse.id if purse else None
    n = packet.taken + 1
    execute(PUT, [brand, claim, packet.id, n, customer_id, amount, into_id, voucher, now])
    execute(COUNT, {"brand": brand, "id": packet.id, "amount": amount, "now": now})
    after = {"customer": str(customer_id), "n": n, "amount_minor": amount, "voucher": str(voucher or "")}
    audit.record(brand=brand, actor=by, verb="packet.take", subject=f"packet {packet.id}", after=after)
    return Claim(claim, packet.id, n, customer_id, amount, into_id, voucher, now)


def purse_for(customer_id: UUID, currency: str, brand: UUID) -> Purse:
    """The person's purse that money of a packet goes to, locked: the oldest in use, or a new one."""
    for purse in purses_of(brand, customer_id):
        ended = purse.expires_at is not None and purse.expires_at <= clock.now()
        fits = purse.kind is PurseKind.PREPAID and purse.currency == currency
        if fits and purse.state is PurseState.ACTIVE and not ended:
            return lock_purses([purse.id])[purse.id]
    made = put_purse(Opening(PurseKind.PREPAID, currency, customer_id))
    return get_purse(brand, made)
