"""What a basket costs: price by date, promotions, tax. Plain functions over frozen values, integers only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from datong.brand.types import AddressText
from datong.catalog.rules.assortment import EVERYWHERE, Range
from datong.catalog.rules.options import choose, leaving, named
from datong.catalog.rules.promotions import (
    NOWHERE,
    Note,
    Running,
    apply_promotions,
    facts_of,
    in_force,
    in_order,
    meeting_conditions,
    refusal,
)
from datong.catalog.rules.taxes import NO_TAXES, TaxMap
from datong.catalog.types import (
    Ask,
    AskLine,
    Finding,
    Item,
    ItemKind,
    Offer,
    Price,
    PriceList,
    Promotion,
    Quote,
    QuoteLine,
    QuoteProblem,
    Scene,
    Taxed,
    TaxedPart,
    shares_of,
    tax_each,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an ask is priced by: unit prices, items and offers by SKU, the promotions and taxes of the brand.

    `sells_by` is the list the door sells by, `list_note` the recorded reason when it is not the brand's, `place` where
    tax is due.
    """

    items: Mapping[str, Item]
    prices: Mapping[str, int]
    promotions: Sequence[Promotion] = ()
    taxes: TaxMap = NO_TAXES
    place: AddressText = AddressText()
    offers: Mapping[str, Offer] = field(default_factory=dict)
    scene: Scene = NOWHERE
    sells_by: PriceList = PriceList("", "")
    list_note: str = ""
    sold: Range = EVERYWHERE

    def taxed(self, tax_class: str, ask: Ask) -> Taxed:
        """At what something of a class is taxed for this ask."""
        return self.taxes.taxed(tax_class, self.place, ask.at, ask.exempt) if tax_class else Taxed()


def list_of(ask: Ask, policies: Mapping[UUID, tuple[str, str]], lists: Mapping[str, PriceList]) -> str:
    """The code of the list this door sells by: '' unless the channel has a list of its own and a recorded reason.

    `policies` maps a channel to (list code, note). Same price everywhere is the rule, so a list that nobody gave a
    reason for, or that does not exist, does not count.
    """
    code, note = policies.get(ask.channel_id, ("", ""))
    return code if note.strip() and code in lists else ""


def unit_price(own: int | None, base: int | None, own_list: PriceList, base_list: PriceList) -> int | None:
    """The list's own price, else the default list's when both mean the same: one currency, tax alike."""
    same = (own_list.currency, own_list.tax_inclusive) == (base_list.currency, base_list.tax_inclusive)
    return own if own is not None or not same else base


def pick_price(prices: Iterable[Price], at: datetime) -> Price | None:
    """The price in force at `at` that began last: a week's special lies over the open-ended price and ends."""
    return max(
        (price for price in prices if in_force(price.valid_from, price.valid_to, at)),
        key=lambda price: price.valid_from,
        default=None,
    )


def price_ask(ask: Ask, terms: Terms, quote_id: UUID, note: Note | None = None) -> Quote:
    """Price one basket; `note` hears what became of each promotion.

    Promotions first, in order of priority, each on what the earlier ones left; then tax on the lines' totals, rounded
    as the list says. No line goes below zero, and the quote is the sum of its lines. A line without a price costs
    nothing and is named in `problems`; it takes part in no promotion. A line whose options do not do is named too.
    """
    if any(line.options for line in ask.lines):
        ask = replace(ask, lines=tuple(named(line, terms.offers.get(line.sku)) for line in ask.lines))
    running, problems = _open_lines(ask, terms)
    if terms.promotions:
        _promote(list(running.values()), ask, terms, note)
    lines = tuple(
        _priced(line, running[pos], ask, terms) if pos in running else _unpriced(line, terms)
        for pos, line in enumerate(ask.lines)
    )
    market = terms.sells_by
    inclusive, rounding = market.tax_inclusive, market.tax_rounding
    each = tax_each([(line.taxed, line.total_minor) for line in lines], inclusive=inclusive, rounding=rounding)
    lines = tuple(replace(line, tax_minor=tax) if tax else line for line, tax in zip(lines, each, strict=True))
    tax = sum(each)
    return Quote(
        quote_id,
        ask.currency,
        lines,
        sum(line.total_minor for line in lines) + (0 if inclusive else tax),
        tax,
        inclusive,
        tuple(problems),
        shares_of(TaxedPart.GOODS, ((x.taxed, x.total_minor, x.tax_minor) for x in lines), inclusive=inclusive),
        rounding,
        terms.taxed(market.delivery_tax_class, ask),
        terms.taxed(market.packaging_tax_class, ask),
    )


