"""Deliveries to try things on: two stores, a station, couriers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from datong.brand.api import always_open, put_stores
from datong.brand.types import Store, StoreKind
from datong.fulfilment import api
from datong.fulfilment.types import Courier, FulfilmentKind, Goods, NoteText, Station, Task, TaskState
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

HERE = Point(-93.25, 44.95)


def east(metres: float) -> Point:
    """So many metres east of HERE, about."""
    return Point(HERE.lon + metres / 78_800, HERE.lat)


@dataclass
class Town:
    """A brand that delivers. `open()` makes a delivery of the near store; `courier()` somebody on duty."""

    id: UUID
    near: Store
    far: Store
    station: Station
    couriers: list[Courier] = field(default_factory=list)

    def text(self, **fields: Any) -> NoteText:
        plain: dict[str, Any] = {
            "order_id": uuid7(), "store_id": self.near.id, "number": "261123-AAAA", "address": "1 Main St, Minneapolis",
            "place": east(1000), "contact_name": "Ann Lee", "contact_phone": "+16125550100",
            "goods": (Goods("TEA", "Green tea", 2, ("Large",)),), "due_minor": 0, "currency": "USD",
        }  # fmt: skip
        return NoteText(**plain | fields)

    def open(self, state: TaskState | None = None, **fields: Any) -> Task:
        promised_at = fields.pop("promised_at", None)
        text = self.text(**fields)
        task = Task(uuid7(), text.order_id, text.store_id, FulfilmentKind.DELIVERY, promised_at)
        api.open_tasks([task], brand=self.id, notes=[text])
        ladder = [TaskState.ACCEPTED, TaskState.READY, TaskState.HANDED_OVER, TaskState.DONE]
        for step in ladder[: ladder.index(state) + 1] if state else []:
            api.advance([task.id], step, brand=self.id, by="ann")
        return task

    def courier(self, name: str = "Kim", *, on_duty: bool = True, **fields: Any) -> Courier:
        plain = {"station_id": self.station.id, "user_id": uuid7(), "room": 3}
        made = api.put_courier(Courier(uuid7(), name, **plain | fields), brand=self.id, by="ann")
        if on_duty:
            api.set_duty(made.id, True, brand=self.id, by="ann")
        return made

    def delivery(self, task: Task) -> Any:
        return api.deliveries_by_task(self.id, [task.id])[0]


def open_town(brand: Any) -> Town:
    stores = [
        Store(uuid7(), code, code.title(), east(metres), "Minneapolis", always_open(), "America/Chicago", kind=kind)
        for code, metres, kind in (("NEAR", 0, StoreKind.OWN), ("FAR", 4000, StoreKind.PARTNER))
    ]
    put_stores(brand.id, stores)
    station = api.put_station(
        brand.id, "S1", "Uptown station", east(300), hours="Mon-Sun: 00:00-24:00", timezone="America/Chicago", by="ann"
    )
    return Town(brand.id, stores[0], stores[1], station)


@pytest.fixture
def town(brand: Any) -> Town:
    return open_town(brand)


@pytest.fixture
def committed_town(committed_db: str, make_brand: Any) -> Town:
    return open_town(make_brand())
