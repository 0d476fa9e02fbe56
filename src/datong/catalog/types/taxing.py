"""How much a tax is, and which part of it is whose. Integers only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datong.catalog.types.taxes import FULL_PPM, Taxed, TaxedPart, TaxRounding, TaxShare
from datong.kernel.money import part_minor, split_minor


def tax_of(total_minor: int, rate_ppm: int, *, inclusive: bool) -> int:
    """Tax of an amount, half up: contained in it when inclusive, on top of it when not."""
    return part_minor(total_minor, rate_ppm, FULL_PPM + rate_ppm if inclusive else FULL_PPM)


def tax_each(amounts: Sequence[tuple[Taxed, int]], *, inclusive: bool, rounding: TaxRounding) -> list[int]:
    """The tax of each amount. By document: rounded once for all that is taxed alike, and spread over them exactly."""
    if rounding is TaxRounding.LINE:
        return [tax_of(minor, taxed.ppm, inclusive=inclusive) for taxed, minor in amounts]
    alike: dict[Taxed, list[int]] = {}
    for at, (taxed, _) in enumerate(amounts):
        alike.setdefault(taxed, []).append(at)
    found = [0] * len(amounts)
    for taxed, members in alike.items():
        weights = [amounts[at][1] for at in members]
        if sum(weights) > 0 and min(weights) >= 0:
            tax = tax_of(sum(weights), taxed.ppm, inclusive=inclusive)
            for at, part in zip(members, split_minor(tax, weights), strict=True):
                found[at] = part
    return found


def tax_of_fee(
    fee: tuple[Taxed, int], before: Sequence[tuple[Taxed, int]], *, inclusive: bool, rounding: TaxRounding
) -> int:
    """The tax of a fee that comes to a document: what it adds to the tax of what is there already and taxed alike."""
    taxed, minor = fee
    alike = sum(amount for other, amount in before if other == taxed) if rounding is TaxRounding.DOCUMENT else 0
    ppm = taxed.ppm
    return tax_of(alike + minor, ppm, inclusive=inclusive) - tax_of(alike, ppm, inclusive=inclusive)


def shares_of(part: TaxedPart, amounts: Iterable[tuple[Taxed, int, int]], *, inclusive: bool) -> tuple[TaxShare, ...]:
    """Whose the tax of these amounts is, (taxed, total, tax) each: split by the rates, together exactly the tax."""
    sums: dict[Taxed, list[int]] = {}
    for taxed, total, tax in amounts:
        mine = sums.setdefault(taxed, [0, 0])
        mine[0] += total - tax if inclusive else total
        mine[1] += tax
    found = []
    for taxed, (base, tax) in sums.items():
        weights = [rate.rate_ppm for rate in taxed.rates]
        split = split_minor(tax, weights) if sum(weights) else [0] * len(weights)
        for rate, minor in zip(taxed.rates, split, strict=True):
            found.append(TaxShare(part, taxed.tax_class, rate.jurisdiction, rate.rate_ppm, base, minor))
    return tuple(found)


def given_back(shares: Sequence[int], before_minor: int, amount_minor: int, total_minor: int) -> list[int]:
    """What each tax of a document goes back when `amount_minor` of its total does, `before_minor` having gone before.

    Each is a cumulative share, so that however often money goes back, all of it takes back the tax to the cent.
    """
    if total_minor <= 0:
        return [0 for _ in shares]
    now = min(before_minor + amount_minor, total_minor)
    then = min(before_minor, total_minor)
    return [part_minor(tax, now, total_minor) - part_minor(tax, then, total_minor) for tax in shares]
