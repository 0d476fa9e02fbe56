"""What orders take of payments is booked together: a constant number of statements, however many orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.kernel import clock, outbox
from datong.kernel.db import execute
from datong.kernel.ids import uuid7
from datong.ledger.api import capture as capture_holds
from datong.ledger.api import post
from datong.ledger.types import Capture, Transfer
from datong.wallet.actions.stored.common import booked, paid_with
from datong.wallet.actions.stored.rights import RIGHTS
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.types.coupons import Platform
from datong.wallet.types.paying import PaymentState, Take, TakeKind, WalletPayment


@dataclass(frozen=True, slots=True)
class Captured:
    """What an order got of a payment; `short_minor`: covered by nothing, an open shortfall."""

    payment_id: UUID
    order_id: UUID
    amount_minor: int
    short_minor: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What an order takes of one take of a payment."""

    payment: WalletPayment
    take: Take
    order_id: UUID
    amount_minor: int


def parts_of_order(payment: WalletPayment, order_id: UUID, shares: Sequence[int]) -> list[Part]:
    """`shares`: what the order takes of each take of the payment, in their order."""
    found = zip(payment.takes, shares, strict=True)
    return [Part(payment, take, order_id, share) for take, share in found if share]


TAKEN = """
    INSERT INTO wallet_taken (brand_id, id, take_id, order_id, amount_minor, back_minor)
    SELECT %(brand)s, t.id, t.take_id, t.order_id, t.amount, 0
      FROM unnest(%(ids)s::uuid[], %(takes)s::uuid[], %(orders)s::uuid[], %(amounts)s::bigint[])
           t(id, take_id, order_id, amount)
"""
MORE = """
    UPDATE wallet_take k SET captured_minor = k.captured_minor + t.amount
      FROM unnest(%(takes)s::uuid[], %(amounts)s::bigint[]) t(take_id, amount)
     WHERE k.brand_id = %(brand)s AND k.id = t.take_id
"""


def book(parts: Sequence[Part], *, brand: UUID, also: Sequence[Transfer] = ()) -> None:
    """Take these parts for their orders: from the purses and the other tenders to `clearing:wallet`. The payments are
    locked by the caller; `also` is posted with what is no purse's."""
    ids = [uuid7() for _ in parts]
    captures = [
        Capture(id_, part.take.id, part.amount_minor, subject_id=part.order_id)
        for id_, part in zip(ids, parts, strict=True)
        if part.take.purse_id
    ]
    capture_holds(captures, brand=brand)
    others = [_tendered(part) for part in parts if not part.take.purse_id]
    post([*others, *also], brand=brand, late=bool(also))
    if not parts:
        return
    more: Counter[UUID] = Counter()
    for part in parts:
        more[part.take.id] += part.amount_minor
    columns = {"ids": ids, "takes": [part.take.id for part in parts], "orders": [part.order_id for part in parts]}
    execute(TAKEN, {"brand": brand, **columns, "amounts": [part.amount_minor for part in parts]})
    execute(MORE, {"brand": brand, "takes": list(more), "amounts": list(more.values())})
    spent = {(part.take.purse_id, part.payment.customer_id, part.order_id) for part in parts if part.take.purse_id}
    outbox.emit(*(StoredValueChanged(p, who, "spend", order) for p, who, order in sorted(spent, key=str)))


def _tendered(part: Part) -> Transfer:
    event, places = tender(part.take.kind, part.take.name)
    return booked(event, part.amount_minor, "tender", part.order_id, part.payment.currency, places)


def tender(kind: TakeKind, name: str) -> tuple[str, dict[str, str]]:
    """The event by which a tender that is no purse is taken, with its places. Points and vouchers left the books as
    what they are when they were put aside; what they pay is the brand's expense. What a platform's coupon pays has
    waited since it was verified."""
    if kind is TakeKind.COUPON:
        return "coupon.paid", {"platform": Platform(name).value}
    if kind in RIGHTS:
        return ("points.paid" if kind is TakeKind.POINTS else "voucher.paid"), {}
    return "wallet.tender", paid_with("cash" if kind is TakeKind.CASH else name)


def left_of(payment: WalletPayment) -> list[int]:
    """What orders may still take of each take: nothing once the rest of the payment was given back."""
    held = payment.state is PaymentState.HELD and not is_over(payment)
    return [take.amount_minor - take.captured_minor if held else 0 for take in payment.takes]


def is_over(payment: WalletPayment) -> bool:
    return payment.state is PaymentState.HELD and payment.expires_at is not None and payment.expires_at <= clock.now()


STATE = "UPDATE wallet_payment SET state = %s WHERE brand_id = %s AND id = ANY(%s::uuid[])"


def put_state(payments: Sequence[UUID], state: PaymentState, brand: UUID) -> None:
    if payments:
        execute(STATE, [state.value, brand, list(payments)])
