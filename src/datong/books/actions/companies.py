"""Money between the companies of a brand: what one holds for another is entered on the accounts of their pair, and
royalties month by month. What it comes to is reckoned whole and the difference to what is entered is posted: a second
run, one at the same time, or one after a fall posts nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from datong.books import rules
from datong.books.queries.companies import royalties
from datong.books.types import Royalty
from datong.brand.api import tree
from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import held_for_companies, moved_in_companies, post, rulebook, transfers_of
from datong.ledger.types import Account, Transfer, company_clearing, company_receivable

MONEY = ("asset:platform:", "asset:provider:")
"""The brand's accounts at which money for orders of a company's stores arrives. What is between them by way of the
wallet is entered by who settles with partners."""
KIND_OF_MONEY = "company_money"
KIND_OF_ROYALTY = "royalty"
BACK = "back"
"""The dimension of what takes an earlier entry back."""
WINDOW = timedelta(days=62)

PUT = """
    INSERT INTO books_royalty (brand_id, company_id, valid_from, rate_bp, by, at)
    VALUES (%(brand)s, %(company)s, %(from)s, %(rate)s, %(by)s, %(now)s)
    ON CONFLICT (brand_id, company_id, valid_from) DO UPDATE
       SET rate_bp = excluded.rate_bp, by = excluded.by, at = excluded.at
"""


def put_royalty(brand: UUID, company_id: UUID, rate_bp: int, valid_from: date, *, by: str, reason: str = "") -> Royalty:
    """What a company pays of its net sales from a business day on, that day's month not yet reckoned; 0 is nothing.

    Raises BadValue for a rate that is none or a day in a month that is over, NotFound for an unknown company.
    """
    if not 0 <= rate_bp <= rules.MOST_BP:
        raise BadValue("rate_bp", rate_bp, f"0 to {rules.MOST_BP} hundredths of a percent")
    first = rules.month_of(rulebook(brand).business_date(clock.now()))[0]
    if not first <= valid_from <= date(2100, 1, 1):
        raise BadValue("valid_from", valid_from.isoformat(), f"{first.isoformat()} or later: that month is not over")
    with in_brand(brand):
        locks.take(f"books companies {brand}")
        name = next((found.name for found in tree(brand).companies if found.id == company_id), None)
        if name is None:
            raise NotFound(f"no company {company_id}")
        before = next((t for t in royalties(brand, company_id) if t.valid_from <= valid_from), None)
        made = Royalty(company_id, valid_from, rate_bp, by[:120])
        if before and (before.valid_from, before.rate_bp) == (valid_from, rate_bp):
            return before
        key = {"brand": brand, "company": company_id, "from": valid_from, "rate": rate_bp}
        execute(PUT, {**key, "by": by[:120], "now": clock.now()})
        audit.record(
            brand=brand,
            actor=by,
            verb="royalty.put",
            subject=f"company {name}",
            before={"rate_bp": before.rate_bp, "valid_from": before.valid_from.isoformat()} if before else None,
            after={"rate_bp": rate_bp, "valid_from": valid_from.isoformat()},
            reason=reason,
        )
        return made


def enter_company_money(brand: UUID, *, since: date | None = None, until: date | None = None) -> int:
    """Enter what the brand's platforms and providers hold for companies' stores, by business day: transfers posted.

    Days of the last two months without `since`. Five statements whatever the number of days and companies.
    """
    last = until or rulebook(brand).business_date(clock.now())
    with in_brand(brand):
        locks.take(f"books companies {brand}")
        wanted = [
            _Due(
                uuid5(brand, f"{KIND_OF_MONEY} {company} {day} {currency}"),
                KIND_OF_MONEY,
                day,
                (company_receivable(None, company, currency), company_clearing(None, company, currency)),
                held,
            )
            for company, day, currency, held in held_for_companies(brand, since or last - WINDOW, last, MONEY)
        ]
        return _enter(brand, wanted)


def post_royalties(brand: UUID, month: date) -> int:
    """Post what each company owes for its net sales of a month that is over: transfers posted; again only what changed.

    In the company's books an expense and what it owes, in the brand's the claim and the income, by the brand's posting
    rules. Raises BadValue for a month that is not over. Six statements whatever the number of companies.
    """
    since, until = rules.month_of(month)
    book = rulebook(brand)
    if until >= book.days.today_of_all(clock.now())[0]:
        raise BadValue("month", f"{since:%Y-%m}", "a month that is over")
    with in_brand(brand):
        locks.take(f"books companies {brand}")
        terms: dict[UUID, list[Royalty]] = {}
        for term in royalties(brand):
            terms.setdefault(term.company_id, []).append(term)
        parts: dict[tuple[UUID, str], list[tuple[int, int]]] = {}
        for company, day, currency, moved in moved_in_companies(brand, since, until, rules.NET_SALES):
            rates = [rate for _first, _last, rate in rules.spans(terms.get(company, ()), day, day)]
            parts.setdefault((company, currency), []).append((-moved, rates[0] if rates else 0))
        wanted = []
        for (company, currency), listed in parts.items():
            given = {
                "owed": company_clearing(company, None, currency).code,
                "owing": company_receivable(company, None, currency).code,
            }
            for event in ("royalty.owed", "royalty.earned"):
                debit, credit = (Account(code, currency) for code in book.legs(event, until, **given))
                subject = uuid5(brand, f"{event} {company} {since} {currency}")
                wanted.append(_Due(subject, KIND_OF_ROYALTY, until, (debit, credit), rules.royalty_minor(listed)))
        return _enter(brand, wanted)


@dataclass(frozen=True, slots=True)
class _Due:
    """What shall stand entered under a subject: an amount from the credit to the debit, below zero the other way."""

    subject: UUID
    kind: str
    day: date
    sides: tuple[Account, Account]
    amount_minor: int


def _enter(brand: UUID, wanted: Sequence[_Due]) -> int:
    """Post the differences to what is entered; what a closed day does not take goes to the first open one."""
    entered: dict[UUID, int] = {}
    for posted in transfers_of(brand, [due.subject for due in wanted]) if wanted else []:
        t = posted.transfer
        sign = -1 if t.dimensions.get(BACK) else 1
        entered[t.subject_id] = entered.get(t.subject_id, 0) + sign * t.amount_minor
    made = []
    for due in wanted:
        more = due.amount_minor - entered.get(due.subject, 0)
        if more:
            debit, credit = due.sides if more > 0 else due.sides[::-1]
            kept = {BACK: "1"} if more < 0 else {}
            made.append(Transfer(uuid7(), debit, credit, abs(more), due.kind, due.subject, due.day, kept))
    return post(made, brand=brand, late=True)
