"""The delivery note (配送单): a store's share of an order as the courier needs it. It is the order's, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.fulfilment.types.tasks import TaskState
from datong.kernel.geo import Point


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of the note: what is in the bag, without its price."""

    sku: str
    title: str
    units: int
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteText:
    """What an order says for one of its stores. `due_minor`: the cash to collect at the door, 0 when it is paid."""

    order_id: UUID
    store_id: UUID
    number: str
    address: str
    place: Point | None
    contact_name: str
    contact_phone: str
    goods: tuple[Goods, ...]
    due_minor: int
    currency: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """The note with where its task stands. `distance_m` and `bearing_deg` lead from the store to the door.

    `code` is what the customer shows to get it, never told to the courier's phone; `calling` the pick-up number.
    """

    task_id: UUID
    order_id: UUID
    store_id: UUID
    number: str
    address: str
    place: Point | None
    contact_name: str
    contact_phone: str
    goods: tuple[Goods, ...]
    due_minor: int
    currency: str
    remark: str
    distance_m: int | None
    bearing_deg: int | None
    promised_at: datetime | None
    state: TaskState
    code: str = ""
    calling: int = 0
