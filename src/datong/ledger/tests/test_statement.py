from __future__ import annotations

from datetime import date, timedelta

import pytest

from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.purses import CASH, DAY, TILL, a_hold, a_purse, move
from datong.ledger.types import Account, Capture, Release

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("S-199", "S-198")
def test_a_statement_goes_from_opening_to_closing_a_page_at_a_time(brand):
    purse = a_purse()
    days = [DAY + timedelta(n) for n in range(6)]
    api.post([move(CASH, purse, 1000, business_date=days[0])], brand=brand.id)
    spent = [move(purse, TILL, 10 + n, business_date=days[n]) for n in range(1, 6)]
    api.post(list(reversed(spent)), brand=brand.id)
    whole = api.statement(brand.id, purse)
    assert (whole.opening_minor, whole.closing_minor, whole.next) == (0, 1000 - sum(range(11, 16)), "")
    assert [line.balance_minor for line in whole.lines] == [1000, 989, 977, 964, 950, 935]
    part = api.statement(brand.id, purse, since=days[2], until=days[4], limit=2)
    assert (part.opening_minor, part.closing_minor) == (989, 950)
    assert [(line.change_minor, line.balance_minor, line.other) for line in part.lines] == [
        (-12, 977, TILL),
        (-13, 964, TILL),
    ]
    rest = api.statement(brand.id, purse, since=days[2], until=days[4], limit=2, cursor=part.next)
    assert [(line.change_minor, line.balance_minor) for line in rest.lines] == [(-14, 950)] and rest.next == ""
    with pytest.raises(BadInput):
        api.statement(brand.id, purse, cursor="x")
    cash = api.statement(brand.id, CASH, until=date(2030, 1, 1))
    assert (cash.closing_minor, cash.lines[0].other) == (1000, purse)
    assert api.statement(brand.id, Account("asset:none", "CNY")).lines == ()


def test_open_holds_are_those_of_which_something_is_left(brand):
    purse = a_purse()
    api.post([move(CASH, purse, 1000)], brand=brand.id)
    holds = [a_hold(purse, 100), a_hold(purse, 100), a_hold(purse, 100, expires_at=None), a_hold(purse, 50)]
    api.hold(holds, brand=brand.id)
    api.capture([Capture(uuid7(), holds[0].id, 60), Capture(uuid7(), holds[1].id, 100)], brand=brand.id)
    api.release([Release(uuid7(), holds[3].id)], brand=brand.id)
    assert [(held.hold.id, held.left_minor) for held in api.open_holds(brand.id)] == [
        (holds[0].id, 40),
        (holds[2].id, 100),
    ]
    with clock.held_at(clock.now() + timedelta(hours=1)):
        assert [held.hold.id for held in api.open_holds(brand.id)] == [holds[2].id]
