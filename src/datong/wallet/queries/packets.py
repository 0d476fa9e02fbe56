"""Reads of red packets: one with its claims, lists, sums, and that what waits is what the ledger says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.customers.api import records_of
from datong.kernel.db import in_brand, rows
from datong.kernel.pages import read_cursor, write_cursor
from datong.kernel.secrets import unseal
from datong.ledger.api import balances
from datong.ledger.types import Difference
from datong.wallet.rules.packets import WAITING, packet_hash, read_packet_code
from datong.wallet.types.packets import Claim, Packet, PacketState, PacketSums, PacketUnknown, Split

COLUMNS = """p.id, p.giver_id, p.purse_id, p.offer, p.currency, p.total_minor, p.shares, p.how, p.least_minor, p.note,
    p.state, p.taken, p.taken_minor, p.back_minor, p.seed_hash, p.at, p.ends_at, p.ended_at, p.by"""
LIST = f"""
    SELECT {COLUMNS}, CASE WHEN p.state <> 'open' THEN p.seed END FROM wallet_packet p
     WHERE p.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR p.id = %(id)s)
       AND (%(hash)s::text = '' OR p.code_hash = %(hash)s) AND (%(state)s::text = '' OR p.state = %(state)s)
       AND (%(givers)s::uuid[] IS NULL OR p.giver_id = ANY(%(givers)s::uuid[]))
       AND (%(before)s::uuid IS NULL OR p.id < %(before)s::uuid)
     ORDER BY p.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only
CLAIMS = """
    SELECT id, packet_id, n, customer_id, amount_minor, purse_id, voucher_id, at FROM wallet_packetclaim
     WHERE brand_id = %s AND packet_id = ANY(%s::uuid[]) ORDER BY packet_id, n
"""


def packets(
    brand_id: UUID, *, state: PacketState | None = None, cursor: str = "", limit: int = 50
) -> tuple[list[Packet], str]:
    """Packets, the newest first, without their claims, and the cursor of the next page."""
    size = max(1, min(limit, 200))
    found = _list(brand_id, state=state.value if state else "", before=read_cursor(cursor), limit=size + 1)
    return found[:size], write_cursor(found[size - 1].id) if len(found) > size else ""


def get_packet(brand_id: UUID, packet_id: UUID) -> Packet:
    """A packet with who took what; its seed when it is over. Raises PacketUnknown."""
    found = _list(brand_id, id=packet_id)
    return _with_claims(brand_id, found, str(packet_id))


def packet_by_code(brand_id: UUID, code: str) -> Packet:
    """Raises BadValue for what is no code, PacketUnknown. Who asks is not counted here: `claim_packet` does."""
    return _with_claims(brand_id, _list(brand_id, hash=packet_hash(read_packet_code(code))), "of this code")


def _with_claims(brand_id: UUID, found: Sequence[Packet], which: str) -> Packet:
    if not found:
        raise PacketUnknown(f"no packet {which}")
    with in_brand(brand_id):
        claims = tuple(Claim(*row) for row in rows(CLAIMS, [brand_id, [found[0].id]]))
    return replace(found[0], claims=claims)


def _list(brand_id: UUID, **asked: Any) -> list[Packet]:
    plain = {"brand": brand_id, "id": None, "hash": "", "state": "", "givers": None, "before": None, "limit": 1}
    with in_brand(brand_id):
        return [packet_of(row) for row in rows(LIST, {**plain, **asked})]


def packet_of(row: Sequence[Any]) -> Packet:
    """A row of COLUMNS and the sealed seed, None while it is open."""
    seed = unseal(bytes(row[19])) if row[19] is not None else ""
    told: tuple[Any, ...] = (*row[:7], Split(row[7]), *row[8:10], PacketState(row[10]), *row[11:19], seed)
    return Packet(*told)


CODE = "SELECT code FROM wallet_packet WHERE brand_id = %s AND id = %s"


def packet_code(brand_id: UUID, packet_id: UUID) -> str:
    """The code of a packet, for its giver and who may send it on."""
    with in_brand(brand_id):
        found = rows(CODE, [brand_id, packet_id])
    if not found:
        raise PacketUnknown(f"no packet {packet_id}")
    return unseal(bytes(found[0][0]))


TAKEN_BY = """
    SELECT c.id, c.packet_id, c.n, c.customer_id, c.amount_minor, c.purse_id, c.voucher_id, c.at, p.currency
      FROM wallet_packetclaim c JOIN wallet_packet p ON p.brand_id = c.brand_id AND p.id = c.packet_id
     WHERE c.brand_id = %s AND c.customer_id = ANY(%s::uuid[]) ORDER BY c.at DESC LIMIT %s
"""


def packets_of(brand_id: UUID, customer_id: UUID, *, limit: int = 20) -> tuple[list[Packet], list[tuple[Claim, str]]]:
    """What all records of a person gave, and took with the currency; the newest first, three statements."""
    size = max(1, min(limit, 200))
    with in_brand(brand_id):
        records = list(records_of(brand_id, [customer_id]).get(customer_id, ()))
        taken = [(Claim(*row[:8]), row[8]) for row in rows(TAKEN_BY, [brand_id, records, size])]
        return _list(brand_id, givers=records, limit=size), taken


SUMS = """
    SELECT giver_id IS NULL, currency, count(*), sum(total_minor)::bigint, sum(taken_minor)::bigint,
           sum(back_minor)::bigint, sum(taken)::bigint
      FROM wallet_packet WHERE brand_id = %s AND at >= %s AND at < %s GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""


def packet_sums(brand_id: UUID, since: datetime, until: datetime) -> list[PacketSums]:
    """What was given in packets from `since` until `until`, by the brand and by customers."""
    with in_brand(brand_id):
        return [PacketSums(*row) for row in rows(SUMS, [brand_id, since, until])]


WAIT = """
    SELECT currency, sum(total_minor - taken_minor - back_minor)::bigint FROM wallet_packet
     WHERE brand_id = %s AND offer = '' GROUP BY 1
"""


def packet_differences(brand_id: UUID) -> list[Difference]:
    """For the ledger's recount: what waits in packets is what the transfers say."""
    with in_brand(brand_id):
        ours = dict(rows(WAIT, [brand_id]))
        books = {b.account.currency: b.credits_minor - b.debits_minor for b in balances(brand_id, [WAITING])}
    return [
        Difference("packets", WAITING, currency, ours.get(currency, 0) - books.get(currency, 0))
        for currency in sorted({*ours, *books})
        if ours.get(currency, 0) != books.get(currency, 0)
    ]
