"""Why a basket costs what it costs: the same pricing, with what every promotion said kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.catalog.rules.quoting import Terms, price_ask
from datong.catalog.types import (
    Ask,
    ExplainedLine,
    Explanation,
    Finding,
    ListWhy,
    PriceFrom,
    Promotion,
    QuoteLine,
    Step,
    Verdict,
)

UNPRICED = PriceFrom(ListWhy.NONE)


class Notes:
    """What became of each promotion: the first word counts, except that one which applied at last did apply."""

    def __init__(self) -> None:
        self.by_code: dict[str, Finding] = {}
        self.applied: list[Finding] = []

    def __call__(self, finding: Finding) -> None:
        if finding.verdict is Verdict.APPLIED:
            self.applied.append(finding)
            self.by_code[finding.code] = finding
        else:
            self.by_code.setdefault(finding.code, finding)


def explain_ask(ask: Ask, terms: Terms, prices: Mapping[str, PriceFrom], quote_id: UUID) -> Explanation:
    """Price the basket as `price_ask` does, and say why; `prices` says where each SKU's unit price is from."""
    notes = Notes()
    quote = price_ask(ask, terms, quote_id, notes)
    problems: dict[int, list[str]] = {}
    for problem in quote.problems:
        problems.setdefault(problem.line_no, []).append(problem.code)
    lines = tuple(
        _line(quoted, prices.get(quoted.sku, UNPRICED), notes.applied, problems.get(quoted.line_no, ()))
        for quoted in quote.lines
    )
    findings = _in_turn(notes, terms.promotions)
    here = terms.taxes.at(terms.place)
    return Explanation(quote, lines, findings, ask.at, place=terms.place, jurisdictions=here)


def _line(
    quoted: QuoteLine,
    price: PriceFrom,
    applied: Sequence[Finding],
    problems: Sequence[str],
) -> ExplainedLine:
    gross = quoted.unit_minor * quoted.units
    left, steps = gross, []
    for finding in applied:
        off = finding.offs.get(quoted.line_no, 0)
        if off:
            left -= off
            steps.append(Step(finding.code, finding.title, off, left))
    options = sum(chosen.delta_minor * chosen.units for chosen in quoted.options)
    return ExplainedLine(quoted, price, options, gross, tuple(steps), tuple(problems))


def _in_turn(notes: Notes, promotions: Sequence[Promotion]) -> tuple[Finding, ...]:
    """What applied first, in the order it did; then the others, the most important first."""
    rank = {promotion.code: (-promotion.priority, promotion.code) for promotion in promotions}
    others = [finding for finding in notes.by_code.values() if finding.verdict is not Verdict.APPLIED]
    return (*notes.applied, *sorted(others, key=lambda finding: rank[finding.code]))
