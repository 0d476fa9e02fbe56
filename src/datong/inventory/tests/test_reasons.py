"""The brand's own reasons for waste and own use."""

from __future__ import annotations

import pytest

from datong.inventory import api
from datong.inventory.types import AdjustmentKind
from datong.kernel import audit
from datong.kernel.errors import BadValue, NotFound

WASTE, OWN = AdjustmentKind.WASTE, AdjustmentKind.OWN_USE


def codes(brand, kind=WASTE):
    return {r.code: r.active for r in api.reasons(brand.id, kind)}


def test_a_brand_adds_a_reason_of_its_own_to_those_it_began_with(brand):
    api.add_reason(brand.id, WASTE, "  冷柜 故障 ", by="ann")
    api.add_reason(brand.id, WASTE, "冷柜 故障", by="ann")
    assert codes(brand) == dict.fromkeys(("expired", "damaged", "spoiled", "stolen", "冷柜 故障"), True)
    assert set(codes(brand, OWN)) == {"tasting", "display", "staff", "cleaning"}
    (told,) = audit.page(brand.id, verb="stock.reason").entries
    assert (told.actor, told.subject) == ("ann", "reason waste/冷柜 故障")


def test_a_retired_reason_is_kept_and_comes_back(brand):
    api.retire_reason(brand.id, WASTE, "stolen", by="ann")
    api.retire_reason(brand.id, WASTE, "stolen", by="ann")
    assert codes(brand)["stolen"] is False and codes(brand)["expired"] is True
    assert len(audit.page(brand.id, verb="stock.reason").entries) == 1
    api.add_reason(brand.id, WASTE, "Stolen", by="ann")
    assert codes(brand)["stolen"] is True and "Stolen" not in codes(brand)


def test_the_last_reason_cannot_be_retired_and_one_needs_a_name(brand):
    for code in ("expired", "damaged", "spoiled"):
        api.retire_reason(brand.id, WASTE, code, by="ann")
    with pytest.raises(BadValue, match="one must be left"):
        api.retire_reason(brand.id, WASTE, "stolen", by="ann")
    with pytest.raises(BadValue, match="name"):
        api.add_reason(brand.id, WASTE, "  ", by="ann")
    with pytest.raises(NotFound):
        api.retire_reason(brand.id, WASTE, "none", by="ann")
    with pytest.raises(NotFound):
        api.add_reason(brand.id, AdjustmentKind.COUNT, "x", by="ann")


def test_two_who_change_the_first_reasons_at_once_lose_nothing(committed_db, make_brand, in_parallel):
    brand = make_brand()
    names = iter(["one", "two", "three", "four"])
    in_parallel(4, lambda: api.add_reason(brand.id, OWN, next(names), by="ann"))
    assert set(codes(brand, OWN)) == {"tasting", "display", "staff", "cleaning", "one", "two", "three", "four"}
