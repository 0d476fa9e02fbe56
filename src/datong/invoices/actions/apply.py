"""A customer asks for an invoice: once for an order, never twice for the same money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import json

from datong.catalog.api import list_jurisdictions
from datong.invoices import rules
from datong.invoices.ports import is_plain
from datong.invoices.queries import codes_for, document, document_about, reds_of, seller_for, sellers
from datong.invoices.rules.lines import Sold, SoldLine
from datong.invoices.types import About, AlreadyAsked, Buyer, Document, Kind, Line, Seller, StoredMode, TaxShare
from datong.kernel import audit, clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.money import part_minor
from datong.orders.api import OrderView, order_page
from datong.payments.api import refunds_of
from datong.wallet.api import Put, put_on, taken_of, top_up_of

PREPAID_CODE = "6010000000000000000"
"""预付卡销售和充值: a card sold or topped up is no sale yet, and not taxed (SAT notice 53 of 2016, article 3)."""
PREPAID_NAME = "预付卡销售和充值"
IN_MONEY = frozenset({"stored_value", "cash", "provider"})


@dataclass(frozen=True, slots=True)
class Due:
    """What may be invoiced: the lines, what they come from, and how much of each purse they count as spent."""

    seller: Seller
    lines: tuple[Line, ...]
    sold: Sold
    purses: Mapping[UUID, int]

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a customer finds behind the link: what it is about, and how much of it may be invoiced; `seller` None:
    nobody issues."""

    reference: str
    currency: str
    due_minor: int
    seller: Seller | None

    @property
    def plain(self) -> bool:
        return self.seller is not None and is_plain(self.seller.provider)


def what_for(brand_id: UUID, order: OrderView, *, lock: bool = False) -> Due:
    """What of an order may be invoiced now; `lock`: nobody else counts its purses meanwhile.

    NotFound while nobody issues invoices for its store.
    """
    with in_brand(brand_id):
        seller = seller_for(brand_id, order.store_id)
        taken = taken_of(brand_id, order.id)
        # What was not money lowers the invoice: points, vouchers, and the bonus of a card, which nobody paid for.
        lowered = sum(t.amount_minor for t in taken if t.kind not in IN_MONEY or (t.purse_id and t.part != "principal"))
        purses = {t.purse_id: t.amount_minor for t in taken if t.purse_id and t.part == "principal" and t.amount_minor}
        refunded = sum(refund.amount_minor for refund in refunds_of(brand_id, [order.id]))
        open_of = {} if seller.stored is StoredMode.TOP_UP else _open_at_spending(brand_id, purses, lock=lock)
        elsewhere = sum(amount - open_of.get(purse, 0) for purse, amount in purses.items())
    # What the wallet took is told net of what went back.
    paid = sum(t.amount_minor for t in taken) if taken else order.total_minor
    sold = Sold(_sold_lines(brand_id, order, seller), paid, refunded if not taken else 0, lowered, elsewhere)
    return Due(seller, rules.lines_for(sold), sold, {purse: n for purse, n in open_of.items() if n})


def _sold_lines(brand_id: UUID, order: OrderView, seller: Seller) -> tuple[SoldLine, ...]:
    goods = sum(line.total_minor for line in order.lines)
    amounts = order.amounts or {}
    packaging = int(amounts.get("packaging", 0))
    added = int(amounts.get("tax_added", 0)) or max(order.total_minor - goods - order.delivery_minor - packaging, 0)
    on_top = added > 0 and not order.amounts
    plain = is_plain(seller.provider)
    codes = codes_for(brand_id, {line.sku for line in order.lines})
    lines = [
        SoldLine(
            line.title, codes.get(line.sku, seller.tax_code), line.units,
            line.total_minor + (line.tax_minor if on_top else 0), line.tax_minor, line.tax_ppm,
        )
        for line in order.lines
    ]  # fmt: skip
    fees = ("Delivery", "Packaging") if plain else ("配送费", "包装费")
    for part, name, minor in (("delivery", fees[0], order.delivery_minor), ("packaging", fees[1], packaging)):
        mine = [tax for tax in order.taxes if tax.part == part]
        tax, ppm = sum(t.tax_minor for t in mine), sum(t.rate_ppm for t in mine)
        if minor:
            lines.append(SoldLine(name, seller.tax_code, 0, minor + (tax if on_top else 0), tax, ppm))
    return tuple(lines)


