"""What a customer may choose about a product, and what the choices use up. Plain functions over frozen values."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from datong.catalog.types import AskLine, Choice, Chosen, Group, Item, ItemKind, Offer, Part, QuoteProblem


def named(line: AskLine, offer: Offer | None) -> AskLine:
    """The line with the codes of its choices, where a sender that knows no codes wrote what they are called.

    A name in any language stands for a choice when only one choice of the product has it; anything else stays.
    """
    if offer is None or not offer.groups or not line.options:
        return line
    codes = {choice.code for group in offer.groups for choice in group.choices}
    if codes.issuperset(line.options):
        return line
    called: dict[str, set[str]] = {}
    for group in offer.groups:
        for choice in group.choices:
            for title in {choice.title, *choice.titles.values()}:
                called.setdefault(title.casefold(), set()).add(choice.code)
    found = []
    for word in line.options:
        meant = called.get(word.casefold(), set())
        found.append(next(iter(meant)) if word not in codes and len(meant) == 1 else word)
    return replace(line, options=tuple(found))


def choose(line: AskLine, offer: Offer | None, at: datetime) -> tuple[tuple[Chosen, ...], list[QuoteProblem]]:
    """The choices of a line in the order of its groups, and what is wrong with them, each problem with its fix.

    What is known is kept when something else is wrong, so that an order that was sold elsewhere can be booked.
    """
    if offer is None and not line.options:
        return (), []
    wanted = Counter(line.options)
    groups = offer.groups if offer else ()
    problems: list[QuoteProblem] = []
    if offer is not None and (fix := _not_sold(offer, at)):
        problems.append(QuoteProblem(line.line_no, line.sku, "not_on_sale", fix, line.sku))
    chosen: list[Chosen] = []
    for group in groups:
        taken = [(choice, wanted.pop(choice.code)) for choice in group.choices if choice.code in wanted]
        problems += _faults(line, group, taken)
        chosen += [Chosen(group.title, choice.code, choice.title, choice.delta_minor, units) for choice, units in taken]
    known = ", ".join(choice.code for group in groups for choice in group.choices)[:300]
    fix = f"one of {known}" if known else "no options: this product has none"
    problems += [QuoteProblem(line.line_no, line.sku, "unknown_option", fix, code[:60]) for code in wanted]
    return tuple(chosen), problems


def _not_sold(offer: Offer, at: datetime) -> str:
    if not offer.sold:
        return "a product that is on sale"
    if offer.sold_from and at < offer.sold_from:
        return f"from {offer.sold_from.isoformat()} on"
    return f"nothing: it was sold until {offer.sold_to.isoformat()}" if offer.sold_to and at >= offer.sold_to else ""


def _faults(line: AskLine, group: Group, taken: list[tuple[Choice, int]]) -> list[QuoteProblem]:
    units = sum(count for _, count in taken)
    codes = ", ".join(choice.code for choice in group.choices)[:200]
    found = []
    if units < group.least:
        fix = f"at least {group.least} of {group.title} ({group.code}): {codes}"
        found.append(QuoteProblem(line.line_no, line.sku, "option_required", fix, group.code))
    if units > group.most:
        fix = f"at most {group.most} of {group.title} ({group.code}): {codes}"
        value = ", ".join(choice.code for choice, _ in taken)
        found.append(QuoteProblem(line.line_no, line.sku, "too_many_options", fix, value[:200]))
    found += [
        QuoteProblem(line.line_no, line.sku, "too_many_options", f"at most {choice.most} times", choice.code)
        for choice, count in taken
        if count > choice.most
    ]
    return found


def leaving(line: AskLine, item: Item, offer: Offer | None) -> tuple[Part, ...]:
    """What leaves the shelf for a line, summed by item in the order it is met; nothing for a service without parts."""
    own = () if item.kind is ItemKind.SERVICE else (Part(item.id, item.sku, line.units),)
    if offer is None:
        return own
    total: dict[Part, int] = {}
    wanted = Counter(line.options)
    fixed = own if offer.parts is None else offer.parts
    for part in fixed:
        _add(total, part, 1 if offer.parts is None else line.units)
    for group in offer.groups if wanted else ():
        for choice in group.choices:
            for part in choice.parts if choice.code in wanted else ():
                _add(total, part, wanted[choice.code] * line.units)
    return tuple(Part(part.item_id, part.sku, units) for part, units in total.items())


def _add(total: dict[Part, int], part: Part, times: int) -> None:
    key = Part(part.item_id, part.sku, 0)
    total[key] = total.get(key, 0) + part.units * times
