"""What the purchasing pages share: their parts, the states in words, who may."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.channels.design.formats import money, number
from datong.purchasing.types import ClaimKind, OrderState, Step

OPEN = (OrderState.APPROVED, OrderState.SENT, OrderState.CONFIRMED)
"""Goods may come."""


def tabs(here: str) -> list[dict[str, Any]]:
    """The parts of purchasing."""
    listed = (
        ("purchasing", _("Proposals")),
        ("purchase-orders", _("Orders and claims")),
        ("levels", _("Stock levels")),
        ("demand", _("Demand")),
    )
    return [{"text": text, "href": reverse(name), "current": name == here} for name, text in listed]


def state_word(state: OrderState) -> str:
    return {
        OrderState.DRAFT: pgettext("purchase", "draft"),
        OrderState.ASKED: pgettext("purchase", "waits for approval"),
        OrderState.APPROVED: pgettext("purchase", "approved"),
        OrderState.SENT: pgettext("purchase", "sent"),
        OrderState.CONFIRMED: pgettext("purchase", "confirmed"),
        OrderState.CLOSED: pgettext("purchase", "closed"),
        OrderState.REFUSED: pgettext("purchase", "refused"),
        OrderState.CANCELLED: pgettext("purchase", "called off"),
    }[state]


HUE = {
    OrderState.DRAFT: "neutral",
    OrderState.ASKED: "waiting",
    OrderState.APPROVED: "information",
    OrderState.SENT: "information",
    OrderState.CONFIRMED: "information",
    OrderState.CLOSED: "good",
    OrderState.REFUSED: "problem",
    OrderState.CANCELLED: "neutral",
}


def claim_word(kind: ClaimKind) -> str:
    return {
        ClaimKind.SHORT: pgettext("claim", "missing"),
        ClaimKind.OVER: pgettext("claim", "too many"),
        ClaimKind.DAMAGED: pgettext("claim", "damaged"),
    }[kind]


def model_word(model: str) -> str:
    """A forecast's model, as a reader says it."""
    return {
        "naive": pgettext("forecast", "last week again"),
        "average": pgettext("forecast", "average"),
        "croston": pgettext("forecast", "now and then (Croston)"),
        "holt_winters": pgettext("forecast", "trend and season (Holt-Winters)"),
    }.get(model, model)


def step_of(step: Step, currency: str) -> dict[str, Any]:
    """One entry of an order's timeline, as a person reads it."""
    facts = step.facts
    what = {
        "draft": _("Drafted"),
        "submit": _("Asked for approval"),
        "approve": _("Approved"),
        "refuse": _("Refused"),
        "withdraw": _("The request was taken back"),
        "send": _("Sent to %(to)s") % {"to": facts["to"]} if facts.get("to") else _("Sent to the supplier"),
        "confirm": _("Confirmed by the supplier"),
        "receive": _("Goods came: %(good)s good, %(bad)s damaged")
        % {"good": number(int(facts.get("received") or 0)), "bad": number(int(facts.get("damaged") or 0))},
        "close": _("Closed"),
        "cancel": _("Called off"),
    }.get(step.verb, step.verb)
    worth = money(int(facts.get("total_minor") or 0), currency) if step.verb == "submit" else ""
    status = {"refuse": "problem", "cancel": "problem", "close": "good", "receive": "good"}.get(
        step.verb, "information"
    )
    return {"what": what, "who": step.by, "at": step.at, "why": step.reason or worth, "status": status}
