"""Nouns of orders (订单): the intent every door produces, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.brand.types import AddressText
from datong.customers.types import Identity
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.errors import Problem
from datong.kernel.geo import Point
from datong.payments.types import PaymentMethod

MAX_LINES = 500
MAX_UNITS = 100_000


class BusinessModel(StrEnum):
    """S-182."""

    B2C = "b2c"
    B2B = "b2b"
    C2C = "c2c"
    O2O = "o2o"


class Side(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Mode:
    """One way of joining online and offline (S-169): the sides a customer's path goes through, in their order.

    `basic` modes stand for themselves; the others are derived from them.
    """

    code: str
    sides: tuple[Side, ...]
    basic: bool


MODES = (
    Mode("online_to_offline", (Side.ONLINE, Side.OFFLINE), basic=True),
    Mode("offline_to_online", (Side.OFFLINE, Side.ONLINE), basic=True),
    Mode("online_offline_online", (Side.ONLINE, Side.OFFLINE, Side.ONLINE), basic=False),
    Mode("offline_online_offline", (Side.OFFLINE, Side.ONLINE, Side.OFFLINE), basic=False),
)


@dataclass(frozen=True, slots=True)
class IntentLine:
    """One line as the channel wrote it. `unit_minor` None: the channel states no price, our quote decides.

    `discount_minor` is what the channel took off the whole line. `options` are codes of the choices for one unit.
    """

    line_no: int
    sku: str
    units: int
    unit_minor: int | None = None
    discount_minor: int = 0
    title: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a platform or till has settled, minor units, all >= 0.

    The customer paid `paid` = goods - platform_subsidy - merchant_subsidy + packaging + delivery + tax_added.
    The platform owes us paid + platform_subsidy - commission. `goods` is the sum of the lines after their own
    discounts; `tax_added` is tax on top of the lines' prices (0 when they include it).
    """

    goods: int
    paid: int
    platform_subsidy: int = 0
    merchant_subsidy: int = 0
    packaging: int = 0
    delivery: int = 0
    commission: int = 0
    tax_added: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach for this order only. `masked`: a relay number (隐私号) or a masked name; never identity."""

    name: str = ""
    phone: str = ""
    email: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Where it goes: as written, and the place when the channel sent one."""

    text: AddressText
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """The one canonical shape of an order, whatever door it came through.

    `channel_id` and `external_id` together are taken once. `store_code` is a store the customer or the platform
    named: it is never changed without asking. `completed` marks a till sale that has happened: it is never refused
    for stock, price or risk. `amounts` given: the order is paid elsewhere and booked at these amounts.
    `referred_by` is the code of the store whose QR code or staff led the customer here: it gets the credit (S-170).
    `entry_id`, `visit_id`: the entry and the visit by which the customer came (S-28); `associate`: the log-in name of
    the member of staff who sold it. How an order came is no part of what it is: these do not count in its hash.
    `placed_at` is the sender's time of the order, with its zone. `trace` is the traceparent of the request it came with
    ('': of the caller), so that orders that are placed together each keep their own.
    """

    channel_id: UUID
    external_id: str
    placed_at: datetime
    currency: str
    lines: tuple[IntentLine, ...]
    fulfilment: FulfilmentKind
    payment: PaymentMethod
    paid: bool = False
    store_code: str = ""
    destination: Destination | None = None
    contact: Contact = field(default_factory=Contact)
    identities: tuple[Identity, ...] = ()
    amounts: Amounts | None = None
    completed: bool = False
    promised_at: datetime | None = None
    provider_ref: str = ""
    note: str = ""
    referred_by: str = ""
    model: BusinessModel = BusinessModel.B2C
    received_by: str = ""
    inbox_id: UUID | None = None
    trace: str = ""
    entry_id: UUID | None = None
    visit_id: UUID | None = None
    associate: str = ""

    @property
    def happened(self) -> bool:
        """Sold already, in a store or on somebody else's platform: taken with an exception, never refused."""
        return self.completed or self.amounts is not None


@dataclass(frozen=True, slots=True)
class News:
    """What a channel says now about an order it sent: its whole standing, not a change, so that order and repeats of
    messages do not matter.

    `cancelled` is the reason ('' when it stands). `refunds` are (the channel's id of the refund, minor units, reason).
    """

    channel_id: UUID
    external_id: str
    paid: bool = False
    paid_minor: int = 0
    provider_ref: str = ""
    cancelled: str = ""
    refunds: tuple[tuple[str, int, str], ...] = ()


class OrderState(StrEnum):
    ASSIGNED = "assigned"  # a store has it and its stock is held
    BACKORDER = "backorder"  # nobody can serve it yet; retried when stock arrives
    REVIEW = "review"  # held by risk or a finding, a person decides
    COMPLETED = "completed"  # a till sale that is done
    CANCELLED = "cancelled"


class ExceptionKind(StrEnum):
    """What needs a hand on an order that was taken."""

    PRICE_DIFFERS = "price_differs"
    UNKNOWN_SKU = "unknown_sku"
    NOT_OFFERED = "not_offered"
    STOCK_SHORT = "stock_short"
    STORE_UNKNOWN = "store_unknown"
    ADDRESS_UNKNOWN = "address_unknown"
    NO_STORE = "no_store"
    RISK_REVIEW = "risk_review"
    CONFLICTING_REPEAT = "conflicting_repeat"
    AMOUNTS_DIFFER = "amounts_differ"
    CANCELLED_ELSEWHERE = "cancelled_elsewhere"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken. `repeat` is True when this very order had been taken before: the first answer again."""

    order_id: UUID
    number: str
    state: OrderState
    store_ids: tuple[UUID, ...]
    total_minor: int
    currency: str
    exceptions: tuple[ExceptionKind, ...] = ()
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Not taken, for good reasons that are the sender's to mend or ours to explain; nothing was written."""

    code: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """The channel used this external id before for a different order; the first stands."""

    order_id: UUID
    number: str


Outcome = Accepted | Refused | Repeated


@dataclass(frozen=True, slots=True)
class Booked:
    """An order as it stands in the book; `paid` is what is known now."""

    order_id: UUID
    number: str
    external_id: str
    placed_at: datetime
    total_minor: int
    currency: str
    state: OrderState
    paid: bool
