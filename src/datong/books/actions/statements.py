"""A provider's statement: read, laid beside the ledger, its differences settled with a reason, its fee posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.books import rules
from datong.books.actions.days import match_provider
from datong.books.queries import provider_figures, statement
from datong.books.types import BillLine, Cell, Entry, Statement, Verdict
from datong.brand.api import get_brand
from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import journal, post, rulebook
from datong.ledger.types import Account, Asked, Transfer
from datong.orders.api import orders_named, origins
from datong.payments.api import payments_of
from datong.wallet.api import coupon_names, coupons_named

MOST_DAYS = 92
KIND_OF_FEE = "provider_fee"

PUT = """
    INSERT INTO books_statement (brand_id, id, account, since, until, file, shape, currency, digest, theirs_minor,
                                 ours_minor, fee_minor, fee_posted, by, at)
    VALUES (%(brand)s, %(id)s, %(account)s, %(since)s, %(until)s, %(file)s, %(shape)s, %(currency)s, %(digest)s,
            %(theirs)s, %(ours)s, %(fee)s, false, %(by)s, %(now)s)
    ON CONFLICT (brand_id, account, digest) DO NOTHING RETURNING id
"""
ENTRIES = """
    INSERT INTO books_statemententry (brand_id, id, statement_id, verdict, fix, ref, theirs_minor, ours_minor,
                                      fee_minor, order_id, settled_by, reason)
    SELECT %(brand)s, e.id, %(statement)s, e.verdict, e.fix, e.ref, e.theirs, e.ours, e.fee, e.of, '', ''
      FROM unnest(%(ids)s::uuid[], %(verdicts)s::text[], %(fixes)s::text[], %(refs)s::text[], %(theirs)s::bigint[],
                  %(ours)s::bigint[], %(fees)s::bigint[], %(orders)s::uuid[])
           e(id, verdict, fix, ref, theirs, ours, fee, of)
"""
KNOWN = "SELECT id FROM books_statement WHERE brand_id = %(brand)s AND account = %(account)s AND digest = %(digest)s"


def take_statement(
    brand: UUID,
    account: str,
    headings: Sequence[str],
    rows_of: Sequence[tuple[int, Sequence[Cell]]],
    *,
    file: str,
    by: str,
    days: tuple[date, date] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Statement:
    """Read a statement and lay it beside the account; the same table again is the same statement.

    The days are those its lines name, or `days` where they name none. Raises BadInput naming rows and columns.
    """
    owner = get_brand(brand)
    zone = ZoneInfo(owner.timezone)
    shape, lines = rules.read_lines(headings, rows_of, currency=owner.currency, zone=zone, chosen=chosen)
    since, until = days or _days(brand, lines)
    if (until - since).days > MOST_DAYS:
        raise BadValue("days", f"{since} to {until}", f"at most {MOST_DAYS} days at a time")
    digest = sha256(repr((account, since, until, lines)).encode()).digest()
    with in_brand(brand):
        ours = _ours(brand, account, owner.currency, since, until)
        elsewhere: dict[str, UUID | None] = dict(orders_named(brand, {line.order_ref for line in lines}))
        named = {name for line in lines for name in (line.order_ref, line.ref)} - {""}
        elsewhere = dict.fromkeys(coupons_named(brand, named)) | elsewhere
        made = rules.match(lines, ours, elsewhere)
        key = {"brand": brand, "account": account, "digest": digest}
        totals = {
            "theirs": sum(entry.theirs_minor or 0 for entry in made),
            "ours": sum(each.net_minor for each in ours),
            "fee": sum(line.fee_minor for line in lines),
        }
        facts = {"since": since, "until": until, "file": file[:200], "shape": shape, "currency": owner.currency}
        new = rows(PUT, {**key, **facts, **totals, "id": uuid7(), "by": by[:120], "now": clock.now()})
        if not new:
            return statement(brand, rows(KNOWN, key)[0][0])
        execute(ENTRIES, {"brand": brand, "statement": new[0][0], **_columns(made)})
        audit.record(
            brand=brand,
            actor=by,
            verb="statement.take",
            subject=f"statement {account} {since.isoformat()}",
            after={**{f"{name}_minor": minor for name, minor in totals.items()}, "file": file, "until": until},
        )
        _matches(brand, statement(brand, new[0][0]), by)
        return statement(brand, new[0][0])


def _days(brand: UUID, lines: Sequence[BillLine]) -> tuple[date, date]:
    book = rulebook(brand)
    found = [book.business_date(line.at) for line in lines if line.at]
    if not found:
        raise BadValue("days", "", "a column with times, or say which days the statement is of")
    return min(found), max(found)


def _ours(brand: UUID, account: str, currency: str, since: date, until: date) -> list[rules.Ours]:
    """The orders and platforms' coupons on the account in these days with every name they go by; a few statements, and
    one a 1,000 entries."""
    nets: dict[UUID, int] = {}
    for page in journal(brand, Asked(since, until, codes=(account,))):
        for posted in page:
            t = posted.transfer
            if t.debit.currency == currency and t.kind not in (KIND_OF_FEE, "commission"):
                change = (t.debit.code == account) - (t.credit.code == account)
                nets[t.subject_id] = nets.get(t.subject_id, 0) + change * t.amount_minor
    ids = sorted(nets)
    known, paid = origins(brand, ids), payments_of(brand, ids)
    coupons = coupon_names(brand, [each for each in ids if each not in known])
    return [rules.Ours(each, nets[each], names, shown) for each, (shown, names) in coupons.items()] + [
        rules.Ours(
            order,
            nets[order],
            frozenset(
                filter(
                    None,
                    (
                        str(order),
                        known[order].external_id if order in known else "",
                        known[order].number if order in known else "",
                        *(payment.provider_ref for payment in paid.get(order, ())),
                    ),
                )
            ),
        )
        for order in ids
        if order in known
    ]


def _columns(made: Sequence[Entry]) -> dict[str, list[object]]:
    return {
        "ids": [entry.id for entry in made],
        "verdicts": [entry.verdict.value for entry in made],
        "fixes": [entry.fix.value for entry in made],
        "refs": [entry.ref[:120] for entry in made],
        "theirs": [entry.theirs_minor for entry in made],
        "ours": [entry.ours_minor for entry in made],
        "fees": [entry.fee_minor for entry in made],
        "orders": [entry.order_id for entry in made],
    }


SETTLE = """
    UPDATE books_statemententry SET settled_by = %(by)s, reason = %(reason)s, settled_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND verdict <> 'matched' AND settled_by = ''
    RETURNING statement_id, ref, verdict