def _promote(lines: list[Running], ask: Ask, terms: Terms, note: Note | None) -> None:
    here = []
    for promotion in in_order(terms.promotions):
        why = refusal(promotion, ask, terms.scene)
        if why is None:
            here.append(promotion)
        elif note:
            note(Finding(promotion.code, promotion.title, why))
    apply_promotions(lines, meeting_conditions(here, lambda: facts_of(ask, terms.scene, lines), note), note)


def _open_lines(ask: Ask, terms: Terms) -> tuple[dict[int, Running], list[QuoteProblem]]:
    """Lines that can be priced by position, and what is wrong with the others."""
    running: dict[int, Running] = {}
    problems = []
    for pos, line in enumerate(ask.lines):
        item, unit = terms.items.get(line.sku), terms.prices.get(line.sku)
        if item is None:
            problems.append(QuoteProblem(line.line_no, line.sku, "unknown_sku"))
        elif not item.active:
            problems.append(QuoteProblem(line.line_no, line.sku, "inactive_item"))
        elif unit is None:
            problems.append(QuoteProblem(line.line_no, line.sku, "no_price"))
        else:
            chosen, faults = choose(line, terms.offers.get(line.sku), ask.at)
            problems += [*faults, *_not_listed(line, item, ask, terms.sold), *_choices_out(line, ask, terms.sold)]
            unit = max(unit + sum(choice.delta_minor * choice.units for choice in chosen), 0)
            running[pos] = Running(line, unit, unit * line.units, item.category, chosen=chosen)
    return running, problems


def _not_listed(line: AskLine, item: Item, ask: Ask, sold: Range) -> list[QuoteProblem]:
    """A door that does not sell the product, or the store that was named."""
    product = str(item.product_id or "")
    if not sold.sold_by(ask.channel_id, product, item.category):
        fix = "a product of this channel's assortment"
    elif ask.store_id and not sold.sold_at(ask.store_id, product, item.category):
        fix = "a product of this store's assortment, or another store"
    else:
        return []
    return [QuoteProblem(line.line_no, line.sku, "not_in_assortment", fix, line.sku)]


def _choices_out(line: AskLine, ask: Ask, sold: Range) -> list[QuoteProblem]:
    """The choices of a line that are off sale everywhere, or at the store that was named."""
    found = []
    for code in dict.fromkeys(line.options):
        if out := sold.choice_out(code, ask.store_id, ask.at):
            back = f"; back from {out.until.isoformat()}" if out.until else ""
            fix = f"another choice, or none{' , or another store' if out.store_id else ''}{back}".replace(" ,", ",")
            found.append(QuoteProblem(line.line_no, line.sku, "option_sold_out", fix, code))
    return found


def _priced(line: AskLine, running: Running, ask: Ask, terms: Terms) -> QuoteLine:
    item = terms.items[line.sku]
    return QuoteLine(
        line_no=line.line_no,
        item_id=item.id,
        sku=item.sku,
        title=item.title,
        kind=item.kind,
        units=line.units,
        unit_minor=running.unit_minor,
        discount_minor=running.unit_minor * line.units - running.left_minor,
        tax_minor=0,
        total_minor=running.left_minor,
        promotions=tuple(running.promotions),
        options=running.chosen,
        parts=leaving(line, item, terms.offers.get(line.sku)),
        not_at=terms.sold.not_at(str(item.product_id or ""), item.category)
        | terms.sold.choices_not_at(line.options, ask.at),
        taxed=terms.taxed(item.tax_class, ask),
    )


def _unpriced(line: AskLine, terms: Terms) -> QuoteLine:
    item = terms.items.get(line.sku)
    return QuoteLine(
        line_no=line.line_no,
        item_id=item.id if item else None,
        sku=line.sku,
        title=item.title if item else "",
        kind=item.kind if item else ItemKind.GOODS,
        units=line.units,
        unit_minor=0,
        discount_minor=0,
        tax_minor=0,
        total_minor=0,
        parts=leaving(line, item, terms.offers.get(line.sku)) if item else (),
    )
