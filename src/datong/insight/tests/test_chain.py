"""Where the chain of an order breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.fulfilment.types import FulfilmentKind
from datong.insight.rules import chain
from datong.insight.types import Link

DELIVERY, TILL = FulfilmentKind.DELIVERY, FulfilmentKind.TILL


@pytest.mark.requirement("S-113")
def test_the_break_is_where_most_orders_are_lost_and_coming_again_is_no_duty() -> None:
    counted = {Link.PLACED: 100, Link.HELD: 98, Link.ACCEPTED: 90, Link.READY: 60, Link.COMPLETE: 58, Link.AGAIN: 3}
    found = chain(DELIVERY, counted)
    assert (found.broken, found.lost, dict(found.reached)) == (Link.READY, 30, counted)
    assert chain(DELIVERY, dict.fromkeys(Link, 7)).broken is None


def test_a_till_sale_has_no_store_to_accept_it() -> None:
    found = chain(TILL, {Link.PLACED: 5, Link.HELD: 5, Link.COMPLETE: 5, Link.AGAIN: 1})
    assert found.broken is None and Link.ACCEPTED not in dict(found.reached)


@given(st.dictionaries(st.sampled_from(list(Link)), st.integers(0, 50)))
def test_who_came_to_a_link_came_through_those_before_it(counted: dict[Link, int]) -> None:
    reached = [n for link, n in chain(DELIVERY, counted).reached if link not in (Link.AGAIN, Link.COMPLETE)]
    assert reached == sorted(reached, reverse=True)
