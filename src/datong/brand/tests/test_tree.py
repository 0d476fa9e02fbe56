"""Regions and companies: a forest of at most five levels, a store in one region and with one company."""

import pytest

from datong.brand import api
from datong.brand.types import Sharing, Store
from datong.kernel import audit
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7


def open_store(brand, code):
    store = Store(uuid7(), code, code, Point(1, 2), "City", api.always_open(), "UTC")
    api.put_stores(brand.id, [store])
    return store.id


def test_a_regions_stores_are_its_own_and_those_of_the_regions_within(brand):
    a, b, c = (open_store(brand, code) for code in "ABC")
    east = api.put_region(brand.id, "East", by="t")
    coast = api.put_region(brand.id, "Coast", by="t", parent_id=east.id)
    api.set_region_stores(brand.id, east.id, [a], by="t")
    api.set_region_stores(brand.id, coast.id, [b, c], by="t")
    assert api.stores_in_regions(brand.id, [east.id]) == {a, b, c}
    assert api.stores_in_regions(brand.id, [coast.id]) == {b, c}
    api.set_region_stores(brand.id, east.id, [a, c], by="t")
    assert api.stores_in_regions(brand.id, [coast.id]) == {b}
    assert {r.name: set(r.stores) for r in api.tree(brand.id).regions} == {"East": {a, c}, "Coast": {b}}
    (last, *_) = audit.page(brand.id, verb="region").entries
    assert (last.verb, last.before, last.after["stores"]) == (
        "region.stores",
        {"stores": [str(a)]},
        sorted([str(a), str(c)]),
    )


def test_regions_are_at_most_five_deep_and_no_ring(brand):
    parent = None
    chain = []
    for depth in range(5):
        chain.append(api.put_region(brand.id, f"R{depth}", by="t", parent_id=parent))
        parent = chain[-1].id
    with pytest.raises(BadValue, match="5 levels"):
        api.put_region(brand.id, "R5", by="t", parent_id=parent)
    with pytest.raises(BadValue, match="within this one"):
        api.put_region(brand.id, "R0", by="t", parent_id=chain[2].id, id=chain[0].id)
    with pytest.raises(BadValue):
        api.put_region(brand.id, "X", by="t", parent_id=uuid7())
    with pytest.raises(BadValue):
        api.put_region(brand.id, "R1", by="t")
    with pytest.raises(Conflict):
        api.drop_region(brand.id, chain[0].id, by="t")
    api.drop_region(brand.id, chain[4].id, by="t")
    assert len(api.tree(brand.id).regions) == 4


@pytest.mark.requirement("S-41")
def test_a_company_runs_stores_and_its_contract_says_what_the_brand_sees(brand):
    a, b = open_store(brand, "A"), open_store(brand, "B")
    jia = api.put_company(brand.id, "Jia Foods Ltd", by="t", legal_id="91310000", sharing="none")
    yi = api.put_company(brand.id, "Yi Foods Ltd", by="t", sharing=Sharing.MASKED)
    api.set_company_stores(brand.id, jia.id, [a], by="t")
    api.set_company_stores(brand.id, yi.id, [b], by="t")
    assert api.stores_of_companies(brand.id, [jia.id]) == {a}
    veil = api.veil(brand.id)
    assert (veil.hidden, veil.masked) == ({a}, {b})
    api.put_company(brand.id, "Jia Foods Ltd", by="t", legal_id="91310000", sharing="full", id=jia.id)
    assert api.veil(brand.id).hidden == frozenset()
    with pytest.raises(NotFound):
        api.set_company_stores(brand.id, uuid7(), [a], by="t")
    with pytest.raises(BadValue):
        api.set_company_stores(brand.id, jia.id, [uuid7()], by="t")
    with pytest.raises(BadValue):
        api.put_company(brand.id, "Z", by="t", sharing="half")


def test_two_who_move_regions_at_the_same_moment_never_make_a_ring(committed_db, make_brand, in_parallel):
    brand = make_brand()
    one, two = api.put_region(brand.id, "One", by="t"), api.put_region(brand.id, "Two", by="t")
    moves = iter([("One", two.id, one.id), ("Two", one.id, two.id)])

    def work():
        name, parent, region = next(moves)
        try:
            api.put_region(brand.id, name, by="t", parent_id=parent, id=region)
        except BadValue:
            return False
        return True

    assert sorted(in_parallel(2, work)) == [False, True]
