"""Nouns of tax invoices (发票): who issues (销方), for whom (购方), a document (数电发票), a red letter (红字发票)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, DatongError

OWN = UUID(int=0)
"""Stands for the brand itself where a company's id stands for a franchisee."""


class About(StrEnum):
    ORDER = "order"
    TOP_UP = "top_up"  # a prepaid card sold, not taxed (不征税)


class Kind(StrEnum):
    BLUE = "blue"
    RED = "red"  # takes a blue one back, wholly or in part


class State(StrEnum):
    """How far a document is."""

    ASKED = "asked"  # kept, to be sent
    CONFIRMING = "confirming"  # red: the confirmation (红字信息确认单) was asked for, it comes first
    ISSUING = "issuing"  # the provider has it, or may have it
    ISSUED = "issued"
    REFUSED = "refused"  # somebody must mend something, then try again
    RED = "red"  # issued, and wholly taken back by red letters


class StoredMode(StrEnum):
    """When stored value is invoiced: never at both."""

    TOP_UP = "top_up"  # 充值时开不征税发票
    SPENDING = "spending"  # 消费时开发票


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who the invoice is for. A private person (个人) has no tax number; `title` is the name on the invoice (抬头).

    `postal`: the address that stands on a plain invoice, in lines.
    """

    title: str
    tax_no: str = ""
    email: str = ""
    phone: str = ""
    postal: str = ""

    @property
    def person(self) -> bool:
        return not self.tax_no


@dataclass(frozen=True, slots=True)
class Seller:
    """Who issues: the brand itself (`company_id` OWN) or a franchisee. `account` is the provider's app key.

    `tax_code` is the 税收分类编码 of what no other code is known for. `clerk`: who issues (开票人), on the document.
    Of plain invoices: `postal` is the registered address, `note` what else the law wants below (register, bank),
    `series` and `credit_series` begin the numbers of invoices and credit notes; `{year}` in one begins anew each year.
    """

    company_id: UUID
    title: str
    tax_no: str
    provider: str
    address: str
    account: str
    clerk: str
    stored: StoredMode
    tax_code: str
    item_name: str
    open: bool = True
    postal: str = ""
    note: str = ""
    series: str = "INV-{year}-"
    credit_series: str = "CN-{year}-"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `total_minor` contains `tax_minor`; the rate in millionths. Units 0: a fee, or part of a line."""

    name: str
    tax_code: str
    units: int
    total_minor: int
    tax_minor: int
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class TaxCode:
    """The tax category (税收分类编码) of a product (`about` 'sku') or a category; `title` of a known product."""

    about: str
    key: str
    tax_code: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one jurisdiction has of a document's tax: `base_minor` is what it was laid on, without the tax.

    Both empty: a rate that holds everywhere.
    """

    jurisdiction: str
    name: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Printed:
    """The seller as it stood when a plain document was numbered: later changes do not touch what was issued."""

    title: str
    tax_no: str
    postal: str
    note: str
    clerk: str


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or a red letter as it stands. `of_id`: the invoice a red letter takes back.

    `number` is the tax authority's; `bill` the number of the red letter's confirmation. `error_code` and `error` say
    why it was refused, or waits. `red_minor`: what red letters have taken back, those under way counted. `printed` is
    there once we numbered it ourselves: only then there is a plain PDF of it.
    """

    id: UUID
    kind: Kind
    about: About
    subject_id: UUID
    company_id: UUID
    store_id: UUID | None
    of_id: UUID | None
    state: State
    buyer: Buyer
    currency: str
    total_minor: int
    tax_minor: int
    lines: tuple[Line, ...]
    asked_at: datetime
    asked_by: str
    bill: str = ""
    number: str = ""
    issued_at: datetime | None = None
    pdf_url: str = ""
    ofd_url: str = ""
    error_code: str = ""
    error: str = ""
    tries: int = 0
    red_minor: int = 0
    reference: str = ""
    supplied_at: datetime | None = None
    taxes: tuple[TaxShare, ...] = ()
    printed: Printed | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one seller that begin alike: the last one given and how many documents bear one; the two are equal."""

    company_id: UUID
    series: str
    last: int
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider says of a document: by its answer, by a question, or by calling us. `issued_at` None: now."""

    document_id: UUID
    state: State
    bill: str = ""
    number: str = ""
    pdf_url: str = ""
    ofd_url: str = ""
    code: str = ""
    message: str = ""
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A period in money, minor units: what was sold net of refunds, what of it was invoiced net of red letters."""

    currency: str
    sold_minor: int
    invoiced_minor: int
    waiting_minor: int
    refused_minor: int
    top_ups_minor: int

    @property
    def open_minor(self) -> int:
        """Sold and not invoiced (未开票收入)."""
        return self.sold_minor - self.invoiced_minor


class Refusal(DatongError):
    """The provider or the tax authority said no. `again`: the same may succeed later (the credit limit 授信额度)."""

    code = "invoice_refused"

    def __init__(self, code: str, message: str, *, again: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.told, self.message, self.again = code, message, again


class AlreadyAsked(Conflict):
    """There is an application for this order already; the first stands."""

    code = "already_asked"
