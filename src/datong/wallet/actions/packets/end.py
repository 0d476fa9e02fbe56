"""Packets whose time is over: what nobody took goes back to whoever gave it."""

from __future__ import annotations

from uuid import UUID

from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.ledger.api import post
from datong.wallet.actions.packets.claim import purse_for
from datong.wallet.actions.packets.give import given_by
from datong.wallet.actions.stored.common import booked, lock_purses
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.queries.packets import COLUMNS, packet_of
from datong.wallet.types.packets import Packet
from datong.wallet.types.stored import Purse, PurseState

DUE = f"""
    SELECT {COLUMNS}, NULL FROM wallet_packet p
     WHERE p.brand_id = %s AND p.state = 'open' AND p.ends_at <= %s
     ORDER BY p.ends_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608  constants only
END = """
    UPDATE wallet_packet SET state = 'ended', ended_at = %s, back_minor = %s WHERE brand_id = %s AND id = %s
"""


def end_packets(brand: UUID, *, limit: int = 100) -> int:
    """End packets whose time is over, each in a transaction of its own; how many. Once each, whoever runs it."""
    for n in range(limit):
        with in_brand(brand):
            due = rows(DUE, [brand, clock.now()])
            if not due:
                return n
            _end(packet_of(due[0]), brand)
    return limit


def _end(packet: Packet, brand: UUID) -> None:
    rest, now = packet.total_minor - packet.taken_minor, clock.now()
    purse = _giver(packet, brand) if rest and packet.giver_id else None
    if rest:
        event, places = given_by(purse.id if purse else None)
        moved = booked(event, rest, "packet_back", packet.id, packet.currency, places, back=True)
        post([moved], brand=brand, late=True)
    if purse:
        outbox.emit(StoredValueChanged(purse.id, purse.customer_id, "packet", packet.id))
    execute(END, [now, rest, brand, packet.id])
    after = {"taken": packet.taken, "shares": packet.shares, "back_minor": rest}
    audit.record(brand=brand, actor="wallet", verb="packet.end", subject=f"packet {packet.id}", after=after)


def _giver(packet: Packet, brand: UUID) -> Purse:
    """The purse it came from; one that has ended since is another's turn."""
    assert packet.giver_id is not None and packet.purse_id is not None
    purse = lock_purses([packet.purse_id])[packet.purse_id]
    if purse.state in (PurseState.ACTIVE, PurseState.FROZEN):
        return purse
    return purse_for(packet.giver_id, packet.currency, brand)
