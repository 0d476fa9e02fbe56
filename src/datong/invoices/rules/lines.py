"""What of an order may stand on an invoice, line by line, and what a red letter takes back. Exact to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from datong.invoices.types import Line
from datong.kernel.money import part_minor, split_minor

FULL = 1_000_000


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line or a fee of an order: `total_minor` contains its tax."""

    name: str
    tax_code: str
    units: int
    total_minor: int
    tax_minor: int
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold, what the customer paid for it, and what of that was given back.

    `lowered_minor` was not paid in money (points, vouchers, bonus); `elsewhere_minor` was paid by stored value that is
    invoiced, or was, where it was topped up.
    """

    lines: tuple[SoldLine, ...]
    paid_minor: int
    refunded_minor: int = 0
    lowered_minor: int = 0
    elsewhere_minor: int = 0

    @property
    def payable_minor(self) -> int:
        """What may stand on an invoice now."""
        open_minor = self.paid_minor - self.lowered_minor - self.elsewhere_minor
        if self.refunded_minor <= 0 or self.paid_minor <= 0:
            return max(open_minor, 0)
        left = self.paid_minor - min(self.refunded_minor, self.paid_minor)
        return max(part_minor(open_minor, left, self.paid_minor), 0)


def lines_for(sold: Sold) -> tuple[Line, ...]:
    """The invoice's lines: what may be invoiced, spread over what was sold; together exactly that amount."""
    lines = [line for line in sold.lines if line.total_minor > 0]
    gross, wanted = sum(line.total_minor for line in lines), sold.payable_minor
    if not lines or wanted <= 0:
        return ()
    parts = (
        [line.total_minor for line in lines] if gross == wanted else split_minor(wanted, [x.total_minor for x in lines])
    )
    return tuple(
        Line(x.name, x.tax_code, x.units, part, x.tax_minor if part == x.total_minor else _inside(part, x), x.rate_ppm)
        for x, part in zip(lines, parts, strict=True)
        if part > 0
    )


def _inside(total_minor: int, line: SoldLine | Line) -> int:
    return part_minor(total_minor, line.rate_ppm, FULL + line.rate_ppm)


def take_back(total_minor: int, red_minor: int, refunded_minor: int, paid_minor: int) -> int:
    """What a new red letter must take of an invoice: its share of all that went back since, less what others took.

    `refunded_minor` of `paid_minor` went back after the invoice was made; however often money goes back, all of it
    takes the whole invoice back to the cent.
    """
    if paid_minor <= 0 or refunded_minor <= 0:
        return 0
    due = part_minor(total_minor, min(refunded_minor, paid_minor), paid_minor)
    return max(min(due, total_minor) - red_minor, 0)


def red_lines(lines: Sequence[Line], taken: Sequence[Sequence[Line]], amount_minor: int) -> tuple[Line, ...]:
    """The lines of a red letter over `amount_minor`, of what the earlier ones (`taken`) have left of each line.

    Amounts are positive; the document says that they are taken back. The last red letter takes the last cent of tax,
    too.
    """
    left = []
    for at, line in enumerate(lines):
        total = line.total_minor - sum(red[at].total_minor for red in taken)
        tax = line.tax_minor - sum(red[at].tax_minor for red in taken)
        left.append(replace(line, total_minor=total, tax_minor=tax))
    parts = split_minor(amount_minor, [line.total_minor for line in left])
    return tuple(
        replace(
            line,
            units=line.units if part == line.total_minor else 0,
            total_minor=part,
            tax_minor=line.tax_minor if part == line.total_minor else min(_inside(part, line), line.tax_minor),
        )
        for line, part in zip(left, parts, strict=True)
    )
