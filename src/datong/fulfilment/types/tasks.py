"""Nouns of fulfilment (履约): a task (任务单) is one store's share of one order; a step is what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FulfilmentKind(StrEnum):
    DELIVERY = "delivery"  # 配送
    PICKUP = "pickup"  # 到店自提
    IN_STORE = "in_store"  # 到店消费
    TILL = "till"  # handed over at the counter already


class TaskState(StrEnum):
    NEW = "new"
    ACCEPTED = "accepted"  # 接单
    REFUSED = "refused"  # 拒单: the order looks for another store
    READY = "ready"  # 出餐 or 拣货 done
    HANDED_OVER = "handed_over"  # with the courier or the carrier
    DONE = "done"
    CANCELLED = "cancelled"  # taken back from the store


@dataclass(frozen=True, slots=True)
class Task:
    """`carrier` and `tracking` are known once it was handed over; `reason` says why it was refused."""

    id: UUID
    order_id: UUID
    store_id: UUID
    kind: FulfilmentKind
    promised_at: datetime | None
    state: TaskState = TaskState.NEW
    carrier: str = ""
    tracking: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a task: who, when, why."""

    task_id: UUID
    store_id: UUID
    state: TaskState
    by: str
    reason: str
    carrier: str
    tracking: str
    at: datetime