"""


def settle_entry(brand: UUID, entry_id: UUID, *, reason: str, by: str) -> None:
    """A difference is explained: who, why. Raises BadValue without a reason, Conflict when it was settled already."""
    if not reason.strip():
        raise BadValue("reason", reason, "a few words on why it differs")
    with in_brand(brand):
        key = {"brand": brand, "id": entry_id, "by": by[:120], "reason": reason.strip()[:300], "now": clock.now()}
        done = rows(SETTLE, key)
        if not done:
            raise Conflict("this line was settled already, or matches")
        of, ref, verdict = done[0]
        audit.record(
            brand=brand,
            actor=by,
            verb="statement.settle",
            subject=f"statement {of} {ref}",
            after={"verdict": Verdict(verdict).value},
            reason=reason,
        )
        _matches(brand, statement(brand, of), by)


FEE = "UPDATE books_statement SET fee_posted = true WHERE brand_id = %(brand)s AND id = %(id)s AND NOT fee_posted"


def post_fee(brand: UUID, statement_id: UUID, *, by: str) -> None:
    """Post the fee of a statement by the brand's rule, once, on its last day or the first open one after it."""
    with in_brand(brand):
        locks.take(f"books statement {brand} {statement_id}")
        found = statement(brand, statement_id)
        if found.fee_minor <= 0:
            raise NotFound("this statement names no fee")
        if not execute(FEE, {"brand": brand, "id": statement_id}):
            return
        debit, credit = rulebook(brand).legs("provider.fee", found.until, received=found.account)
        fee = Transfer(
            id=uuid7(),
            debit=Account(debit, found.currency),
            credit=Account(credit, found.currency),
            amount_minor=found.fee_minor,
            kind=KIND_OF_FEE,
            subject_id=statement_id,
            business_date=found.until,
        )
        post([fee], brand=brand, late=True)
        audit.record(
            brand=brand,
            actor=by,
            verb="statement.post_fee",
            subject=f"statement {statement_id}",
            after={"fee_minor": found.fee_minor, "debit": debit, "credit": credit},
        )


def _matches(brand: UUID, found: Statement, by: str) -> None:
    """A day's statement without open differences is the provider's match of that day.

    What the day's match compares is our whole movement, commission and all: theirs is that and what differs.
    """
    today = rulebook(brand).days.today_of_all(clock.now())[0]
    mine = {m.account: m.ours_minor for m in provider_figures(brand, found.since)}
    if found.since == found.until < today and not found.open and found.account in mine:
        difference = found.theirs_minor - found.ours_minor
        reason = "differences of the statement are settled" if difference else ""
        match_provider(brand, found.since, found.account, mine[found.account] + difference, by=by, reason=reason)
