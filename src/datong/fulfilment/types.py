"""Nouns of fulfilment (履约): a task is one store's share of one order."""

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
    ACCEPTED = "accepted"
    READY = "ready"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Task:
    id: UUID
    order_id: UUID
    store_id: UUID
    kind: FulfilmentKind
    promised_at: datetime | None
    state: TaskState = TaskState.NEW
