"""Whether what somebody says at the counter gives them an order."""

from __future__ import annotations

import hmac
import unicodedata

from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.fulfilment.types.tasks import Task
from datong.kernel.errors import BadValue, Conflict

FETCHED = frozenset({FulfilmentKind.PICKUP, FulfilmentKind.IN_STORE})
"""Kinds whose customer comes to the store and shows a code; a delivery is handed to who brings it."""

MAX_REASON = 300


def read_code(typed: str) -> str:
    """The digits of what was typed or scanned: spaces and full-width digits are the same to people."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(c for c in plain if c.isdigit() and c.isascii())[:12]


def is_code(typed: str, code: str) -> bool:
    """In the same time whatever differs."""
    return hmac.compare_digest(read_code(typed).encode(), code.encode())


def after_handing(task: Task) -> TaskState:
    """Who fetches it has it; what a courier takes is on its way."""
    return TaskState.DONE if task.kind in FETCHED else TaskState.HANDED_OVER


def check_handing(task: Task) -> None:
    """Raises Conflict when there is nothing to hand over any more."""
    if task.state in (TaskState.DONE, TaskState.HANDED_OVER):
        raise Conflict("this order was handed over already")
    if task.state in (TaskState.CANCELLED, TaskState.REFUSED):
        raise Conflict(f"this order is {task.state.value}: there is nothing to hand over")


def check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > MAX_REASON or not reason.isprintable():
        raise BadValue("reason", reason[:80], f"a few words on why, at most {MAX_REASON} printable characters")
