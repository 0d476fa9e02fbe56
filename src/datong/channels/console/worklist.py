"""What can be done with an order now: the next steps of its stores, cancelling, giving money back."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.access.types import Action
from datong.catalog.types import ItemKind
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.payments.types import PaymentMethod, RefundState

STEPS = (TaskState.ACCEPTED, TaskState.READY, TaskState.HANDED_OVER, TaskState.DONE, TaskState.REFUSED)


def label_of(step: TaskState, kind: FulfilmentKind, food: bool) -> str:
    """The button that takes a step, in the words of the trade."""
    if step is TaskState.READY:
        return pgettext("step of a kitchen", "Ready to serve") if food else pgettext("step of a store", "Picked")
    if step is TaskState.DONE:
        return _("Picked up") if kind is FulfilmentKind.PICKUP else _("Delivered")
    return {
        TaskState.ACCEPTED: pgettext("step of a store", "Accept"),
        TaskState.HANDED_OVER: _("Hand over to the courier"),
        TaskState.REFUSED: pgettext("step of a store", "Refuse"),
    }[step]


def steps_for(task: Task, food: bool) -> list[dict[str, str]]:
    """What can be done with the task now: the usual next step first."""
    open_steps = [step for step in STEPS if fulfilment.may_follow(task.state, step, task.kind)]
    if task.kind is not FulfilmentKind.DELIVERY:
        open_steps = [step for step in open_steps if step is not TaskState.HANDED_OVER]
    return [{"to": step.value, "label": label_of(step, task.kind, food)} for step in open_steps]


def tasks_of(who: Who, found: OrderView, names: Names) -> list[dict[str, Any]]:
    """The order's tasks with what this person may do about each."""
    food = any(line.kind == ItemKind.ON_SITE for line in found.lines)
    return [
        {
            "task": task,
            "key": task.id.hex,
            "store": names.stores.get(task.store_id),
            "kind": words.word(words.FULFILMENT, task.kind),
            "state": words.word(words.TASK_STATE, task.state),
            "steps": steps_for(task, food) if who.may(Action.ORDERS_ACT, task.store_id) else [],
            "hands_over": task.kind is FulfilmentKind.DELIVERY,
        }
        for task in fulfilment.tasks_of(who.brand.id, [found.id])
    ]


def money_back(who: Who, found: OrderView, tasks: Sequence[dict[str, Any]], *, may_act: bool) -> dict[str, Any]:
    """What was given back, and whether the order can still be cancelled or its money given back from here."""
    views = orders.refunds_in_parts(who.brand.id, found.id)
    back = sum(view.refund.amount_minor for view in views)
    gone = {each["task"].store_id for each in tasks if each["task"].state in fulfilment.LEFT}
    left = any(each["task"].state in fulfilment.LEFT for each in tasks)
    return {
        "refunds": [
            {
                "refund": view.refund,
                "key": view.refund.id.hex,
                "state": _("given back") if view.refund.state is RefundState.DONE else _("to give back"),
                "parts": [_part(part) for part in view.parts],
            }
            for view in views
        ],
        "may_cancel": may_act and found.state in ("assigned", "backorder", "review") and not left,
        "may_return": may_act and found.state != "cancelled" and (left or found.state == "completed"),
        "may_refund": may_act and found.paid and found.state != "cancelled" and back < found.total_minor,
        "left": _("At most %s, what is left of the payment.") % money(found.total_minor - back, found.currency),
        "left_units": _(
            "Leave it empty to give back what was paid for the units. At most %s, what is left of the payment."
        )
        % money(found.total_minor - back, found.currency),
        "refund_key": uuid7().hex,
        "lines": _may_come_out(found, gone) if found.state in ("assigned", "backorder", "review") else [],
    }


def _may_come_out(found: OrderView, gone: Set[UUID]) -> list[dict[str, Any]]:
    """The lines of which units can be taken out: what is left of them has not been handed over."""
    worth = orders.worth_by_line(found)
    lines = [
        (line, line.units - line.withdrawn)
        for line in found.lines
        if line.units > line.withdrawn
        and not gone & ({store for store, _ in line.stores} or {store for store in (found.store_id,) if store})
    ]
    return [
        {
            "name": f"units-{line.line_no}",
            "title": line.title or line.sku,
            "most": n,
            "help": _("Up to %(n)s, for which %(paid)s was paid.")
            % {"n": number(n), "paid": money(worth[line.line_no], found.currency)},
        }
        for line, n in lines
    ]


def _part(part: orders.RefundPart) -> dict[str, Any]:
    """Where a part of the money went, in words, with the provider's number or the points."""
    went = {
        "stored_value": _("to the card, bonus") if part.part == "bonus" else _("to the card"),
        "points": _("into points"),
        "voucher": _("voucher"),
        "coupon": _("platform's coupon"),
        "cash": _("cash"),
        "provider": _("to the provider"),
    }
    how = words.word(words.PAYMENT, PaymentMethod(part.kind)) if part.kind not in went and part.kind else ""
    said = went.get(part.kind) or _("the way it was paid: %(how)s") % {"how": how}
    more = [part.name, _("%(n)s points") % {"n": number(part.points)} if part.points else ""]
    more += [_("good again") if part.returned else "", part.provider_ref if part.kind not in RIGHTS else ""]
    return {"amount": part.amount_minor, "said": said, "more": " · ".join(filter(None, more))}


RIGHTS = ("voucher", "coupon")
"""Of these the reference is an id of ours, which tells a person nothing."""
