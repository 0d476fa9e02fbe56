"""An agent makes good: points, a voucher, stored value, or the goods again; within a limit for each agent and day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from datong.access.api import approval, ask
from datong.access.types import Approval, Staff
from datong.brand.api import get_brand
from datong.kernel import audit, clock, locks, outbox
from datong.kernel.db import current_brand, execute, in_brand
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.orders.api import order_page, send_again, worth_by_line
from datong.service import queries
from datong.service.actions.cases import lock_case, step
from datong.service.events import CaseChanged
from datong.service.types import KIND_OF_COMPENSATION, CaseStepKind, Give, Giving
from datong.wallet.api import adjust_points, claim_packet, give_packet, issue_voucher, offer, packet_code, programme
from datong.wallet.types.packets import Giving as Packet

MAX_REASON = 300


def ask_to_compensate(
    giving: Giving, *, brand: UUID, by: Staff, key: str, shown: Callable[[int], str], href: str
) -> Approval:
    """Ask to make good: done at once within the limit of the agent's role, else it waits for a second person.

    What the agent gave within a day counts with it, so that nobody gets around the limit in small steps. The same key
    again is the same request. Raises BadValue naming the field, NotFound, and what giving it raises.
    """
    if not giving.reason.strip() or len(giving.reason) > MAX_REASON:
        raise BadValue("/reason", giving.reason[:80], f"a few words on why, at most {MAX_REASON} characters")
    if giving.customer_id is None and giving.give is not Give.GOODS:
        raise BadValue("/customer_id", None, "a customer we know: points, vouchers and money go to somebody")

    def work() -> str:
        locks.take(f"service given {brand} {by.username}")
        worth, what = _worth(giving, brand)
        facts: dict[str, Any] = {"what": what, "worth": shown(worth), "href": href, "key": key, "worth_minor": worth}
        facts |= {"give": giving.give.value, "points": giving.points, "offer": giving.offer}
        facts |= {"units": ",".join(f"{no}:{n}" for no, n in giving.units), "amount_minor": giving.amount_minor}
        facts |= {
            name: str(getattr(giving, name) or "") for name in ("customer_id", "order_id", "case_id", "channel_id")
        }
        return str(
            ask(
                KIND_OF_COMPENSATION,
                brand=brand,
                by=by,
                subject=f"{what}: {shown(worth)}",
                facts=facts,
                amount_minor=worth + queries.given_today(brand, by.username),
                reason=giving.reason,
                key=key,
            ).id
        )

    with in_brand(brand):
        asked = [giving.give.value, str(giving.customer_id), str(giving.order_id), giving.amount_minor, giving.points]
        return approval(brand, UUID(once("service.compensate", key, [*asked, giving.offer, giving.units], work)))


def _worth(giving: Giving, brand: UUID) -> tuple[int, str]:
    """(What it is worth in minor units, what it is in a word)."""
    if giving.give is Give.POINTS:
        if not 0 < giving.points <= 10**7:
            raise BadValue("/points", giving.points, "a number of points above 0")
        kind = programme(brand)
        return -(-giving.points * kind.fair_minor // kind.fair_points), f"{giving.points} {kind.code}"
    if giving.give is Give.VOUCHER:
        found = offer(brand, giving.offer)
        return found.amount_minor or found.max_minor or 0, found.code
    if giving.give is Give.STORED_VALUE:
        if not 0 < giving.amount_minor <= 10**9:
            raise BadValue("/amount_minor", giving.amount_minor, "an amount above 0")
        return giving.amount_minor, "stored value"
    if giving.order_id is None:
        raise BadValue("/order_id", None, "the order to be sent again")
    order = order_page(brand, giving.order_id)
    each = {line.line_no: line for line in order.lines}
    paid = worth_by_line(order)
    for no, n in giving.units:
        if no not in each or not 0 < n <= each[no].units:
            raise BadValue("/units", n, "units of a line of the order, at most those that were sold")
    if not giving.units:
        raise BadValue("/units", 0, "at least one unit")
    goods = " · ".join(f"{n} × {each[no].title or each[no].sku}" for no, n in giving.units)
    return sum(paid[no] * n // max(each[no].units - each[no].withdrawn, 1) for no, n in giving.units), goods[:120]


PUT = """
    INSERT INTO service_given (brand_id, id, case_id, order_id, customer_id, give, amount_minor, currency, what, reason,
                               by, at)
    VALUES (%(brand)s, %(id)s, %(case)s, %(order)s, %(customer)s, %(give)s, %(amount)s, %(currency)s, %(what)s,
            %(reason)s, %(by)s, %(now)s)
"""
ADD = """
    UPDATE service_case SET given_minor = given_minor + %(amount)s, currency = %(currency)s
     WHERE brand_id = %(brand)s AND id = %(case)s
"""


def carry_out(asked: Approval) -> None:
    """Give it, in the transaction of the decision, once; it is the asker's own."""
    brand, facts, who = current_brand(), asked.facts, asked.asked_by
    give, key = Give(str(facts["give"])), f"compensate {asked.id}"
    customer, order, case, channel = (_id(facts, n) for n in ("customer_id", "order_id", "case_id", "channel_id"))
    amount, currency = int(facts["worth_minor"]), get_brand(brand).currency
    if give is Give.GOODS:
        if order is None or channel is None:
            raise NotFound("no order, or no channel of the service desk")
        units = {int(no): int(n) for no, n in (each.split(":") for each in str(facts["units"]).split(","))}
        send_again(order, units=units, reason=asked.reason, key=asked.id.hex, channel_id=channel, brand=brand, who=who)
    else:
        _to_wallet(give, facts, customer, asked, brand, key)
    made = uuid7()
    about: dict[str, Any] = {
        "brand": brand,
        "id": made,
        "case": case,
        "order": order,
        "customer": customer,
        "give": give.value,
    }
    about |= {"amount": amount, "currency": currency, "what": str(facts["what"])[:120], "reason": asked.reason[:300]}
    execute(PUT, {**about, "by": who[:120], "now": clock.now()})
    if case is not None:
        lock_case(case, brand)
        execute(ADD, {"brand": brand, "case": case, "amount": amount, "currency": currency})
        said = f"{facts['what']} · {asked.reason}"[:2000]
        step(case, CaseStepKind.COMPENSATION, said, brand=brand, who=who, amount_minor=amount)
        outbox.emit(CaseChanged(case, "compensation"))
    subject = f"customer {customer}" if customer else f"order {order}"
    after = {"give": give.value, "what": facts["what"], "worth_minor": amount, "order": str(order or "")}
    audit.record(brand=brand, actor=who, verb="service.compensate", subject=subject, reason=asked.reason, after=after)


def _to_wallet(give: Give, facts: Any, customer: UUID | None, asked: Approval, brand: UUID, key: str) -> None:
    if customer is None:
        raise NotFound("no customer to give it to")
    who, reason = asked.asked_by, asked.reason
    if give is Give.POINTS:
        points = int(facts["points"])
        adjust_points(customer, points, key=key, brand=brand, by=who, reason=reason, source="compensation")
    elif give is Give.VOUCHER:
        issue_voucher(str(facts["offer"]), brand=brand, by=who, id=asked.id, customer_id=customer, reason=reason)
    else:
        wanted = Packet(1, total_minor=int(facts["amount_minor"]), note="")
        packet = give_packet(wanted, brand=brand, by=who, key=key)
        claim_packet(packet_code(brand, packet.id), customer, brand=brand, by=who, asker=f"compensate {customer}")


def _id(facts: Any, name: str) -> UUID | None:
    return UUID(str(facts[name])) if facts.get(name) else None