LOCK_PURSES = """
    INSERT INTO invoices_purse (brand_id, purse_id, put_minor, at_top_up_minor, at_spending_minor)
    SELECT %(brand)s, g.*, 0, 0 FROM unnest(%(purses)s::uuid[], %(puts)s::bigint[]) g
    ON CONFLICT (brand_id, purse_id) DO UPDATE
       SET put_minor = greatest(excluded.put_minor, invoices_purse.at_top_up_minor + invoices_purse.at_spending_minor)
    RETURNING purse_id, put_minor - at_top_up_minor - at_spending_minor
"""


def _lock_purses(brand_id: UUID, purses: list[UUID]) -> dict[UUID, int]:
    """What of each purse was not invoiced yet; the rows are ours until the transaction ends, in the order of
    their ids."""
    if not purses:
        return {}
    put = put_on(brand_id, purses)
    listed = sorted(purses)
    key = {"brand": brand_id, "purses": listed, "puts": [put.get(purse, 0) for purse in listed]}
    return dict(rows(LOCK_PURSES, key))


COUNTED = """
    SELECT purse_id, at_top_up_minor + at_spending_minor FROM invoices_purse
     WHERE brand_id = %(brand)s AND purse_id = ANY(%(purses)s::uuid[])
"""


def _left_of(brand_id: UUID, purses: list[UUID]) -> dict[UUID, int]:
    counted = dict(rows(COUNTED, {"brand": brand_id, "purses": purses})) if purses else {}
    return {purse: max(put - counted.get(purse, 0), 0) for purse, put in put_on(brand_id, purses).items()}


def _open_at_spending(brand_id: UUID, purses: Mapping[UUID, int], *, lock: bool) -> dict[UUID, int]:
    """How much of what was spent from each purse may stand on this invoice: what no top-up's invoice had."""
    left = (_lock_purses if lock else _left_of)(brand_id, list(purses))
    return {purse: min(amount, left.get(purse, 0)) for purse, amount in purses.items()}


COUNT = """
    UPDATE invoices_purse p
       SET at_spending_minor = p.at_spending_minor + g.spent, at_top_up_minor = p.at_top_up_minor + g.put
      FROM unnest(%(purses)s::uuid[], %(spent)s::bigint[], %(put)s::bigint[]) g(id, spent, put)
     WHERE p.brand_id = %(brand)s AND p.purse_id = g.id
"""


def count_purses(brand_id: UUID, spent: Mapping[UUID, int], put: Mapping[UUID, int]) -> None:
    """Count what an invoice has of purses; below zero: it has it no longer."""
    purses = sorted({*spent, *put})
    if purses:
        columns = {"spent": [spent.get(p, 0) for p in purses], "put": [put.get(p, 0) for p in purses]}
        execute(COUNT, {"brand": brand_id, "purses": purses, **columns})


