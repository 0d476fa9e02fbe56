"""Goods that come back: never more than were sold, never more money than was paid, at whatever store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import ApprovalState, Machine
from datong.inventory.api import movements
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api
from datong.orders.tests.conftest import Shop, sound
from datong.orders.types import Accepted
from datong.orders.types.returns import Return, ReturnState, ReturnWay
from datong.payments.api import refunds_of


def sold(shop: Shop, units: int = 3) -> Accepted:
    (made,) = shop.place(shop.till_sale(("CUP", units)))
    assert isinstance(made, Accepted)
    return made


def asked(shop: Shop, order: Accepted, units: Mapping[int, int], **fields: Any) -> Return:
    plain = {"reason": "too small", "key": uuid7().hex, "who": "ann", "approved": True}
    return api.ask_return(order.order_id, units=units, brand=shop.brand.id, **plain | fields)


def given_back(shop: Shop, made: Return, **fields: Any) -> Any:
    by = Machine(uuid7(), shop.brand.id, "desk")
    return api.refund_return(made.id, brand=shop.brand.id, by=by, shown=str, href="/", **fields)


def received(shop: Shop, made: Return, shelf: Mapping[int, int], store: UUID | None = None) -> Return:
    return api.receive_return(made.id, store_id=store or shop.far.id, shelf=shelf, brand=shop.brand.id, who="bo")


@pytest.mark.requirement("S-252")
def test_goods_go_to_the_shelf_of_the_store_that_has_them_and_the_money_back_is_another_record(shop: Shop) -> None:
    order, before = sold(shop), shop.stock("CUP", shop.far).on_hand
    made = asked(shop, order, {1: 2})
    assert (made.state, made.amount_minor, made.store_id) == (ReturnState.APPROVED, 2400, None)
    here = received(shop, made, {1: 1})
    assert (here.state, here.store_id, here.back_minor) == (ReturnState.RECEIVED, shop.far.id, 0)
    assert [(x.units, x.shelf, x.written_off) for x in here.lines] == [(2, 1, 1)]
    assert shop.stock("CUP", shop.far).on_hand == before + 1
    assert [m.reason for m in movements(shop.brand.id, subject=made.id)] == ["return"]
    assert received(shop, made, {1: 2}) == here and shop.stock("CUP", shop.far).on_hand == before + 1
    assert given_back(shop, here).state is ApprovalState.APPROVED
    assert given_back(shop, here).state is ApprovalState.APPROVED
    assert [refund.amount_minor for refund in refunds_of(shop.brand.id, [order.order_id])] == [2400]
    assert api.get_return(shop.brand.id, made.id).back_minor == 2400
    sound(shop)


def test_never_more_units_than_were_sold_and_unit_by_unit_is_the_same_cent(shop: Shop) -> None:
    order = sold(shop, 3)
    worth = [asked(shop, order, {1: 1}).amount_minor for _ in range(3)]
    assert sum(worth) == shop.page(order).total_minor
    with pytest.raises(BadInput) as error:
        asked(shop, order, {1: 1})
    assert error.value.problems[0].field == "/lines/0/units"


def test_what_was_refused_or_withdrawn_may_be_asked_for_again(shop: Shop) -> None:
    order = sold(shop, 1)
    first = asked(shop, order, {1: 1}, approved=False, how=ReturnWay.PARCEL)
    with pytest.raises(Conflict):
        received(shop, first, {})
    no = api.decide_return(first.id, approve=False, brand=shop.brand.id, who="bo", why="it was worn")
    assert (no.state, no.note) == (ReturnState.REFUSED, "it was worn")
    with pytest.raises(Conflict):
        api.decide_return(first.id, approve=True, brand=shop.brand.id, who="bo")
    second = asked(shop, order, {1: 1}, approved=False)
    assert api.withdraw_return(second.id, brand=shop.brand.id, who="customer").state is ReturnState.WITHDRAWN
    third = asked(shop, order, {1: 1}, approved=False)
    assert api.decide_return(third.id, approve=True, brand=shop.brand.id, who="bo").state is ReturnState.APPROVED
    with pytest.raises(Conflict):
        given_back(shop, third)


def test_what_was_not_handed_over_is_taken_out_of_the_order_instead(shop: Shop) -> None:
    order = shop.place_one(("CUP", 1))
    with pytest.raises(Conflict):
        asked(shop, order, {1: 1})
    with pytest.raises(NotFound):
        api.ask_return(uuid7(), units={1: 1}, reason="x", key="k", brand=shop.brand.id, who="ann")


def test_the_same_key_is_one_return_and_an_exchange_is_linked_once(shop: Shop) -> None:
    order, new, other = sold(shop), shop.place_one(("CUP", 1)), shop.place_one(("TEA", 1))
    first = asked(shop, order, {1: 1}, key="k")
    assert asked(shop, order, {1: 1}, key="k").id == first.id
    with pytest.raises(Conflict):
        asked(shop, order, {1: 2}, key="k")
    for _twice in range(2):
        linked = api.exchange_for(first.id, new.order_id, brand=shop.brand.id, who="ann")
    assert linked.exchange_id == new.order_id
    with pytest.raises(Conflict):
        api.exchange_for(first.id, other.order_id, brand=shop.brand.id, who="ann")


def test_eight_who_ask_at_once_bring_back_what_was_sold_and_no_unit_more(
    committed_shop: Shop, in_parallel: Callable[..., Any]
) -> None:
    shop = committed_shop
    order, numbers = sold(shop, 3), count()

    def one() -> int:
        try:
            made = asked(shop, order, {1: 1}, key=f"k{next(numbers)}")
        except BadInput:
            return 0
        received(shop, made, {1: 1})
        given_back(shop, made)
        return 1

    assert sum(in_parallel(8, one)) == 3
    assert sum(r.amount_minor for r in refunds_of(shop.brand.id, [order.order_id])) == shop.page(order).total_minor
    assert shop.stock("CUP", shop.far).on_hand == 13
    sound(shop)


def test_two_agents_refund_one_return_at_once_and_the_money_goes_back_once(
    committed_shop: Shop, in_parallel: Callable[..., Any]
) -> None:
    shop = committed_shop
    order = sold(shop, 2)
    made = received(shop, asked(shop, order, {1: 1}), {1: 1})
    in_parallel(6, lambda: given_back(shop, made))
    assert [refund.amount_minor for refund in refunds_of(shop.brand.id, [order.order_id])] == [1200]
