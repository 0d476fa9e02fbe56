"""What units taken out of an order were paid with, to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import split_minor


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line as it was sold, and how many of its units were taken out before."""

    line_no: int
    units: int
    withdrawn: int
    total_minor: int
    tax_minor: int

    @property
    def left(self) -> int:
        return self.units - self.withdrawn


def check_units(lines: Sequence[PaidLine], wanted: Mapping[int, int]) -> None:
    """Raises BadInput naming each line that is not of the order or has fewer units left."""
    left = {line.line_no: line.left for line in lines}
    problems = []
    for n, (line_no, units) in enumerate(wanted.items()):
        if line_no not in left:
            numbers = ", ".join(map(str, sorted(left)))[:80]
            problems.append(Problem(f"/lines/{n}/line_no", "no_such_line", f"a line of the order: {numbers}", line_no))
        elif not 0 < units <= left[line_no]:
            fix = f"1 to {left[line_no]} units" if left[line_no] else "another line: nothing is left of this one"
            problems.append(Problem(f"/lines/{n}/units", "units", fix, units))
    if problems:
        raise BadInput("these units cannot be taken out", *problems)


def is_whole(lines: Sequence[PaidLine], wanted: Mapping[int, int]) -> bool:
    """Whether nothing is left of the order after that."""
    return all(line.left == wanted.get(line.line_no, 0) for line in lines)


def paid_minor(lines: Sequence[PaidLine], goods_minor: int, *, added: bool) -> dict[int, int]:
    """What was paid for each line: its total after discounts, with the tax that came on top (`added`).

    Where the customer paid another sum for the goods than the lines come to (a subsidy, a platform's rounding), it is
    shared out in proportion; the parts come to `goods_minor`.
    """
    own = [max(line.total_minor, 0) + (line.tax_minor if added else 0) for line in lines]
    if sum(own) != goods_minor and sum(own) > 0:
        own = split_minor(max(goods_minor, 0), own)
    return {line.line_no: minor for line, minor in zip(lines, own, strict=True)}


def worth_minor(lines: Sequence[PaidLine], paid: Mapping[int, int], wanted: Mapping[int, int]) -> int:
    """What was paid for these units. Reckoned over all that was ever taken out of a line, so that unit by unit comes to
    the same cent as all at once."""
    return sum(
        _part(paid[line.line_no], line.withdrawn + wanted[line.line_no], line.units)
        - _part(paid[line.line_no], line.withdrawn, line.units)
        for line in lines
        if line.line_no in wanted
    )


def _part(minor: int, units: int, of: int) -> int:
    """Half a cent goes up."""
    return (2 * minor * units + of) // (2 * of)