def ask_for_order(brand_id: UUID, order_id: UUID, buyer: Buyer, *, by: str) -> Document:
    """Ask for the invoice of an order, for what may be invoiced of it now; it is issued in the background.

    The same buyer again is the same application. Raises BadInput for the buyer, AlreadyAsked for another one,
    Conflict while
    the order is not paid or was cancelled, BadValue when nothing of it may be invoiced, NotFound while nobody issues.
    """
    with in_brand(brand_id):
        _lock_subject(brand_id, About.ORDER, order_id)
        if there := _there(brand_id, About.ORDER, order_id, buyer):
            return there
        order = order_page(brand_id, order_id)
        if not order.paid or order.state == "cancelled":
            raise Conflict("the order is not paid, or was cancelled: there is nothing to invoice")
        rules.check_buyer(buyer, plain=_is_plain(brand_id, order.store_id))
        due = what_for(brand_id, order, lock=True)
        if not due.lines:
            fix = "an order with money that was not given back, nor invoiced when a card was topped up"
            raise BadValue("order_id", order.number, fix, code="nothing_to_invoice")
        refunded = sum(refund.amount_minor for refund in refunds_of(brand_id, [order_id]))
        made = _keep(
            brand_id, About.ORDER, order_id, due.seller, order.store_id, buyer, due.lines, order.currency, by,
            base=order.total_minor, refunded=refunded, stored={str(p): n for p, n in due.purses.items()},
            reference=order.number, supplied_at=order.placed_at,
            taxes=rules.shares_of(_order_shares(brand_id, order), order.total_minor, due.lines),
        )  # fmt: skip
        count_purses(brand_id, due.purses, {})
        return made


def ask_for_top_up(brand_id: UUID, top_up_id: UUID, buyer: Buyer, *, by: str) -> Document:
    """Ask for the invoice of a top-up, as a prepaid card that is not taxed; only where the seller invoices top-ups.

    Raises as `ask_for_order`; Conflict when money of the purse was invoiced as it was spent.
    """
    with in_brand(brand_id):
        _lock_subject(brand_id, About.TOP_UP, top_up_id)
        if there := _there(brand_id, About.TOP_UP, top_up_id, buyer):
            return there
        put = top_up_of(brand_id, top_up_id)
        seller = seller_for(brand_id, put.store_id)
        plain = is_plain(seller.provider)
        rules.check_buyer(buyer, plain=plain)
        amount = put.principal_minor - put.back_minor
        if seller.stored is not StoredMode.TOP_UP:
            raise Conflict("stored value is invoiced when it is spent: ask with the order")
        if amount <= 0:
            raise BadValue("top_up_id", str(top_up_id), "a top-up that was not paid back", code="nothing_to_invoice")
        if _lock_purses(brand_id, [put.purse_id]).get(put.purse_id, 0) < amount:
            raise Conflict("money of this card was invoiced already, when it was spent")
        line = Line("Prepaid card" if plain else PREPAID_NAME, "" if plain else PREPAID_CODE, 1, amount, 0, 0)
        made = _keep(
            brand_id, About.TOP_UP, top_up_id, seller, put.store_id, buyer, (line,), put.currency, by,
            base=put.principal_minor, refunded=put.back_minor, stored={str(put.purse_id): amount},
            reference=_top_up_name(put), supplied_at=put.at,
        )  # fmt: skip
        count_purses(brand_id, {}, {put.purse_id: amount})
        return made


def due_of(brand_id: UUID, about: About, subject_id: UUID) -> Asking:
    """What may be asked for now. NotFound when there is no such order or top-up."""
    if about is About.ORDER:
        order = order_page(brand_id, subject_id)
        try:
            due = what_for(brand_id, order)
        except NotFound:
            return Asking(order.number, order.currency, 0, None)
        return Asking(order.number, order.currency, due.total_minor if order.paid else 0, due.seller)
    with in_brand(brand_id):
        put = top_up_of(brand_id, subject_id)
        try:
            seller = seller_for(brand_id, put.store_id)
        except NotFound:
            return Asking(_top_up_name(put), put.currency, 0, None)
        amount = put.principal_minor - put.back_minor
        left = _left_of(brand_id, [put.purse_id]).get(put.purse_id, 0)
        free = seller.stored is StoredMode.TOP_UP and left >= amount
        return Asking(_top_up_name(put), put.currency, amount if free else 0, seller)


