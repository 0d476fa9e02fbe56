"""Pure decisions of the inbox: who may knock how often, when to try again, what an outcome means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from datong.integration.types import InboxState
from datong.orders.types import Accepted, Outcome, Refused, Repeated

MAX_ATTEMPTS = 8
MAX_ASKS = 34  # a platform that is down is asked for a day, the later the more seldom
MAX_WAIT_S = 3600
NOT_YET_S = 24 * 3600  # an unpaid order is closed by its platform long before
KEPT_HISTORY = 50

PULLED = "x-datong-pulled"
"""Beside an entry that we have asked for: how it was found."""

_KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "x-request-id",
    "traceparent",
    "idempotency-key",
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-webhook-id",
    "x-shopify-event-id",
    "x-shopify-api-version",
    "x-shopify-triggered-at",
    "x-wc-webhook-source",
    "x-wc-webhook-topic",
    "x-wc-webhook-id",
    "x-wc-webhook-delivery-id",
    "x-datong-device",
    "x-datong-timestamp",
)


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What says where a delivery came from. A list of what is kept, so that no credential ever is."""
    return {name: headers[name][:200] for name in _KEPT_HEADERS if name in headers}


@dataclass(slots=True)
class Bucket:
    """A token bucket: `rate` calls a second on average, `burst` at once."""

    rate: float
    burst: float
    level: float
    at: float

    def take(self, now: float) -> float:
        """0 when the call may go on, else the seconds to wait until one may."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.rate


def wait_of(attempts: int, asked_s: int = 0) -> timedelta:
    """How long until the next try: doubling from 2 s up to an hour, or longer when the other side asks for it."""
    return timedelta(seconds=max(asked_s, min(MAX_WAIT_S, 2 ** min(attempts, 12))))


def state_of(outcomes: Sequence[Outcome]) -> InboxState:
    """One state for what may be several orders: what needs a person comes first."""
    found = {_state(outcome) for outcome in outcomes}
    for state in (InboxState.CONFLICT, InboxState.REJECTED, InboxState.PLACED):
        if state in found:
            return state
    return InboxState.REPEAT


def _state(outcome: Outcome) -> InboxState:
    match outcome:
        case Accepted():
            return InboxState.REPEAT if outcome.repeat else InboxState.PLACED
        case Repeated():
            return InboxState.CONFLICT
        case Refused():
            return InboxState.REJECTED


def outcome_data(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What is kept of the outcome; of several orders each, under `orders`."""
    found = [_data(outcome) for outcome in outcomes]
    return found[0] if len(found) == 1 else {"orders": found}


def _data(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Accepted():
            return {
                "order_id": str(outcome.order_id),
                "number": outcome.number,
                "state": outcome.state.value,
                "store_ids": [str(s) for s in outcome.store_ids],
                "total_minor": outcome.total_minor,
                "currency": outcome.currency,
                "exceptions": [e.value for e in outcome.exceptions],
                "repeat": outcome.repeat,
            }
        case Repeated():
            return {"order_id": str(outcome.order_id), "number": outcome.number, "conflict": True}
        case Refused():
            return {"refused": outcome.code}
