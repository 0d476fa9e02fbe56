"""How far a role reaches: another region's, another company's things do not exist; amounts above a limit wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser

from datong.access import api as access
from datong.access.types import Action, ApprovalKind, ApprovalState, Role, ScopeKind
from datong.brand import api as brands
from datong.channels.tests.conftest import House, open_house
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import stock_of
from datong.kernel.errors import NotAllowed
from datong.orders import api as orders
from datong.payments.types import PaymentMethod

ASK = ApprovalKind("test.refund", "A test", Action.ORDERS_ACT, lambda asked: None)
STEP = {"do": "assign", "role": "store", "scope": "store", "stores": "NEAR"}


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    access.register_approval(ASK)
    return open_house(make_brand())


def browser(house: House, role: Role, scope: ScopeKind, *over: UUID) -> Browser:
    user = access.create_user(f"{role}.{scope}.{house.brand.slug}"[:64])
    access.assign(house.brand.id, user, role, by="test", scope=scope, scope_ids=over)
    client = Browser(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(pk=user))
    return client


def near_people(house: House) -> dict[str, Browser]:
    """Who reaches the near store only: by its region, its company, or itself."""
    north = brands.put_region(house.brand.id, "North", by="test")
    brands.set_region_stores(house.brand.id, north.id, [house.near.id], by="test")
    firm = brands.put_company(house.brand.id, "Lake LLC", by="test")
    brands.set_company_stores(house.brand.id, firm.id, [house.near.id], by="test")
    return {
        "region": browser(house, Role.REGION, ScopeKind.REGION, north.id),
        "company": browser(house, Role.MANAGER, ScopeKind.COMPANY, firm.id),
        "agent of the company": browser(house, Role.AGENT, ScopeKind.COMPANY, firm.id),
        "store": browser(house, Role.MANAGER, ScopeKind.STORE, house.near.id),
    }


def paid_at(house: House, store: Any) -> Any:
    basis = {"fulfilment": FulfilmentKind.PICKUP, "store_code": store.code, "destination": None}
    order = house.place(house.intent(payment=PaymentMethod.PREPAID, **basis))
    orders.pay(order.order_id, amount_minor=1200, provider_ref=order.number, brand=house.brand.id, who="test")
    return order


@pytest.mark.requirement("S-31")
def test_what_is_another_regions_or_companys_is_neither_shown_nor_changed(house: House) -> None:
    people, far = near_people(house), paid_at(house, house.far)
    customer = orders.order_page(house.brand.id, far.order_id).customer_id
    cashier = access.create_user(f"far.{house.brand.slug}")
    access.assign(house.brand.id, cashier, Role.CASHIER, by="test", store_ids=[house.far.id])
    pages = (
        f"/orders/{far.number}/", f"/orders/{far.order_id}/", f"/customers/{customer}/", "/stores/FAR/",
        f"/staff/{cashier}/",
    )  # fmt: skip
    posts = (
        (f"/orders/{far.number}/act/", {"do": "approve"}),
        (f"/orders/{far.number}/refund/", {"amount": "5", "reason": "late", "key": "k"}),
        (f"/orders/{far.number}/cancel/", {"reason": "late"}),
        ("/sold-out/set/", {"store": "FAR", "sku": "CUP", "until": "next_opening"}),
        ("/stock/write-offs/", {"store": "FAR", "lines": "CUP 1", "kind": "waste", "reason": "damaged"}),
        (f"/staff/{cashier}/act/", STEP),
    )
    let_in = []
    for name, client in people.items():
        let_in += [f"{name}: GET {page}" for page in pages if client.get(page).status_code not in (403, 404)]
        for address, form in posts:
            status = client.post(address, form).status_code
            if status not in (403, 404):
                let_in.append(f"{name}: POST {address} {status}")
        assert far.number not in client.get("/").content.decode(), name
    assert let_in == []
    view = orders.order_page(house.brand.id, far.order_id)
    assert (view.state, [event.kind for event in view.timeline][-1]) == ("assigned", "paid")
    (shelf,) = stock_of(house.brand.id, items=[house.items["CUP"].id], locations=[house.far.id])
    assert (shelf.on_hand, access.staff_of(cashier, house.brand.id).role) == (10, Role.CASHIER)  # type: ignore[union-attr]


def test_a_store_that_moves_to_another_region_moves_with_its_orders_at_the_next_click(house: House) -> None:
    near, far = paid_at(house, house.near), paid_at(house, house.far)
    region = brands.put_region(house.brand.id, "North", by="test").id
    brands.set_region_stores(house.brand.id, region, [house.near.id], by="test")
    manager = browser(house, Role.REGION, ScopeKind.REGION, region)

    def seen() -> list[int]:
        return [manager.get(f"/orders/{order.number}/").status_code for order in (near, far)]

    assert seen() == [200, 404]
    brands.set_region_stores(house.brand.id, region, [house.far.id], by="test")
    assert seen() == [404, 200]


LIMITS = {
    Role.OWNER: None, Role.HQ: None, Role.REGION: 100_000, Role.MANAGER: 20_000, Role.STORE: 20_000,
    Role.AGENT: 20_000, Role.CASHIER: 5_000,
}  # fmt: skip
"""What acts on orders, and up to what alone: as docs/reference/roles-and-scopes.md says."""


@pytest.mark.parametrize("role", list(Role))
def test_an_amount_above_the_limit_of_a_role_waits_and_others_may_not_even_ask(house: House, role: Role) -> None:
    by = access.staff_of(house.users[role], house.brand.id)
    assert by

    def ask(amount: int) -> str:
        wish = {"subject": str(amount), "facts": {}, "amount_minor": amount, "store_id": house.near.id}
        return access.ask(ASK.name, brand=house.brand.id, by=by, **wish).state.value

    if role not in LIMITS:
        with pytest.raises(NotAllowed):
            ask(1)
        assert access.list_approvals(house.brand.id).approvals == ()
    elif (limit := LIMITS[role]) is None:
        assert ask(10**12) == "approved"
    else:
        assert [ask(limit), ask(limit + 1), ask(-limit - 1)] == ["approved", "pending", "pending"]


DECIDES = {Role.OWNER, Role.HQ, Role.FINANCE}
UP_TO = {Role.REGION: 100_000, Role.MANAGER: 20_000, Role.MERCHANDISER: 50_000}


@pytest.mark.parametrize("role", list(Role))
def test_who_decides_what_another_asked_for(house: House, role: Role) -> None:
    """Finance and head office any amount; others what they could do alone, at stores they reach; nobody their own."""
    asker = access.create_user(f"asker.{house.brand.slug}")
    access.assign(house.brand.id, asker, Role.CASHIER, by="test", store_ids=[house.near.id, house.far.id])
    cashier = access.staff_of(asker, house.brand.id)
    by = access.staff_of(house.users[role], house.brand.id)
    assert by and cashier

    def decided(amount: int, store: UUID) -> bool:
        wish = {"subject": f"{amount} {store}", "facts": {}, "amount_minor": amount, "store_id": store}
        asked = access.ask(ASK.name, brand=house.brand.id, by=cashier, **wish)
        try:
            done = access.decide(asked.id, brand=house.brand.id, by=by, approve=True)
        except NotAllowed:
            assert access.approval(house.brand.id, asked.id).state is ApprovalState.PENDING
            return False
        return done.state is ApprovalState.APPROVED

    top = UP_TO.get(role, 5_001)
    found = (decided(top, house.near.id), decided(10**9, house.near.id), decided(top, house.far.id))
    everywhere = role in DECIDES | {Role.MERCHANDISER}
    assert found == (role in DECIDES | set(UP_TO), role in DECIDES, everywhere)
