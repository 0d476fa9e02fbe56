"""Nouns of the brand (品牌): stores (门店), channels (渠道), opening hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from datong.kernel.geo import Point


class ChannelKind(StrEnum):
    """The five kinds of the mission (S-09) and the ends that are told apart from them."""

    SITE = "site"
    SOCIAL = "social"
    APP = "app"
    STORE = "store"
    SERVICE_CENTRE = "service_centre"
    MARKETPLACE = "marketplace"
    API = "api"
    FILE = "file"
    TV = "tv"


SHOP_CODE = "shop"
"""The code of the channel, of kind site, that is the brand's own web shop."""


class StoreKind(StrEnum):
    OWN = "own"
    FRANCHISE = "franchise"
    PARTNER = "partner"
    ACQUIRED = "acquired"


@dataclass(frozen=True, slots=True)
class Brand:
    """A tenant. `tokens` are its design tokens: CSS custom property name -> value."""

    id: UUID
    slug: str
    name: str
    currency: str
    locale: str
    country: str
    timezone: str
    tokens: Mapping[str, str] = field(default_factory=dict)


Span = tuple[int, int]
"""Open from and until, minutes after local midnight; until may pass 1440 (open past midnight)."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: seven days from Monday, each a list of spans; `exceptions` replace a date's spans (holidays)."""

    week: tuple[tuple[Span, ...], ...]
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Store:
    """A place that sells, serves, hands out or delivers. It is also a stock location (same id).

    `serves_radius_m` 0 means no delivery; `area` is a delivery polygon that replaces the radius when given.
    `order_limit` is the number of online orders a day, None for no limit. `tier` is the market tier 1 to 5 (S-151).
    `serving_cost_minor` is what one order served from here costs the brand (handling, a partner's fee), to be weighed.
    `lends_stock` False: orders of other channels may not lock this store's stock (a franchisee's own choice).
    """

    id: UUID
    code: str
    name: str
    place: Point
    city: str
    hours: Hours
    timezone: str
    region: str = ""
    country: str = ""
    postcode: str = ""
    address: str = ""
    phone: str = ""
    kind: StoreKind = StoreKind.OWN
    tier: int | None = None
    services: tuple[str, ...] = ()
    serves_radius_m: int = 0
    area: tuple[Point, ...] = ()
    order_limit: int | None = None
    lends_stock: bool = True
    open: bool = True
    serving_cost_minor: int = 0

    @property
    def address_text(self) -> AddressText:
        return AddressText(self.address, self.city, self.region, self.postcode, self.country)


@dataclass(frozen=True, slots=True)
class Channel:
    """A door's record: what it is for (`role`), how it prices, how much stock it leaves to the others.

    `buffer_units` are kept back from this channel at every place; `price_list` is the code of a list of its own and
    needs `price_policy_note`, the recorded reason (S-115: same price everywhere unless a policy says otherwise).
    The responsible owner is recorded in `access`. `stores` empty means every store may serve it.
    """

    id: UUID
    code: str
    name: str
    kind: ChannelKind
    role: str = ""
    open: bool = True
    price_list: str = ""
    price_policy_note: str = ""
    buffer_units: int = 0
    stores: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a channel's record lacks (S-11): `what` is 'role', 'owner', 'price_policy_note'."""

    channel_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class AddressText:
    """An address as written, to be located; every part may be empty."""

    line: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody said they are: `label` is what they typed; the rest is what the place is called here."""

    label: str
    place: Point
    city: str = ""
    region: str = ""
    postcode: str = ""


Gazetteer = Sequence[tuple[str, str, Point]]
"""Rows (country, key, place) where key is a postcode or 'city, region', lower case."""


class Sharing(StrEnum):
    """What a company's contract lets the brand see of its stores' orders."""

    FULL = "full"  # 全部可见
    MASKED = "masked"  # 联系方式脱敏: the orders, without the customers' contacts
    NONE = "none"  # 不可见: neither orders nor customers


@dataclass(frozen=True, slots=True)
class Region:
    """A named group of stores (大区), at most five deep. `stores` are its own, without those of the regions in it."""

    id: UUID
    name: str
    parent_id: UUID | None = None
    stores: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """A company that runs stores of the brand, such as a franchisee (加盟商), with its own staff.

    `legal_id` is its number in the register or its tax number; `sharing` what the brand sees of its stores' orders.
    """

    id: UUID
    name: str
    legal_id: str = ""
    sharing: Sharing = Sharing.FULL
    contact: str = ""
    stores: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """The brand > region > store tree and the companies, whole."""

    regions: tuple[Region, ...] = ()
    companies: tuple[Company, ...] = ()


@dataclass(frozen=True, slots=True)
class Veil:
    """Stores whose orders the brand does not see (`hidden`), or sees without contacts (`masked`)."""

    hidden: frozenset[UUID] = frozenset()
    masked: frozenset[UUID] = frozenset()
