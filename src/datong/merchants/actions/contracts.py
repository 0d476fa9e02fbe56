"""Changing a contract: one person asks, another agrees; it holds from its day on and what was stays."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid5

from datong.access.api import ask
from datong.access.types import Approval, Asker
from datong.kernel import audit, clock, locks
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import Money
from datong.merchants import rules
from datong.merchants.queries import contracts, partner, today
from datong.merchants.types import KIND_OF_CONTRACT, Contract, Terms

MOST_BACK = timedelta(days=366)
MOST_AHEAD = timedelta(days=3 * 366)
DRAFT = """
    INSERT INTO merchants_draft (brand_id, id, company_id, valid_from, terms, by, at)
    VALUES (%(brand)s, %(id)s, %(company)s, %(since)s, %(terms)s::jsonb, %(by)s, %(now)s)
    ON CONFLICT DO NOTHING
"""


def ask_contract(
    company_id: UUID, valid_from: date, terms: Terms, *, brand: UUID, by: Asker, reason: str, key: str = ""
) -> Approval:
    """Ask for a version of a company's contract from a day on; another person agrees, whoever asks.

    The first may begin up to a year back; a change begins on a day to come, so that what was entered stays right.
    Raises NotFound for no such company, BadInput naming each field, Conflict for a day that has a version.
    """
    rules.check_terms(terms)
    if not reason.strip():
        raise BadValue("reason", reason, "a few words on why")
    with in_brand(brand):
        found = partner(brand, company_id)
        _check_day(brand, company_id, valid_from)
        kept = rules.write_terms(terms)
        draft = uuid5(brand, f"contract {company_id} {valid_from} {kept}")
        given = {"brand": brand, "id": draft, "company": company_id, "since": valid_from, "terms": kept}
        execute(DRAFT, {**given, "by": by.username[:120], "now": clock.now()})
        facts = {"company": found.name, "valid_from": valid_from.isoformat(), **_told(terms), "draft": str(draft),
                 "href": f"/partners/{company_id}/"}  # fmt: skip
        subject = f"contract {found.name} {valid_from}"
        return ask(KIND_OF_CONTRACT, brand=brand, by=by, subject=subject, facts=facts, reason=reason, key=key)


def _told(terms: Terms) -> dict[str, str]:
    """The terms as the second person reads them, flat and short."""

    def said(minor: int) -> str:
        return f"{Money(minor, terms.currency).decimal} {terms.currency}"

    lines = [f"{c.category or '*'} {c.rate_bp / 100:g} % >= {said(c.least_minor)}" for c in terms.commission]
    return {
        "accepts": ", ".join(sorted(terms.accepts)) or "-",
        "earn": f"{terms.earn_points} PTS = {said(terms.earn_minor)}",
        "burn": f"{terms.burn_points} PTS = {said(terms.burn_minor)}",
        "commission": "; ".join(lines)[:400] or "-",
        "fixed": said(terms.fixed_minor),
        "period": terms.period.value,
        "bank": terms.bank or "-",
    }


def _check_day(brand: UUID, company_id: UUID, valid_from: date) -> None:
    held, now = contracts(brand, [company_id]).get(company_id, []), today(brand)
    least = now + timedelta(days=1) if held else now - MOST_BACK
    if not least <= valid_from <= now + MOST_AHEAD:
        fix = f"a day from {least.isoformat()} on, at most three years ahead"
        raise BadValue("valid_from", valid_from.isoformat(), fix)
    if any(contract.valid_from == valid_from for contract in held):
        problem = Problem("valid_from", "taken", "a day that no version begins on", valid_from.isoformat())
        raise Conflict(f"a version of this contract begins on {valid_from.isoformat()} already", problem)


DRAFTED = "SELECT company_id, valid_from, terms, by FROM merchants_draft WHERE brand_id = %s AND id = %s"


def apply_contract(approval: Approval) -> None:
    """Carry out what was agreed. Raises Conflict when the day has passed or was taken meanwhile."""
    brand = current_brand()
    with in_brand(brand):
        found = rows(DRAFTED, [brand, UUID(str(approval.facts["draft"]))])
        if not found:
            raise NotFound(f"no draft of {approval.subject}")
        company_id, valid_from, terms, asked_by = found[0]
        put_contract(company_id, valid_from, rules.read_terms(terms), brand=brand, by=approval.decided_by,
                     asked_by=asked_by)  # fmt: skip


PUT = """
    INSERT INTO merchants_contract (brand_id, id, company_id, valid_from, terms, asked_by, by, at)
    VALUES (%(brand)s, %(id)s, %(company)s, %(since)s, %(terms)s::jsonb, %(asked)s, %(by)s, %(now)s)
"""


def put_contract(
    company_id: UUID, valid_from: date, terms: Terms, *, brand: UUID, by: str, asked_by: str = ""
) -> Contract:
    """Write a version of a contract: what two people agreed, or what is loaded when a brand opens."""
    with in_brand(brand):
        locks.take(f"merchants contract {brand} {company_id}")
        try:
            _check_day(brand, company_id, valid_from)
        except BadValue as error:
            raise Conflict(f"the contract cannot begin on {valid_from.isoformat()} any more", *error.problems) from None
        rules.check_terms(terms)
        before = rules.in_force(contracts(brand, [company_id]).get(company_id, []), valid_from)
        made = Contract(uuid7(), company_id, valid_from, terms, asked_by[:120], by[:120], clock.now())
        given = {"brand": brand, "id": made.id, "company": company_id, "since": valid_from, "now": made.at}
        execute(PUT, {**given, "terms": rules.write_terms(terms), "asked": made.asked_by, "by": made.by})
        audit.record(
            brand=brand,
            actor=by,
            verb="contract.put",
            subject=f"company {company_id}",
            before=_told(before.terms) if before else None,
            after={"valid_from": valid_from.isoformat(), **_told(terms)},
        )
        return made