def _top_up_name(put: Put) -> str:
    return f"{put.at:%y%m%d}-{str(put.id)[-8:]}"


def _is_plain(brand_id: UUID, store_id: UUID | None) -> bool:
    return is_plain(seller_for(brand_id, store_id).provider)


def _order_shares(brand_id: UUID, order: OrderView) -> list[TaxShare]:
    names = {each.code: each.name for each in list_jurisdictions(brand_id)} if order.taxes else {}
    return [
        TaxShare(t.jurisdiction, names.get(t.jurisdiction, ""), t.rate_ppm, t.base_minor, t.tax_minor)
        for t in order.taxes
    ]


def _lock_subject(brand_id: UUID, about: About, subject: UUID) -> None:
    locks.take(f"invoice {brand_id} {about} {subject}")


def _there(brand_id: UUID, about: About, subject: UUID, buyer: Buyer) -> Document | None:
    there = document_about(brand_id, about, subject)
    if there is not None and there.buyer != buyer:
        raise AlreadyAsked("an invoice was asked for already; the first application stands")
    return there


KEEP = """
    INSERT INTO invoices_document (brand_id, id, kind, about, subject_id, company_id, store_id, of_id, live, state,
    title,
        tax_no, email, phone, currency, total_minor, tax_minor, base_minor, refunded_minor, lines, stored, reference,
        asked_at, asked_by, bill, number, pdf_url, ofd_url, error_code, error, tries, due_at, postal, supplied_at,
        taxes, series)
    VALUES (%(brand)s, %(id)s, %(kind)s, %(about)s, %(subject)s, %(company)s, %(store)s, %(of)s, true, 'asked',
    %(title)s,
        %(tax_no)s, %(email)s, %(phone)s, %(currency)s, %(total)s, %(tax)s, %(base)s, %(refunded)s, %(lines)s::jsonb,
        %(stored)s::jsonb, %(reference)s, %(now)s, %(by)s, '', '', '', '', '', '', 0, %(now)s, %(postal)s,
        %(supplied)s, %(taxes)s::jsonb, '')
"""


def _keep(
    brand_id: UUID, about: About, subject: UUID, seller: Seller, store: UUID | None, buyer: Buyer,
    lines: tuple[Line, ...], currency: str, by: str, *, base: int, refunded: int, stored: Mapping[str, int],
    reference: str, supplied_at: datetime | None, taxes: Sequence[TaxShare] = (), of: UUID | None = None,
) -> Document:  # fmt: skip
    made = uuid7()
    total = sum(line.total_minor for line in lines)
    values: dict[str, Any] = {
        "brand": brand_id, "id": made, "kind": (Kind.RED if of else Kind.BLUE).value, "about": about.value,
        "subject": subject, "company": seller.company_id, "store": store, "of": of, "title": buyer.title,
        "tax_no": buyer.tax_no, "email": buyer.email, "phone": buyer.phone, "currency": currency, "total": total,
        "tax": sum(line.tax_minor for line in lines), "base": base, "refunded": refunded,
        "lines": json.encode(lines).decode(), "stored": json.encode(stored).decode(), "reference": reference[:40],
        "now": clock.now(), "by": by[:120], "postal": buyer.postal, "supplied": supplied_at,
        "taxes": json.encode(taxes).decode(),
    }  # fmt: skip
    execute(KEEP, values)
    verb = "invoice.red" if of else "invoice.ask"
    after = {"total_minor": total, "about": about.value}
    audit.record(brand=brand_id, actor=by, verb=verb, subject=f"invoice {made}", after=after)
    return document(brand_id, made)


STORED = """
    SELECT s.key, s.value::bigint FROM invoices_document d, jsonb_each_text(d.stored) s
     WHERE d.brand_id = %s AND d.id = %s
"""


