"""What companies owe for an order or an act, by the contract of its day. Always the whole: what is entered is the
difference to what was entered before, so that a repeat, a late event and a refund are the same arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from datong.kernel.money import part_minor
from datong.merchants.types import Commission, Contract, Deal, DealLine, EntryKind, Terms, Use
from datong.wallet.types.places import OrderUse


@dataclass(frozen=True, slots=True)
class Due:
    """What should stand between the company and the brand for one thing; `owes`: the company pays it."""

    kind: EntryKind
    owes: bool
    amount_minor: int
    points: int = 0
    basis_minor: int = 0
    currency: str = ""  # '': that of the order


def in_force(contracts: Sequence[Contract], day: date) -> Contract | None:
    """The version in force on a day; `contracts` of one company, in any order."""
    begun = [contract for contract in contracts if contract.valid_from <= day]
    return max(begun, key=lambda contract: contract.valid_from, default=None)


def deal_dues(deal: Deal, use: OrderUse, terms: Terms | None) -> list[Due]:
    """All that an order comes to between the company of its store and the brand."""
    found = [Due(EntryKind.CARD, False, use.card_minor, basis_minor=deal.total_minor)] if use.card_minor else []
    if use.voucher_minor:
        found.append(Due(EntryKind.VOUCHER, False, use.voucher_minor, basis_minor=deal.total_minor))
    if terms is None:
        return found
    if use.earned:
        found += points_due(terms, True, use.earned, 0)
    if use.burned:
        found += points_due(terms, False, use.burned, use.pays_minor)
    if fee := commission_of(deal, terms):
        found.append(Due(EntryKind.COMMISSION, True, fee, basis_minor=deal.total_minor - deal.back_minor))
    return found


def points_due(terms: Terms | None, earn: bool, points: int, pays_minor: int) -> list[Due]:
    """What points come to that a company's stores gave (`earn`) or took, at the agreed rate."""
    if terms is None or not points or (earn and Use.EARN not in terms.accepts):
        return []
    if earn:
        amount = part_minor(terms.earn_minor, points, terms.earn_points)
        return [Due(EntryKind.EARN, True, amount, points, 0, terms.currency)]
    amount = part_minor(terms.burn_minor, points, terms.burn_points)
    kind = EntryKind.BURN_PAID if pays_minor else EntryKind.BURN
    return [Due(kind, False, amount, points, pays_minor, terms.currency)]


def commission_of(deal: Deal, terms: Terms) -> int:
    """The brand's commission on an order that is with its customer, in proportion to the money that was not given back.

    Lines of a category are taken together: its rate of what they cost, and at least its least fee. Fixed and least
    fees are amounts of the contract's currency; an order in another one pays its rates.
    """
    if not deal.done or not (terms.commission or terms.fixed_minor):
        return 0
    by_category = {line.category: line for line in terms.commission}
    sums: dict[str, int] = {}
    for line in deal.lines:
        at = _line_for(line, by_category)
        if at is not None:
            sums[at.category] = sums.get(at.category, 0) + line.amount_minor
    same = deal.currency == terms.currency
    fee = terms.fixed_minor if same else 0
    for category, amount in sums.items():
        agreed = by_category[category]
        fee += max(part_minor(amount, agreed.rate_bp, 10_000), agreed.least_minor if same else 0)
    if deal.total_minor <= 0:
        return fee if not deal.back_minor else 0
    kept = max(deal.total_minor - deal.back_minor, 0)
    return part_minor(fee, kept, deal.total_minor)


def _line_for(line: DealLine, agreed: dict[str, Commission]) -> Commission | None:
    """The nearest category that the contract names, or what it says of all others."""
    for category in (*line.categories, ""):
        if category in agreed:
            return agreed[category]
    return None
