"""A delivery on its way, for its customer: the code to show, and where the courier is while they bring it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from datong.brand.types import Store
from datong.channels.design import maps
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.geo import Point


def bringing(brand_id: UUID, order_id: UUID, tasks: Iterable[Task], stores: Iterable[Store]) -> dict[str, Any] | None:
    """The codes of what a courier brings, and a live map from pickup to delivery and at no other time."""
    under_way = [t for t in tasks if t.kind is FulfilmentKind.DELIVERY and t.state is TaskState.HANDED_OVER]
    if not under_way:
        return None
    known = {one.note.task_id: one for one in fulfilment.deliveries_of(brand_id, [order_id])}
    mine = [known[task.id] for task in under_way if task.id in known and known[task.id].courier_id is not None]
    if not mine:
        return None
    codes = [f"{one.note.code[:3]} {one.note.code[3:]}" for one in mine if one.note.code]
    where = fulfilment.where_is(brand_id, order_id)
    home = next((one.note.place for one in mine if one.note.place is not None), None)
    return {"codes": codes, "map": _map(where[0], home, stores) if where else None, "at": where[1] if where else None}


def _map(courier: Point, home: Point | None, stores: Iterable[Store]) -> maps.View:
    pins = [maps.Pin(courier, _("The courier"), look="chosen", status="information", label=True)]
    pins += [maps.Pin(store.place, store.name) for store in stores]
    if home is not None:
        pins.append(maps.Pin(home, _("You"), look="customer", label=True))
    return maps.draw(pins, label=_("Where it is on a map"))
