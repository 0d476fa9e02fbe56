"""Money that comes after the order, and money that goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from datong.brand.api import list_channels
from datong.inventory.api import keep
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook, transfers_of
from datong.ledger.types import Account, Rulebook, Transfer
from datong.orders import rules
from datong.orders.actions.book import tax_dimension
from datong.orders.actions.notes import note, record
from datong.payments.api import confirm, payments_of, refund, refunds_of
from datong.payments.types import AttemptOutcome, PaymentMethod, Refund, RefundAsk
from datong.wallet.api import give_back_payment

LOCK = """
    SELECT id, state, payment, total_minor, tax_minor, currency, channel_id, store_id FROM orders_order
     WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[]) ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    state: str
    method: PaymentMethod
    total_minor: int
    tax_minor: int
    currency: str
    channel_id: UUID
    channel: str
    store_id: UUID | None


def lock(order_ids: Sequence[UUID], brand: UUID) -> dict[UUID, _Row]:
    codes = {channel.id: channel.code for channel in list_channels(brand)}
    return {
        id_: _Row(
            id_, state, PaymentMethod(method), total, tax, currency, channel, codes.get(channel, str(channel)), store
        )
        for id_, state, method, total, tax, currency, channel, store in rows(
            LOCK, {"brand": brand, "orders": list(order_ids)}
        )
    }


PAID = "UPDATE orders_order SET paid = true WHERE brand_id = %(brand)s AND id = %(order)s"


def pay(order_id: UUID, *, amount_minor: int, provider_ref: str, brand: UUID, who: str) -> AttemptOutcome:
    """An order that was open is paid: its stock is kept, the receivable is settled; what the message came to.

    Safe to repeat. Nothing that is said is dropped: another amount or a second payment is kept and questioned, and
    money for an order that was cancelled meanwhile is owed back at once.
    """
    with in_brand(brand):
        order = lock([order_id], brand).get(order_id)
        mine = payments_of(brand, [order_id]).get(order_id, [])
        if order is None or not mine:
            raise NotFound(f"no order {order_id} that could be paid")
        outcome = confirm(mine[0].id, amount_minor=amount_minor, provider_ref=provider_ref, brand=brand, by=who)
        if outcome is not AttemptOutcome.PAID:
            return outcome
        execute(PAID, {"brand": brand, "order": order_id})
        note([order_id], "paid", brand=brand, who=who, detail={"amount_minor": amount_minor, "ref": provider_ref})
        keep([order_id], brand=brand)
        late = order.state == "cancelled"
        book, day = _book(brand, order.store_id)
        received = rules.received_at(order.method, order.channel, book, day)
        owing = book.account("refunds", day) if late else _receivable(order_id, book, day, brand)
        _post(order, [(received, owing, order.total_minor)], "payment", day, brand)
        if late and order.total_minor:
            ask = RefundAsk(order_id, order.total_minor, order.currency, "paid after it was cancelled", "cancelled")
            refund(ask, brand=brand, by=who)
        return outcome


def give_back(
    order_id: UUID,
    *,
    amount_minor: int,
    reason: str,
    key: str,
    brand: UUID,
    who: str,
    done: bool = False,
    provider_ref: str = "",
) -> Refund:
    """Give part or all of an order's money back while the order stands; the same key again is the same refund.

    `done`: it was given back already by the channel where it was paid. Raises BadValue when it is more than is left.
    """
    with in_brand(brand):
        order = lock([order_id], brand).get(order_id)
        if order is None:
            raise NotFound(f"no order {order_id}")
        stored = order.method is PaymentMethod.STORED_VALUE
        done = done or stored
        ask = RefundAsk(order_id, amount_minor, order.currency, reason, key, done=done, provider_ref=provider_ref)
        made = refund(ask, brand=brand, by=who)
        if not made.repeat:
            if stored:
                give_back_payment(
                    order_id, amount_minor, order.currency, brand=brand, key=f"order {made.id}", refund_id=made.id
                )
            book, day = _book(brand, order.store_id)
            parts = rules.given_back(
                amount_minor,
                rules.own(posted.transfer for posted in transfers_of(brand, [order_id])),
                before_minor=sum(r.amount_minor for r in refunds_of(brand, [order_id]) if r.id != made.id),
                completed=order.state == "completed",
                book=book,
                day=day,
            )
            _post_all(order, parts, "refund", day, brand)
            note([order_id], "refund", brand=brand, who=who, reason=reason, detail={"amount_minor": amount_minor})
            after = {"amount_minor": amount_minor, "done": done}
            record(brand, order_id, "order.refund", who=who, reason=reason, after=after)
        return made


def settle_refunds(refunds: Sequence[tuple[UUID, int]], *, brand: UUID) -> None:
    """Post what was given back, (order, amount): what was owed leaves the account it had come to.

    A platform's payment that was taken back with its order was never owed by us: nothing to post then.
    """
    with in_brand(brand):
        orders = lock([order for order, _ in refunds], brand)
        book = rulebook(brand)
        owed = rules.owed([posted.transfer for posted in transfers_of(brand, list(orders))], book)
        for order_id, amount in refunds:
            order, left = orders[order_id], amount
            book, day = _book(brand, order.store_id)
            received = rules.received_at(order.method, order.channel, book, day)
            for account, standing in owed.get(order_id, {}).items():
                due = min(left, standing)
                if due > 0:
                    _post(order, [(account, received, due)], "refunded", day, brand)
                    owed[order_id][account] -= due
                    left -= due


def _book(brand: UUID, store_id: UUID | None) -> tuple[Rulebook, date]:
    """What the brand posts, and the business day at the order's store."""
    book = rulebook(brand)
    return book, book.business_date(clock.now(), store_id)


def _receivable(order_id: UUID, book: Rulebook, day: date, brand: UUID) -> str:
    """Where what the order owes stands: looked up only where the rule was another once."""
    if len(book.ever("receivable")) == 1:
        return book.account("receivable", day)
    posted = [posted.transfer for posted in transfers_of(brand, [order_id])]
    return rules.receivable_of(posted, book) or book.account("receivable", day)


def _post(order: _Row, parts: Sequence[tuple[str, str, int]], kind: str, day: date, brand: UUID) -> None:
    """Post (debit, credit, minor units) about the order."""
    _post_all(order, [rules.Posting(kind, *part) for part in parts], kind, day, brand)


def _post_all(order: _Row, parts: Sequence[rules.Posting], kind: str, day: date, brand: UUID) -> None:
    store = {"store": str(order.store_id)} if order.store_id else {}
    post(
        [
            Transfer(
                id=uuid7(),
                debit=Account(part.debit, order.currency),
                credit=Account(part.credit, order.currency),
                amount_minor=part.amount_minor,
                kind=kind,
                subject_id=order.id,
                business_date=day,
                dimensions={"channel": str(order.channel_id), **store, **tax_dimension(part)},
            )
            for part in parts
            if part.amount_minor
        ],
        brand=brand,
        late=True,
    )
