"""What a customer shows at the counter: the pick-up number (取餐号) and the code of each store's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core import signing

from datong.brand.types import Store
from datong.channels.shop.door import Shopper
from datong.fulfilment.api import ENDED, arrivals_of, callings_of
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.errors import NotFound

SALT = "datong.shop.order"


def called(brand_id: UUID, tasks: Sequence[Task], stores: Mapping[UUID, Store]) -> list[dict[str, Any]]:
    """The number and code of each part that still waits to be fetched; a delivery has no code to show."""
    waiting = [t for t in tasks if t.state not in ENDED and t.kind in (FulfilmentKind.PICKUP, FulfilmentKind.IN_STORE)]
    known = callings_of(brand_id, [task.order_id for task in waiting])
    here = arrivals_of(brand_id, [task.id for task in waiting])
    return [
        {
            "task": task,
            "store": stores.get(task.store_id),
            "number": known[task.id].said,
            "code": f"{known[task.id].code[:3]} {known[task.id].code[3:]}",
            "here": here.get(task.id),
            "ready": task.state is TaskState.READY,
        }
        for task in waiting
        if task.id in known
    ]


def opened(shopper: Shopper, token: str) -> UUID:
    """The order of a signed link; NotFound for any other."""
    try:
        brand, order_id = signing.Signer(salt=SALT).unsign_object(token)
        if brand == str(shopper.brand.id):
            return UUID(order_id)
    except (signing.BadSignature, ValueError, TypeError):
        pass
    raise NotFound("this link opens no order")
