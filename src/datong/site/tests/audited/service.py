"""Service: cases that are done, reasons, teams."""

from __future__ import annotations

from datong.customers.types import Identity, IdentityKind
from datong.orders import api as orders
from datong.service import api as service
from datong.service.types import CaseState, Give, Giving, NewCase, Outcome, Phase, Reason, Team
from datong.site.tests.audited.world import BY, LATER, VERBS, World


def done(w: World) -> object:
    made = service.open_case(NewCase("late", "Where is it?"), brand=w.brand, **BY)
    return service.set_state(made.case.id, CaseState.DONE, brand=w.brand, why="came", outcome=Outcome.SOLVED, **BY)


def sorry(w: World) -> object:
    known = (Identity(IdentityKind.PHONE, "+16125550100", True),)
    order = w.house.place(w.house.intent(identities=known))
    person = orders.order_page(w.brand, order.order_id).customer_id
    giving = Giving(Give.STORED_VALUE, "late", customer_id=person, amount_minor=300)
    return service.ask_to_compensate(giving, brand=w.brand, by=w.owner, key="k", shown=str, href="/")


def again(w: World) -> object:
    order, channel = w.house.place(), w.house.channels["web"]
    return orders.send_again(
        order.order_id, units={1: 1}, channel_id=channel, reason="broken", key="k", brand=w.brand, who="ann"
    )


VERBS |= {
    "service.ask_to_compensate": sorry,
    "orders.send_again": again,
    "orders.redirect": lambda w: orders.redirect(
        w.house.place().order_id, brand=w.brand, who="ann", reason="later", promised_at=LATER
    ),
    "service.put_reason": lambda w: service.put_reason(Reason("late", Phase.DURING, 5), brand=w.brand, **BY),
    "service.put_team": lambda w: service.put_team(Team("vip", "Regulars", ("gold",)), brand=w.brand, **BY),
    "service.set_state": done,
}
