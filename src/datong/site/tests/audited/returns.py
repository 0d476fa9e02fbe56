"""Returns: asked for, decided, received, given back, exchanged."""

from __future__ import annotations

from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types.credit import CreditShares
from datong.orders.types.returns import Return
from datong.payments.types import PaymentMethod
from datong.site.tests.audited.world import BY, VERBS, World


def asked(w: World, *, approved: bool = True) -> Return:
    basis = {"fulfilment": FulfilmentKind.TILL, "payment": PaymentMethod.TILL, "completed": True, "destination": None}
    sold = w.house.place(w.house.intent("till", store_code="NEAR", **basis))
    return orders.ask_return(
        sold.order_id, units={1: 1}, approved=approved, reason="small", key=uuid7().hex, brand=w.brand, who="ann"
    )


def here(w: World) -> Return:
    return orders.receive_return(asked(w).id, store_id=w.far, shelf={1: 1}, brand=w.brand, who="ann")


VERBS |= {
    "orders.ask_return": asked,
    "orders.put_credit_rule": lambda w: orders.put_credit_rule(w.brand, CreditShares(60, 30, 10), clock.now(), **BY),
    "orders.decide_return": lambda w: orders.decide_return(
        asked(w, approved=False).id, approve=True, brand=w.brand, who="ann"
    ),
    "orders.withdraw_return": lambda w: orders.withdraw_return(asked(w).id, brand=w.brand, who="ann"),
    "orders.receive_return": here,
    "orders.refund_return": lambda w: orders.refund_return(here(w).id, brand=w.brand, by=w.owner, shown=str, href="/"),
    "orders.exchange_for": lambda w: orders.exchange_for(
        asked(w).id, w.house.place().order_id, brand=w.brand, who="ann"
    ),
}
