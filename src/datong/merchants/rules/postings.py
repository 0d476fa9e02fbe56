"""What an entry and a settlement post.

What one company owes stands on the account of the pair (`company_clearing`), and as a receivable of the other beside
it: both companies' books are whole, and together they come to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from datong.kernel.ids import uuid7
from datong.ledger.types import Account, Rulebook, Transfer, company_clearing, company_receivable
from datong.merchants.types import Entry, EntryKind, RunItem

SETTLEMENT = "settlement"
_FEES = {EntryKind.EARN: "partner.points", EntryKind.BURN: "partner.points", EntryKind.COMMISSION: "commission",
         EntryKind.ADVERT: "advert"}  # fmt: skip
"""What is earned by one company and spent by the other, as the posting rules call it; everything else is money held for
the other."""
_CARDS = {EntryKind.CARDS_BOUGHT: "cards.bought", EntryKind.CARDS_SOLD: "cards.sold"}
"""A card that we bought out is our stock; of one that we sold for commission the company's part waited to be entered.
What its holder may spend is owed by the company that gave it out."""


def pair_of(entry: Entry) -> tuple[UUID | None, UUID | None]:
    """Who owes it, and to whom."""
    sides = entry.company_id, entry.counter_id
    return sides if entry.owes else sides[::-1]


def bank(company: UUID | None, currency: str) -> Account:
    return Account(f"asset:bank:settlement:{_name(company)}", currency)


def entry_transfers(entry: Entry, book: Rulebook) -> list[Transfer]:
    """The transfers of one entry; the one with its id is that on the account of the pair. None for an amount of 0."""
    if not entry.amount_minor:
        return []
    owes, owed = pair_of(entry)
    clearing = company_clearing(owes, owed, entry.currency)
    asset = company_receivable(owes, owed, entry.currency)
    kept = {"merchant": str(entry.company_id), "entry": entry.kind.value}
    if entry.store_id:
        kept["store"] = str(entry.store_id)

    def transfer(id_: UUID, debit: Account, credit: Account) -> Transfer:
        if entry.amount_minor < 0:
            debit, credit = credit, debit
        amount = abs(entry.amount_minor)
        return Transfer(id_, debit, credit, amount, entry.kind.value, entry.subject_id, entry.day, kept)

    if entry.kind in _CARDS:
        events = _CARDS[entry.kind], "cards.holders"
    elif entry.kind in _FEES:
        events = f"{_FEES[entry.kind]}.owed", f"{_FEES[entry.kind]}.earned"
    else:
        return [transfer(entry.id, asset, clearing)]
    given = {"owed": clearing.code, "owing": asset.code}
    owing, claimed = (book.sides(event, entry.day, entry.currency, **given) for event in events)
    return [transfer(entry.id, *owing), transfer(uuid7(), *claimed)]


def settlement_transfers(run: UUID, currency: str, items: Iterable[RunItem], day: date) -> list[Transfer]:
    """Bring the accounts of the pairs back to zero: who owes pays from its bank, who is owed gets it into its own."""
    made: list[Transfer] = []
    for item in items:
        kept = {"merchant": str(item.company_id), SETTLEMENT: str(run)}
        for owes, owed, amount in (
            (item.company_id, item.counter_id, item.owes_minor),
            (item.counter_id, item.company_id, item.gets_minor),
        ):
            legs = (
                (company_clearing(owes, owed, currency), bank(owes, currency)),
                (bank(owed, currency), company_receivable(owes, owed, currency)),
            )
            for leg in legs if amount else ():
                debit, credit = leg if amount > 0 else leg[::-1]
                made.append(Transfer(uuid7(), debit, credit, abs(amount), SETTLEMENT, run, day, kept))
    return made


def _name(company: UUID | None) -> str:
    return company.hex if company else "own"
