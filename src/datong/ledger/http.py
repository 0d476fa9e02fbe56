"""The books over HTTP: balances, statements, holds, the last recount. Amounts in minor units beside their currency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.kernel.bodies import STORABLE, Day
from datong.kernel.errors import NotFound
from datong.kernel.pages import CURSOR, read_cursor, write_cursor
from datong.ledger import api
from datong.ledger.types import Account, sign_of

router = Router(tags=["ledger"])

Code = Annotated[str, StringConstraints(max_length=120), STORABLE]
Named = Annotated[str, StringConstraints(min_length=1, max_length=120), STORABLE]
Unit = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Limit = Annotated[int, Field(ge=1, le=200)]


class AccountBalanceOut(Schema):
    """`balance_minor` grows as the account grows: assets, expenses and clearing by debits, the others by credits."""

    account: str
    currency: str
    debits_minor: int
    credits_minor: int
    balance_minor: int


class BalancesOut(Schema):
    """By code; `next` is the last code of the page, absent at the end."""

    balances: list[AccountBalanceOut]
    next: str | None = None


class BalancesWanted(Schema):
    """`account`: the code, or how it begins. `until`: the last business date that counts. `after`: the last code."""

    account: Code = ""
    until: Day | None = None
    after: Code = ""
    limit: Limit = 100


@router.get("/ledger/balances", response=BalancesOut, summary="Balances", operation_id="list_balances")
def list_balances(request: HttpRequest, wanted: Query[BalancesWanted]) -> dict[str, Any]:
    """Balances of accounts, exact at this moment, or at the end of a business day."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    codes = api.accounts(brand, wanted.account, after=wanted.after, limit=wanted.limit + 1)
    more, codes = len(codes) > wanted.limit, codes[: wanted.limit]
    found = api.balances(brand, codes, until=wanted.until) if codes else []
    told = [
        {
            "account": b.account.code,
            "currency": b.account.currency,
            "debits_minor": b.debits_minor,
            "credits_minor": b.credits_minor,
            "balance_minor": sign_of(b.account) * (b.debits_minor - b.credits_minor),
        }
        for b in found
    ]
    return {"balances": told, "next": codes[-1] if more else None}


class LineOut(Schema):
    """`subject_id` is what the entry is about, usually an order; `other` the account on its other side."""

    id: UUID
    business_date: date
    posted_at: datetime
    kind: str
    other: str
    subject_id: UUID
    dimensions: dict[str, str]
    change_minor: int
    balance_minor: int


class StatementOut(Schema):
    """The balance before `since` and at `until`, and the entries between them, oldest first."""

    account: str
    currency: str
    opening_minor: int
    closing_minor: int
    lines: list[LineOut]
    next: str | None = None


class StatementWanted(Schema):
    account: Named
    currency: Unit
    since: Day | None = None
    until: Day | None = None
    cursor: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    limit: Limit = 100


@router.get(
    "/ledger/statement", response={200: StatementOut, 404: None}, summary="Statement", operation_id="read_statement"
)
def read_statement(request: HttpRequest, wanted: Query[StatementWanted]) -> dict[str, Any]:
    """The entries of one account by business date, each with the balance after it."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    account = Account(wanted.account, wanted.currency)
    if not api.accounts(brand, account.code, exactly=True):
        raise NotFound(f"there is no account {account.code}")
    found = api.statement(
        brand, account, since=wanted.since, until=wanted.until, cursor=wanted.cursor, limit=wanted.limit
    )
    lines = [
        {
            "id": line.posted.transfer.id,
            "business_date": line.posted.transfer.business_date,
            "posted_at": line.posted.posted_at,
            "kind": line.posted.transfer.kind,
            "other": line.other.code,
            "subject_id": line.posted.transfer.subject_id,
            "dimensions": dict(line.posted.transfer.dimensions),
            "change_minor": line.change_minor,
            "balance_minor": line.balance_minor,
        }
        for line in found.lines
    ]
    return {
        "account": account.code,
        "currency": account.currency,
        "opening_minor": found.opening_minor,
        "closing_minor": found.closing_minor,
        "lines": lines,
        "next": found.next or None,
    }


class HoldOut(Schema):
    """`left_minor` is what is neither taken nor given back; `expires_at` null means that it has no end."""

    id: UUID
    debit: str
    credit: str
    currency: str
    amount_minor: int
    captured_minor: int
    released_minor: int
    left_minor: int
    kind: str
    subject_id: UUID
    held_at: datetime
    expires_at: datetime | None


class HoldsOut(Schema):
    """Oldest first; `next` is the cursor of the page after it, absent at the end."""

    holds: list[HoldOut]
    next: str | None = None


class HoldsWanted(Schema):
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Limit = 100


@router.get("/ledger/holds", response=HoldsOut, summary="Open holds", operation_id="list_holds")
def list_holds(request: HttpRequest, wanted: Query[HoldsWanted]) -> dict[str, Any]:
    """Money put aside of purses of which something is left and whose time has not passed."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    after = read_cursor(wanted.cursor) or UUID(int=0)
    found = api.open_holds(brand, after=after, limit=wanted.limit + 1)
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    told = [
        {
            "id": held.hold.id,
            "debit": held.hold.debit.code,
            "credit": held.hold.credit.code,
            "currency": held.hold.debit.currency,
            "amount_minor": held.hold.amount_minor,
            "captured_minor": held.captured_minor,
            "released_minor": held.released_minor,
            "left_minor": held.left_minor,
            "kind": held.hold.kind,
            "subject_id": held.hold.subject_id,
            "held_at": held.held_at,
            "expires_at": held.hold.expires_at,
        }
        for held in found
    ]
    return {"holds": told, "next": write_cursor(found[-1].hold.id) if more else None}


class RecountOut(Schema):
    """`head` is the hash of the last seal: noted elsewhere, it proves every entry up to it."""

    at: datetime
    transfers: int
    seals: int
    head: str
    found: int


@router.get(
    "/ledger/verification", response={200: RecountOut, 404: None}, summary="Last recount", operation_id="read_recount"
)
def read_recount(request: HttpRequest) -> dict[str, Any]:
    """When everything was last recomputed from the entries, and how many things did not add up."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    last = api.last_verification(brand)
    if last is None:
        raise NotFound("the books were not recounted yet")
    return {"at": last.at, "transfers": last.transfers, "seals": last.seals, "head": last.head, "found": last.found}
