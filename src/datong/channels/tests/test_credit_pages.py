"""Sales credit at the console: stores see theirs, head office says how it is split."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.types import Accepted, Amounts, IntentLine
from datong.payments.types import PaymentMethod


def sold(house: House, store: str, associate: str = "") -> Accepted:
    sale = house.intent(
        "till", fulfilment=FulfilmentKind.TILL, payment=PaymentMethod.TILL, paid=True, completed=True,
        store_code=store, placed_at=clock.now(), amounts=Amounts(goods=1200, paid=1200), associate=associate,
        destination=None,
        lines=(IntentLine(1, "CUP", 1, 1200),),
    )  # fmt: skip
    made = house.place(sale)
    orders.credit_orders([made.order_id], brand=house.brand.id)
    return made


@pytest.mark.requirement("S-170")
@pytest.mark.django_db
def test_head_office_sets_the_rule_and_each_store_sees_its_own_credit(house: House) -> None:
    head, manager = house.client(Role.HQ), house.client(Role.MANAGER)
    form = {"selling": "60", "fulfilling": "30", "associate": "10", "reason": "autumn"}
    assert head.post("/credit/rule/", {**form, "associate": "20"}).status_code == 422
    assert head.post("/credit/rule/", form).status_code == 302
    assert manager.post("/credit/rule/", form).status_code == 403
    near, far = sold(house, "NEAR", "mia"), sold(house, "FAR")
    page = manager.get("/credit/").content.decode()
    assert near.number in page and far.number not in page
    assert "$1.20" in page and "mia" in page and "Airport" not in page
    both = head.get("/credit/").content.decode()
    assert near.number in both and far.number in both and "$24.00" in both
    only = head.get("/credit/?staff=mia").content.decode()
    assert near.number in only and far.number not in only
    file = head.get("/credit/?format=csv").content.decode()
    assert file.count(near.number) == 3 and file.count(far.number) == 2
