"""Buying together: complete with vouchers for all, or the money back; the last place is given once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.wallet import api
from datong.wallet.tests.stored import BY, person
from datong.wallet.types import Good, VoucherState
from datong.wallet.types.groups import GroupDeal, GroupRefused, GroupState, GroupUnknown


def stands(brand: UUID, account: str) -> int:
    return sum(b.debits_minor - b.credits_minor for b in ledger.balances(brand, [account]))


def deal(brand: Any, **fields: Any) -> GroupDeal:
    worth = {"amount_minor": 5_000, "price_minor": 4_000}
    api.put_offer(brand.id, api.new_offer("hotpot", "Hot pot", Good.MONEY, **worth), **BY)
    wanted = {"people": 3, "hours": 24, "price_minor": 2_500, **fields}
    return api.put_group_deal(GroupDeal(uuid7(), "hotpot", "Hot pot together", **wanted), brand=brand.id, **BY)


def join(brand: Any, group: UUID, who: UUID, key: str = "") -> Any:
    paid = {"method": "provider:web", "ref": "wx-1"}
    return api.join_group(group, customer_id=who, key=key or str(uuid7()), brand=brand.id, **paid, **BY)


def start(brand: Any, of: GroupDeal, who: UUID, key: str = "s") -> Any:
    return api.start_group(of.id, customer_id=who, key=key, method="cash", brand=brand.id, **BY)


def why(error: Any) -> str:
    return error.value.problems[0].code


@pytest.mark.requirement("S-127")
def test_a_complete_group_gets_a_voucher_each_that_is_owed_until_it_is_redeemed(db: str, make_brand: Any) -> None:
    brand = make_brand()
    ann, bob, cy = (person(brand, name) for name in ("ann", "bob", "cy"))
    group = start(brand, deal(brand), ann)
    assert start(brand, api.group_deals(brand.id)[0], ann).id == group.id, "the same key is the same group"
    assert (group.joined, group.people, group.state) == (1, 3, GroupState.OPEN)
    with pytest.raises(GroupRefused) as twice:
        join(brand, group.id, ann)
    assert why(twice) == "joined"
    join(brand, group.id, bob, key="b")
    assert join(brand, group.id, bob, key="b").joined == 2
    with pytest.raises(Conflict):
        join(brand, group.id, cy, key="b")
    assert stands(brand.id, "liability:vouchers:groups") == -5_000 and api.vouchers_of(brand.id, ann) == []
    done = join(brand, group.id, cy)
    assert done.state is GroupState.DONE and all(member.voucher_id for member in done.members)
    assert stands(brand.id, "liability:vouchers:groups") == 0 and stands(brand.id, "liability:vouchers") == -7_500
    assert stands(brand.id, "asset:cash") == 2_500 and stands(brand.id, "asset:provider:web") == 5_000
    (voucher,) = api.vouchers_of(brand.id, bob)
    assert (voucher.state, voucher.price_minor) == (VoucherState.ACTIVE, 2_500)
    api.redeem_voucher(voucher.code, key="k", brand=brand.id, **BY)
    assert stands(brand.id, "liability:vouchers") == -5_000
    with pytest.raises(GroupRefused) as full:
        join(brand, group.id, person(brand, "dee"))
    assert why(full) == "full"
    assert api.differences(brand.id) == []


def test_a_group_that_is_not_complete_in_time_gives_everybody_the_money_back(db: str, make_brand: Any) -> None:
    brand = make_brand()
    ann, bob = person(brand, "ann"), person(brand, "bob")
    of = deal(brand)
    group = start(brand, of, ann)
    join(brand, group.id, bob)
    assert api.end_groups(brand.id) == 0
    with clock.held_at(clock.now() + timedelta(hours=25)):
        with pytest.raises(GroupRefused) as over:
            join(brand, group.id, person(brand, "cy"))
        assert why(over) == "over"
        assert (api.end_groups(brand.id), api.end_groups(brand.id)) == (1, 0)
        ended = api.get_group(brand.id, group.id)
        assert ended.state is GroupState.FAILED and all(member.back_at for member in ended.members)
    for account in ("asset:cash", "asset:provider:web", "liability:vouchers:groups"):
        assert stands(brand.id, account) == 0, account
    with pytest.raises(BadInput) as wrong:
        deal(brand, people=1, hours=0, price_minor=0)
    assert [p.field for p in wrong.value.problems] == ["people", "hours", "price_minor"]
    api.put_group_deal(GroupDeal(of.id, "hotpot", "Over", 3, 24, 2_500, active=False), brand=brand.id, **BY)
    with pytest.raises(GroupRefused):
        start(brand, of, bob, key="late")
    with pytest.raises(GroupUnknown):
        join(brand, uuid7(), ann)


def test_of_many_who_want_the_last_place_one_has_it(committed_db: str, make_brand: Any, in_parallel: Any) -> None:
    brand = make_brand()
    people = [person(brand, f"p{n}") for n in range(7)]
    group = start(brand, deal(brand, people=2), people.pop())

    def late() -> int:
        try:
            return int(join(brand, group.id, people.pop()).state is GroupState.DONE)
        except GroupRefused as no:
            assert no.why == "full"
            return 0

    assert sum(in_parallel(6, late)) == 1
    assert api.get_group(brand.id, group.id).joined == 2 and stands(brand.id, "liability:vouchers") == -5_000
