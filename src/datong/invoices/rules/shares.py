"""What each jurisdiction has of a document's tax. Together always exactly the document's tax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from datong.invoices.types import Line, TaxShare
from datong.kernel.money import part_minor, split_minor


def shares_of(order: Sequence[TaxShare], order_minor: int, lines: Sequence[Line]) -> tuple[TaxShare, ...]:
    """The order's shares brought down to what the lines come to; of an order that kept none, one for each rate."""
    tax, total = sum(line.tax_minor for line in lines), sum(line.total_minor for line in lines)
    known = _together(order)
    weights = [share.tax_minor for share in known]
    if order_minor <= 0 or (tax and not any(weights)):
        return _by_rate(lines)
    taxes = split_minor(tax, weights) if any(weights) else weights
    return tuple(
        replace(share, base_minor=part_minor(share.base_minor, total, order_minor), tax_minor=part)
        for share, part in zip(known, taxes, strict=True)
    )


def _together(shares: Iterable[TaxShare]) -> list[TaxShare]:
    """One share for each jurisdiction and rate, whichever part of the order it came from."""
    found: dict[tuple[str, int], TaxShare] = {}
    for share in shares:
        key = (share.jurisdiction, share.rate_ppm)
        if (there := found.get(key)) is not None:
            base, tax = there.base_minor + share.base_minor, there.tax_minor + share.tax_minor
            found[key] = replace(there, base_minor=base, tax_minor=tax)
        else:
            found[key] = share
    return list(found.values())


def _by_rate(lines: Sequence[Line]) -> tuple[TaxShare, ...]:
    return tuple(
        _together(
            TaxShare("", "", line.rate_ppm, line.total_minor - line.tax_minor, line.tax_minor)
            for line in lines
            if line.rate_ppm
        )
    )


def red_shares(
    shares: Sequence[TaxShare], taken: Sequence[Sequence[TaxShare]], tax_minor: int, before: int, now: int, total: int
) -> tuple[TaxShare, ...]:
    """The shares of a credit note with `tax_minor` of tax: of what the earlier ones (`taken`) left of each.

    `before` and `now`: how much of the invoice's `total` was taken back without and with this one.
    """
    left = [share.tax_minor - sum(red[at].tax_minor for red in taken) for at, share in enumerate(shares)]
    taxes = split_minor(tax_minor, left) if tax_minor and any(left) else [0] * len(left)
    return tuple(
        replace(
            share,
            tax_minor=tax,
            base_minor=part_minor(share.base_minor, now, total) - part_minor(share.base_minor, before, total),
        )
        for share, tax in zip(shares, taxes, strict=True)
    )
