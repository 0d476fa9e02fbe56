"""What the calls work on: a house with staff, stores, goods, and somebody who asks and somebody who decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from datong.access import api as access
from datong.access.types import Action, ApprovalKind, Role, Staff
from datong.channels.tests.conftest import House, open_house
from datong.kernel import clock

NOW = clock.now()
LATER = NOW + timedelta(days=30)
BY = {"by": "ann"}
VERBS: dict[str, Callable[[World], object]] = {}


class World:
    """`brand` is its id; `staff` somebody of a role; `cup` the id of an item that costs 12.00."""

    def __init__(self, make_brand: Any) -> None:
        self.house: House = open_house(make_brand())
        self.brand: UUID = self.house.brand.id
        self.near, self.far = self.house.near.id, self.house.far.id
        self.cup = self.house.items["CUP"].id
        self.owner = self.staff(Role.OWNER)
        access.register_approval(ApprovalKind("test.adjust", "A test", Action.STOCK_COUNT, lambda asked: None))

    def staff(self, role: Role) -> Staff:
        found = access.staff_of(self.house.users[role], self.brand)
        assert found
        return found

    def asked(self) -> Any:
        wish = {"subject": "CUP", "facts": {}, "amount_minor": 10**7, "store_id": self.near}
        return access.ask("test.adjust", brand=self.brand, by=self.staff(Role.MANAGER), **wish)


def verb(name: str) -> Callable[[Callable[[World], object]], Callable[[World], object]]:
    """The call that runs this verb; what it does before it does not count."""

    def keep(call: Callable[[World], object]) -> Callable[[World], object]:
        VERBS[name] = call
        return call

    return keep
