"""Nouns of the demo: the world that is set up, and the day of orders that is sent through its doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from datong.brand.types import AddressText, ChannelKind, StoreKind
from datong.catalog.types import ItemKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import Point
from datong.orders.types import Amounts, BusinessModel, Contact
from datong.payments.types import PaymentMethod


@dataclass(frozen=True, slots=True)
class Good:
    """Something on sale. `trade_minor` is the price of the trade list, equal to the list price when there is none.

    `usual_units` is the median of what one basket takes of it; `baskets` in how many it stands.
    """

    sku: str
    title: str
    list_minor: int
    trade_minor: int
    usual_units: int = 1
    baskets: int = 1
    kind: ItemKind = ItemKind.GOODS
    category: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BasketLine:
    sku: str
    units: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class Basket:
    """A complete basket of goods. `at` is local wall time of its real day; `customer` '' bought as a guest."""

    invoice: str
    at: datetime
    customer: str
    lines: tuple[BasketLine, ...]

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def amount_minor(self) -> int:
        return sum(line.units * line.unit_minor for line in self.lines)


class Format(StrEnum):
    """Kind of a store: what it stocks and how far it delivers."""

    HUB = "hub"  # a big store that also sends parcels across the country, holds every good
    BIG = "big"
    SMALL = "small"
    KIOSK = "kiosk"  # hands out only


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the demo; `hours` on the 24-hour clock, "Mon: 10:00-21:00; ..."."""

    code: str
    name: str
    place: Point
    address: AddressText
    hours: str
    timezone: str
    format: Format
    services: tuple[str, ...] = ()
    serves_radius_m: int = 0
    order_limit: int | None = None
    kind: StoreKind = StoreKind.OWN
    lends_stock: bool = True
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    shop: str
    sku: str
    on_hand: int
    safety: int = 0


class Door(StrEnum):
    """The native format in which a channel's orders arrive."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    WECHAT_SHOP = "wechat_shop"
    MARKETPLACE = "marketplace"
    TILL = "till"
    DESK = "desk"
    JSON_API = "json_api"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class DemoChannel:
    """A channel to register. `mapping` names a marketplace's or file's field mapping; `share` is its weight among the
    channels for ordinary baskets; `states_price` False: its doors ask our price instead of stating one."""

    code: str
    name: str
    kind: ChannelKind
    door: Door
    role: str
    owner: str
    share: int
    mapping: str = ""
    price_list: str = ""
    price_policy_note: str = ""
    buffer_units: int = 0
    states_price: bool = True


@dataclass(frozen=True, slots=True)
class Persona:
    """One real customer number (or one guest) as the person whom the doors see.

    The signs are what each door shows of the person; which of them a door vouches for is the door's business.
    """

    key: str
    name: str
    phone: str
    email: str
    openid: str
    unionid: str
    app_user: str
    card: str
    address: AddressText
    place: Point
    home_shop: str
    guest: bool = False


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """`unit_minor` is what the channel charged; `list_minor` is our price for it at that channel."""

    line_no: int
    sku: str
    title: str
    units: int
    unit_minor: int
    list_minor: int

    @property
    def amount_minor(self) -> int:
        return self.units * self.unit_minor


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """One order with everything its native payload needs. `shop` is the store it was made near; `named_shop` is the
    store that the customer or the platform named, '' when the hub is to choose. Amounts are minor units."""

    number: str
    channel: str
    placed_at: datetime
    currency: str
    lines: tuple[PlannedLine, ...]
    fulfilment: FulfilmentKind
    payment: PaymentMethod
    persona: Persona
    contact: Contact
    amounts: Amounts
    shop: str
    named_shop: str = ""
    address: AddressText = AddressText()
    place: Point | None = None
    promised_at: datetime | None = None
    model: BusinessModel = BusinessModel.B2C
    source: str = ""
    note: str = ""

    @property
    def completed(self) -> bool:
        return self.fulfilment is FulfilmentKind.TILL


class Trouble(StrEnum):
    """What goes wrong on the way, on purpose."""

    NONE = "none"
    TWICE = "twice"  # the same message again
    CONFLICT = "conflict"  # the same number with another body
    UNKNOWN_SKU = "unknown_sku"
    BAD_QUANTITY = "bad_quantity"
    MISSING_FIELD = "missing_field"
    BAD_JSON = "bad_json"
    WRONG_CURRENCY = "wrong_currency"
    BAD_SIGNATURE = "bad_signature"


MALFORMED = frozenset(
    {Trouble.UNKNOWN_SKU, Trouble.BAD_QUANTITY, Trouble.MISSING_FIELD, Trouble.BAD_JSON, Trouble.WRONG_CURRENCY}
)


@dataclass(frozen=True, slots=True)
class Sending:
    """One message of the day: `order` goes out at `at`. `late` marks one sent long after it was placed."""

    at: datetime
    order: PlannedOrder
    trouble: Trouble = Trouble.NONE
    late: bool = False


@dataclass(frozen=True, slots=True)
class Race:
    """Two orders through two doors for the last units of one good at one place."""

    shop: str
    sku: str
    units: int
    orders: tuple[str, str]


@dataclass(frozen=True, slots=True)
class DemoBrand:
    """`tax_bps` is included in all prices. `tokens` are design tokens by CSS custom property name."""

    key: str
    name: str
    currency: str
    locale: str
    country: str
    timezone: str
    tax_bps: int
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """Everything the demo sets up and sends; the same arguments give an equal world."""

    brand: DemoBrand
    goods: tuple[Good, ...]
    shops: tuple[Shop, ...]
    channels: tuple[DemoChannel, ...]
    stock: tuple[Stock, ...]
    day: tuple[Sending, ...]
    races: tuple[Race, ...]
    stale_prices: Mapping[str, int]

    @property
    def orders(self) -> tuple[PlannedOrder, ...]:
        """The distinct orders, in the order of their first message."""
        return tuple({sending.order.number: sending.order for sending in reversed(self.day)}.values())[::-1]
