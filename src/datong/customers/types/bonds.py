"""What a customer is (person or organisation), whom they belong with, and who looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.customers.types.people import Means


class CustomerKind(StrEnum):
    """S-100."""

    PERSON = "person"  # 个人
    ORGANISATION = "organisation"  # 公司


class BondKind(StrEnum):
    """How two customers belong together."""

    HOUSEHOLD = "household"  # 家庭: lives with
    CONTACT = "contact"  # 联系人: `customer` speaks for the organisation `other`
    PART = "part"  # 下属: the organisation `customer` is part of the organisation `other`


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a customer beside name and identities; what is not known is ''.

    Of an organisation: `legal_name`, `legal_id` (统一社会信用代码, VAT number), `industry`. `preferred`: by which means
    they want to be reached; a wish, no consent. `birthday` of a person only. `company`: where a person works, as they
    said it. `tags`: words of the brand's own.
    """

    customer_id: UUID
    kind: CustomerKind = CustomerKind.PERSON
    legal_name: str = ""
    legal_id: str = ""
    industry: str = ""
    preferred: Means | None = None
    language: str = ""
    birthday: date | None = None
    company: str = ""
    address: str = ""
    tags: tuple[str, ...] = ()
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Bond:
    """Two customers that belong together; `role` in a few words (buyer, daughter). Ended, not deleted."""

    id: UUID
    kind: BondKind
    customer_id: UUID
    other_id: UUID
    role: str
    since: datetime
    by: str
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who looks after a customer (客户经理) since when; one at a time, the earlier ones stay as history."""

    id: UUID
    customer_id: UUID
    manager: str
    since: datetime
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One manager's customers and what waits: the sheet for judging is made of it (S-104)."""

    manager: str
    customers: int
    open_tasks: int
    late_tasks: int
    touched: int
    """Customers somebody spoke to, wrote to or made an offer to in the period."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of a manager's list: since when, the last touch, the next thing to do."""

    customer_id: UUID
    name: str
    kind: CustomerKind
    since: datetime
    touched_at: datetime | None
    due: date | None
    due_text: str
