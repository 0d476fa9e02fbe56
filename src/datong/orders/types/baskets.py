"""Nouns of the basket (购物车): what somebody means to buy, one for a customer at all ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from datong.brand.types import AddressText
from datong.catalog.types import Quote, QuoteLine
from datong.customers.types import Identity
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.errors import Conflict, Problem
from datong.kernel.geo import Point
from datong.orders.types.book import Contact, Destination
from datong.orders.types.near import Foreseen
from datong.payments.types import PaymentMethod

MAX_BASKET_LINES = 100
MAX_BASKET_UNITS = 999


@dataclass(frozen=True, slots=True)
class BasketLine:
    """`seen_minor` is what one unit cost when the customer last saw it change; `key` names SKU and options together."""

    key: str
    sku: str
    units: int
    options: tuple[str, ...]
    seen_minor: int


@dataclass(frozen=True, slots=True)
class Basket:
    """`version` grows with every change; an order of this basket is claimed under it, so it is taken once."""

    id: UUID
    version: int
    customer_id: UUID | None
    changed_at: datetime
    lines: tuple[BasketLine, ...] = ()

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


@dataclass(frozen=True, slots=True)
class Way:
    """How a basket is to reach its customer, as far as it is known: `store_id` to fetch it at, else where it goes.

    `place` is where that lies, `member` the level of the customer's card (None: nobody we know as a member),
    `free_delivery` whether that level pays none.
    """

    channel_id: UUID
    currency: str
    fulfilment: FulfilmentKind
    store_id: UUID | None = None
    address: AddressText | None = None
    place: Point | None = None
    region: str = ""
    member: str | None = None
    free_delivery: bool = False


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line at today's price. `was_minor`: what a unit cost when it was put in, where that is another amount."""

    line: BasketLine
    quote: QuoteLine
    was_minor: int | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """What a basket costs now, this way: the quote and the fees. `foreseen` None: nothing is known of the way.

    `least_minor`: what the goods must come to for this way, 0 for nothing.
    """

    lines: tuple[PricedLine, ...]
    quote: Quote
    delivery_minor: int
    total_minor: int
    tax_minor: int
    foreseen: Foreseen | None = None
    least_minor: int = 0

    @property
    def sellable(self) -> bool:
        return bool(self.lines) and not self.quote.problems

    @property
    def missing_minor(self) -> int:
        """How much more must be in the basket for this way."""
        return max(0, self.least_minor - self.quote.total_minor)

    @property
    def moved(self) -> bool:
        return any(line.was_minor is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Came:
    """By which entry and visit somebody came; who gets the credit: the store's code, the associate's log-in name."""

    entry_id: UUID | None = None
    visit_id: UUID | None = None
    referred_by: str = ""
    associate: str = ""


@dataclass(frozen=True, slots=True)
class CheckOut:
    """An order for all of a basket. `version` and `total_minor` are those the customer saw when they ordered."""

    version: int
    total_minor: int
    way: Way
    store_code: str
    payment: PaymentMethod
    contact: Contact
    destination: Destination | None = None
    identities: tuple[Identity, ...] = field(default=())
    note: str = ""
    came: Came = field(default_factory=Came)


class BasketMoved(Conflict):
    """The basket or its price is not what the customer saw; nothing was ordered."""

    code = "basket_moved"

    def __init__(self, total_minor: int) -> None:
        self.total_minor = total_minor
        problem = Problem("total_minor", self.code, f"the total as it is now, {total_minor}", total_minor)
        super().__init__("the basket or a price changed meanwhile: look again, then order", problem)
