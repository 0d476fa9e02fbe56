"""Paying an order from the card (储值支付) of who is logged in: their session is the proof, as a code is at a till.

The money is put aside before the order is placed and taken with it: nothing is ordered that the card cannot pay.
"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from datong.channels.design.formats import money
from datong.channels.shop.door import Shopper
from datong.kernel.errors import Conflict, DatongError
from datong.orders import api as orders
from datong.orders.types import Basket
from datong.wallet import api as wallet
from datong.wallet.types.paying import NotEnough, PayAsk, PaymentState, PointsAsk, WalletPayment
from datong.wallet.types.stored import PurseKind, PurseState

CARD = "card"
TRIES = 5


def card_way(shopper: Shopper) -> list[tuple[str, str]]:
    """What is on the card, for the choice at the checkout; nothing for a guest or an empty card."""
    if shopper.customer_id is None:
        return []
    currency = shopper.brand.currency
    there = sum(
        one.available_minor
        for one in wallet.purses_of(shopper.brand.id, shopper.customer_id)
        if one.state is PurseState.ACTIVE and one.currency == currency and one.kind is not PurseKind.GIFT
    )
    if there <= 0:
        return []
    return [(CARD, _("From my card (%(balance)s)") % {"balance": money(there, currency)})]


def has_points(shopper: Shopper) -> bool:
    if shopper.customer_id is None:
        return False
    return any(one.active > 0 for one in wallet.points_of(shopper.brand.id, shopper.customer_id))


def _key(basket: Basket, version: int, total_minor: int, n: int) -> str:
    return f"shop {basket.id.hex}-{version}-{total_minor}-{n}"


def put_aside(shopper: Shopper, basket: Basket, version: int, total_minor: int, *, points: bool) -> WalletPayment:
    """Hold the total for this version of the cart; the same again is the same. Raises NotEnough: nothing is held."""
    ask = PayAsk(
        total_minor, shopper.brand.currency, _key(basket, version, total_minor, 0),
        points=PointsAsk() if points else None,
    )  # fmt: skip
    at = {"brand": shopper.brand.id, "by": "shop", "asker": f"customer {shopper.customer_id}"}
    made = wallet.authorise(ask, customer_id=shopper.customer_id, **at)  # type: ignore[arg-type]
    for n in range(1, TRIES):
        if made.state is not PaymentState.RELEASED:
            return made
        # Put aside before and let go of: the order was refused then. Another try is another payment.
        ask = PayAsk(ask.amount_minor, ask.currency, _key(basket, version, total_minor, n), points=ask.points)
        made = wallet.authorise(ask, customer_id=shopper.customer_id, **at)  # type: ignore[arg-type]
    if made.state is PaymentState.RELEASED:
        raise Conflict("tried too often with this cart: change it, or pay another way")
    return made


def let_go(shopper: Shopper, payment: WalletPayment) -> None:
    wallet.release_payment(payment.id, brand=shopper.brand.id)


def take(shopper: Shopper, order_id: UUID, payment_id: UUID) -> None:
    """Pay the order with what was put aside; the same again changes nothing."""
    orders.pay_from_wallet(order_id, payment_id, brand=shopper.brand.id, who="shop")


def fault_of(error: DatongError, currency: str) -> str:
    """Why the card does not pay, for beside the choice."""
    if isinstance(error, NotEnough):
        there = money(error.available_minor, currency)
        return _("Your card has %(there)s, which is less than the total. Top it up, or pay another way.") % {
            "there": there
        }
    return _("Your card cannot pay this now. Choose another way to pay.")