def ask_red(brand_id: UUID, invoice: Document, amount_minor: int, *, by: str) -> Document | None:
    """A red letter over part of an issued invoice, in the caller's transaction that holds its row; None for nothing.

    What the invoice counted of purses is given back in proportion: that money may be invoiced when it is spent again.
    """
    if amount_minor <= 0:
        return None
    reds = reds_of(brand_id, invoice.id)
    before = sum(red.total_minor for red in reds)
    lines = rules.red_lines(invoice.lines, [red.lines for red in reds], amount_minor)
    stored = dict(rows(STORED, [brand_id, invoice.id]))
    total = invoice.total_minor
    back = {
        purse: part_minor(n, before + amount_minor, total) - part_minor(n, before, total) for purse, n in stored.items()
    }
    seller = seller_for_company(brand_id, invoice)
    tax, taken = sum(line.tax_minor for line in lines), [red.taxes for red in reds]
    shares = rules.red_shares(invoice.taxes, taken, tax, before, before + amount_minor, total)
    made = _keep(
        brand_id, invoice.about, invoice.subject_id, seller, invoice.store_id, invoice.buyer, lines,
        invoice.currency, by, base=0, refunded=0, stored=back, reference=invoice.reference,
        supplied_at=invoice.supplied_at, taxes=shares, of=invoice.id,
    )  # fmt: skip
    fewer = {UUID(purse): -n for purse, n in back.items()}
    spent = invoice.about is About.ORDER
    count_purses(brand_id, fewer if spent else {}, {} if spent else fewer)
    return made


def seller_for_company(brand_id: UUID, invoice: Document) -> Seller:
    return next(seller for seller in sellers(brand_id) if seller.company_id == invoice.company_id)


CORRECT = """
    UPDATE invoices_document
       SET title = %(title)s, tax_no = %(tax_no)s, email = %(email)s, phone = %(phone)s, postal = %(postal)s,
           state = 'asked', error = '', error_code = '', tries = 0, due_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('refused', 'asked') AND live RETURNING id
"""


def correct(brand_id: UUID, document_id: UUID, buyer: Buyer, *, by: str) -> Document:
    """Mend a refused application, or one that waits, and try it again. Raises Conflict once the provider has it."""
    with in_brand(brand_id):
        before = document(brand_id, document_id)
        rules.check_buyer(buyer, plain=is_plain(seller_for_company(brand_id, before).provider))
        told = asdict(buyer)
        key = {"brand": brand_id, "id": document_id}
        if not rows(CORRECT, {**key, **told, "now": clock.now()}):
            raise Conflict(f"the invoice is {before.state.value}: it cannot be changed any more")
        audit.record(brand=brand_id, actor=by, verb="invoice.correct", subject=f"invoice {document_id}")
        return document(brand_id, document_id)


DROP = """
    UPDATE invoices_document SET live = false, due_at = NULL
     WHERE brand_id = %(brand)s AND id = %(id)s AND kind = 'blue' AND state IN ('refused', 'asked') AND tries = 0 AND
     live
    RETURNING about, stored::text
"""
REFUSED = "UPDATE invoices_document SET tries = 0 WHERE brand_id = %s AND id = %s AND state = 'refused'"


def drop(brand_id: UUID, document_id: UUID, *, by: str, reason: str) -> None:
    """Take an application back that was refused or not sent: another may be made. Raises Conflict once it was sent."""
    with in_brand(brand_id):
        execute(REFUSED, [brand_id, document_id])
        gone = rows(DROP, {"brand": brand_id, "id": document_id})
        if not gone:
            raise Conflict("the provider may have this invoice: it cannot be taken back any more")
        about, stored = gone[0]
        fewer = {UUID(purse): -n for purse, n in json.decode(stored).items()}
        spent = about == About.ORDER.value
        count_purses(brand_id, fewer if spent else {}, {} if spent else fewer)
        audit.record(brand=brand_id, actor=by, verb="invoice.drop", subject=f"invoice {document_id}", reason=reason)
