"""How far a role reaches: brand, region, company, store."""

import pytest

from datong.access import api
from datong.access.types import Action, Role, ScopeKind
from datong.brand import api as brands
from datong.brand.types import Store
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7


def open_store(brand, code):
    store = Store(uuid7(), code, code, Point(1, 2), "City", brands.always_open(), "UTC")
    brands.put_stores(brand.id, [store])
    return store.id


def person(brand, name, role, scope, *ids):
    user = api.create_user(f"{name}.{brand.slug}")
    api.assign(brand.id, user, role, by="test", scope=scope, scope_ids=ids)
    return api.staff_of(user, brand.id)


@pytest.mark.requirement("S-41")
def test_a_region_manager_reaches_the_stores_of_the_region_as_it_is_now(brand):
    a, b = open_store(brand, "A"), open_store(brand, "B")
    region = brands.put_region(brand.id, "East", by="t")
    brands.set_region_stores(brand.id, region.id, [a], by="t")
    staff = person(brand, "rob", Role.REGION, ScopeKind.REGION, region.id)
    assert (
        api.scope_of(staff) == {a}
        and api.may(staff, Action.STOCK_COUNT, a)
        and not api.may(staff, Action.STOCK_COUNT, b)
    )
    brands.set_region_stores(brand.id, region.id, [b], by="t")
    assert api.scope_of(api.staff_of(staff.user_id, brand.id)) == {b}


@pytest.mark.requirement("S-41")
def test_people_of_a_franchisee_reach_their_companys_stores_and_the_brand_what_the_contract_says(brand):
    a, b = open_store(brand, "A"), open_store(brand, "B")
    company = brands.put_company(brand.id, "Jia", by="t", sharing="none")
    brands.set_company_stores(brand.id, company.id, [a], by="t")
    theirs = person(brand, "jia", Role.FINANCE, ScopeKind.COMPANY, company.id)
    assert (
        api.scope_of(theirs) == {a}
        and api.may(theirs, Action.MONEY_VIEW, a)
        and not api.may(theirs, Action.MONEY_VIEW, b)
    )
    head = person(brand, "hq", Role.HQ, ScopeKind.BRAND)
    assert not api.may(head, Action.ORDERS_VIEW, a) and api.may(head, Action.ORDERS_VIEW, b)
    brands.put_company(brand.id, "Jia", by="t", sharing="masked", id=company.id)
    head = api.staff_of(head.user_id, brand.id)
    assert api.may(head, Action.ORDERS_VIEW, a) and not api.sees_contacts(head, a) and api.sees_contacts(head, b)
