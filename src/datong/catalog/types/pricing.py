"""Nouns of prices: price lists (价目), quotes (报价)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.brand.types import AddressText
from datong.catalog.types.items import ItemKind
from datong.catalog.types.offers import Chosen, Part
from datong.catalog.types.taxes import UNTAXED, Taxed, TaxRounding, TaxShare


@dataclass(frozen=True, slots=True)
class PriceList:
    """A list of prices in one currency; code '' is the brand's default. It also says how its market is taxed.

    `tax_inclusive`: its prices (and the fees asked beside them) contain tax. The fees are taxed at the rates of these
    classes; '' is not taxed.
    """

    code: str
    currency: str
    tax_inclusive: bool = True
    tax_rounding: TaxRounding = TaxRounding.LINE
    delivery_tax_class: str = "standard"
    packaging_tax_class: str = "standard"


@dataclass(frozen=True, slots=True)
class Price:
    """One price of one item in a list (code '' is the brand's only list by default) from a moment on."""

    sku: str
    amount_minor: int
    valid_from: datetime
    valid_to: datetime | None = None
    price_list: str = ""


@dataclass(frozen=True, slots=True)
class AskLine:
    """`options`: codes of the choices for one unit; a code that comes twice is taken twice."""

    line_no: int
    sku: str
    units: int
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a basket costs at a moment at a door. `region` is where the customer is, for price policies.

    Tax is due at `place`, where the order goes; without one at the store that is named, else in the `region`. Nothing
    is due to the jurisdictions in `exempt` ('' all).

    `store_id` is the store that is named, if one is. `member` is the level of the customer's card ('' a card without
    levels), None for nobody we know as a member. `people` buy together in a group deal.
    """

    channel_id: UUID
    currency: str
    at: datetime
    lines: tuple[AskLine, ...]
    region: str = ""
    store_id: UUID | None = None
    member: str | None = None
    people: int = 1
    place: AddressText | None = None
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line priced: total = unit * units - discount; with exclusive tax the tax comes on top of total.

    `unit_minor` has the options in it. `parts` is what leaves the shelf for the whole line: the item itself, or what a
    bundle and the options use up; nothing for a service. `item_id` is None and the amounts 0 when the SKU is unknown;
    see Quote.problems. `not_at`: the stores that do not sell it.
    """

    line_no: int
    item_id: UUID | None
    sku: str
    title: str
    kind: ItemKind
    units: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    promotions: tuple[str, ...] = ()
    options: tuple[Chosen, ...] = ()
    parts: tuple[Part, ...] = ()
    not_at: frozenset[UUID] = frozenset()
    taxed: Taxed = UNTAXED


@dataclass(frozen=True, slots=True)
class QuoteProblem:
    """Why a line cannot be sold as it was asked for.

    Without a price: 'unknown_sku', 'inactive_item', 'no_price'. Priced as far as it goes: 'not_on_sale',
    'not_in_assortment', 'unknown_option', 'option_sold_out', 'option_required', 'too_many_options'; `fix` says what
    would do, `value` what was asked for.
    """

    line_no: int
    sku: str
    code: str
    fix: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced basket. `total_minor` is what the customer pays for the lines, tax included either way.

    `taxes` says whose the tax is; `delivery` and `packaging` at what such fees would be taxed.
    """

    id: UUID
    currency: str
    lines: tuple[QuoteLine, ...]
    total_minor: int
    tax_minor: int
    tax_inclusive: bool
    problems: tuple[QuoteProblem, ...] = ()
    taxes: tuple[TaxShare, ...] = ()
    tax_rounding: TaxRounding = TaxRounding.LINE
    delivery: Taxed = UNTAXED
    packaging: Taxed = UNTAXED

    @property
    def not_at(self) -> frozenset[UUID]:
        """The stores that do not sell a line of it."""
        return frozenset().union(*(line.not_at for line in self.lines))


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """A price as it stands or stood in a list: who set it, when, why. `replaced`: it was corrected by another row."""

    sku: str
    price_list: str
    currency: str
    amount_minor: int
    valid_from: datetime
    valid_to: datetime | None
    set_at: datetime
    set_by: str
    reason: str
    replaced: bool = False
