"""Nouns of service (客服): case 服务单, step 处理记录, reason 事由, team 服务组, measure 服务指标."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MAX_SUBJECT = 200
MAX_TEXT = 2_000
MAX_ORDERS = 20


class Phase(StrEnum):
    """Where in a purchase the customer is (S-252)."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class CaseState(StrEnum):
    OPEN = "open"  # ours to act on
    WAITING = "waiting"  # for the customer, a store, a supplier
    DONE = "done"


class Outcome(StrEnum):
    SOLVED = "solved"
    COMPENSATED = "compensated"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CaseStepKind(StrEnum):
    OPENED = "opened"
    NOTE = "note"  # for colleagues
    ANSWER = "answer"  # what the customer was told, and reads
    SAID = "said"  # what the customer said
    ASSIGNED = "assigned"
    STATE = "state"
    COMPENSATION = "compensation"
    ACTION = "action"  # done to an order: cancelled, changed, refunded, sent again


class Give(StrEnum):
    """What a compensation is given as."""

    POINTS = "points"
    VOUCHER = "voucher"
    STORED_VALUE = "stored_value"
    GOODS = "goods"  # sent again, for nothing


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody turns to us. `minutes`: within so many the case is to be done. `name` '' is a built-in's."""

    code: str
    phase: Phase
    minutes: int
    name: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Team:
    """Who looks after which customers (S-258). `types`: codes of tiers, `member` (no tier), `guest` (nobody we know),
    `partner`; none: everybody no other team has. `agents` are usernames."""

    code: str
    name: str
    types: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


KIND_OF_COMPENSATION = "service.compensate"
GUEST, MEMBER, PARTNER = "guest", "member", "partner"


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case as it is opened. `company_id`: a partner's own question to the brand (S-254)."""

    reason: str
    subject: str
    channel_id: UUID | None = None
    phase: Phase | None = None
    text: str = ""
    customer_id: UUID | None = None
    order_ids: tuple[UUID, ...] = ()
    store_id: UUID | None = None
    company_id: UUID | None = None
    agent: str = ""
    said: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """`number` is for people. `answered_at`: when the customer first heard of us. `given_minor`: what was given as
    compensation in all, in `currency`."""

    id: UUID
    number: str
    reason: str
    phase: Phase
    subject: str
    state: CaseState
    channel_id: UUID | None
    customer_id: UUID | None
    store_id: UUID | None
    company_id: UUID | None
    team: str
    agent: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str
    given_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Step:
    """`shown`: the customer reads it, too."""

    id: UUID
    kind: CaseStepKind
    who: str
    text: str
    shown: bool
    state: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    case: Case
    order_ids: tuple[UUID, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Giving:
    """What an agent gives: `points`, a voucher of the `offer`, `amount_minor` of stored value, or `units` (line number
    -> units) of the order again. `worth_minor` is what it counts for in the limit of a day."""

    give: Give
    reason: str
    customer_id: UUID | None = None
    order_id: UUID | None = None
    case_id: UUID | None = None
    amount_minor: int = 0
    points: int = 0
    offer: str = ""
    units: tuple[tuple[int, int], ...] = ()
    channel_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A compensation that was given."""

    id: UUID
    give: Give
    amount_minor: int
    currency: str
    what: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the queue shows; None or '' is any. `live`: not done. `stores`: cases of these stores only. `agent` '-' is
    nobody's. `text` is a number, or the beginning of one."""

    live: bool = True
    state: str = ""
    team: str = ""
    agent: str = ""
    reason: str = ""
    channel_id: UUID | None = None
    customers: tuple[UUID, ...] | None = None
    order_id: UUID | None = None
    stores: tuple[UUID, ...] | None = None
    overdue: bool = False
    partners: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    cases: tuple[Case, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    open: int
    waiting: int
    overdue: int
    nobodys: int


@dataclass(frozen=True, slots=True)
class Measure:
    """What customers of a channel got for one reason (S-249, S-251). Minutes are medians; None: not yet.

    `differs` names what is far from what the other channels give for the same reason: answer, closing, outcome,
    compensation.
    """

    reason: str
    channel_id: UUID | None
    cases: int
    answered: int
    answer_minutes: int | None
    close_minutes: int | None
    done: int
    solved: int
    given: int
    given_minor: int
    currency: str
    differs: tuple[str, ...] = field(default=())

    @property
    def given_each_minor(self) -> int:
        return self.given_minor // self.done if self.done else 0
