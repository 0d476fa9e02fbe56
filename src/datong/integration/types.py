"""Nouns of integration (集成): what comes in through a door, and what the inbox (收件箱) keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.kernel.errors import BadInput, NotAllowed, NotFound, Problem, Unavailable
from datong.orders.types import News, OrderIntent

MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_ORDERS = 1_000  # in one batch
MAX_EXTERNAL_ID = 120
MAX_SKU = 60


class BadSignature(NotAllowed):
    """The payload is not from whom it says, or was changed on the way. Nothing is kept of it."""

    code = "bad_signature"


class UnknownEndpoint(NotFound):
    """No door has this address, or it is closed."""


class TooLarge(BadInput):
    """The payload is over the limit of size; nothing was read."""

    code = "too_large"


class TooMany(Unavailable):
    """The sender goes over its rate; the same call may come again after `retry_after_s`."""

    code = "too_many_requests"


class NotAnOrder(BadInput):
    """Genuine and understood, but nothing to take: a draft, a cancelled order."""

    code = "not_an_order"


class NotYet(Unavailable):
    """The order exists at the platform but is not ours to take yet (unpaid); asked again later."""

    code = "not_yet"


@dataclass(frozen=True, slots=True)
class Request:
    """A delivery exactly as it came. Header names are lower case; `url` is absolute, without its query string."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a door knows beside the payload.

    `country` (ISO 3166-1 alpha-2), `currency` and `timezone` are the brand's, for what a payload leaves unsaid.
    `secrets` are the endpoint's own, opened; `settings` its plain ones. `vouches` True: this sender may say that an
    identity is verified (a brand's own app with log-in); otherwise what it says so about counts as a contact only.
    """

    channel_id: UUID
    channel_code: str
    currency: str
    country: str = ""
    timezone: str = "UTC"
    secrets: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    vouches: bool = False
    received_by: str = ""
    inbox_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a sender expects to read when its delivery is safe with us."""

    body: str = ""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to be kept of a delivery: a batch falls into one piece an order.

    `orders` False: understood and genuine, but not an order (another topic, a test ping): kept, never placed.
    """

    body: bytes
    external_id: str = ""
    orders: bool = True


@dataclass(frozen=True, slots=True)
class Connector:
    """How one kind of sender speaks: five small functions, called in this order.

    `verify` checks the signature of the raw bytes and raises BadSignature: nothing is parsed before it. `unpack` says
    what is to be kept. `fetch`, when there is one, asks the platform for the details of a notice, outside of any
    transaction. `parse` makes canonical intents or raises BadInput with every problem it found. `readable` is the
    text a person may correct; `parse` reads it as well. `news` reads how the order a payload is about stands, in case
    we have it already. `greet` answers the GET by which a platform checks an address.
    `speaks` is the version of the sender's format.
    """

    name: str
    verify: Callable[[Request, Context], None]
    unpack: Callable[[Request, Context], list[Piece]]
    parse: Callable[[bytes, Context], list[OrderIntent]]
    reply: Reply = Reply()
    fetch: Callable[[bytes, Context], bytes] | None = None
    readable: Callable[[bytes], str] | None = None
    greet: Callable[[Request, Context], Reply] | None = None
    news: Callable[[bytes, Context], News] | None = None
    speaks: str = "1"

    @property
    def process(self) -> tuple[str, ...]:
        """The defined flow of a delivery through this connector (S-56), in the order it runs."""
        return ("verify", "keep", "answer", *(("fetch",) if self.fetch else ()), "read", "place", "settle")


PROCESS_VERSION = 1
"""Raised when the steps of Connector.process change."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A channel's connection as it is shown: the tool with the format it speaks, and the process with its version."""

    channel_id: UUID
    connector: str
    speaks: str
    process: tuple[str, ...]
    process_version: int
    active: bool


class InboxState(StrEnum):
    """Where a delivery stands. PENDING and FAILED are tried again (FAILED by hand), the others are final."""

    PENDING = "pending"
    PLACED = "placed"  # an order of ours
    REPEAT = "repeat"  # the same order once more: the first answer holds
    UPDATED = "updated"  # news about an order of ours: paid, cancelled, given back
    CONFLICT = "conflict"  # another order under an id that is taken: a person decides
    REJECTED = "rejected"  # cannot be understood, or refused for a reason: correct it and replay
    FAILED = "failed"  # ours to mend: the reason is kept
    SUPERSEDED = "superseded"  # a corrected copy took its place
    IGNORED = "ignored"  # genuine, but not an order


OPEN_STATES = frozenset({InboxState.CONFLICT, InboxState.REJECTED, InboxState.FAILED})
"""Somebody has to lay a hand on these."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A door's address: the token in its URL, whose it is, and how its sender speaks. Secrets are not in here."""

    token: str
    brand_id: UUID
    channel_id: UUID
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One kept delivery. `body` (readable), `raw` and `fetched` only where one entry is asked for.

    `history` tells what happened before: {at, who, what, state, codes} of every earlier try and hand that was laid on.
    """

    id: UUID
    channel_id: UUID
    connector: str
    external_id: str
    state: InboxState
    received_at: datetime
    attempts: int
    sha256: str
    size_bytes: int
    problems: tuple[Problem, ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    corrected_from: UUID | None = None
    corrected_by: str = ""
    retry_at: datetime | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    body: str = ""
    raw: bytes = b""
    fetched: bytes = b""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery that is safe on disk: the inbox entries it became, and the words its sender expects."""

    inbox_ids: tuple[UUID, ...]
    reply: Reply


@dataclass(frozen=True, slots=True)
class Pulled:
    """An order that was asked for instead of delivered, in the words the door's connector reads.

    `headers` are those the delivery would have carried. `details`: what the platform answers where a delivery only
    names its order; the `body` is then the notice, in the clear.
    """

    external_id: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    details: bytes = b""


@dataclass(frozen=True, slots=True)
class Listed:
    """One order as a platform's own list tells it. `amount_minor` is what the customer paid or is to pay.

    `counts` False: the platform itself does not call it an order yet (unpaid where only paid ones are taken).
    """

    pulled: Pulled
    placed_at: datetime
    updated_at: datetime
    amount_minor: int
    currency: str
    paid: bool = True
    cancelled: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page of a platform's list of orders. `next` is what the next page is asked with, '' at the end.

    `faults`: orders of the page that could not be summed up, by external id, with the reason.
    """

    orders: tuple[Listed, ...]
    next: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drained:
    """What one round of the inbox did, counted by the state the entries ended in."""

    taken: int = 0
    states: Mapping[InboxState, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file became. `rows` read in all runs together; `done` False: stopped half way, resume continues."""

    run_id: UUID
    rows: int
    orders: int
    states: Mapping[InboxState, int] = field(default_factory=dict)
    done: bool = True
    resumed_at_row: int = 0
