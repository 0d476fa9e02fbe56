"""The books over HTTP: balances, a statement, holds, the last recount."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Scope
from datong.ledger import api as ledger
from datong.ledger.tests.purses import CASH, DAY, a_hold, a_purse, move
from datong.site.tests.house import House, open_house


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


@pytest.mark.requirement("S-199", "S-200")
def test_a_program_reads_balances_statements_and_holds(house: House) -> None:
    key = house.key(Scope.LEDGER_READ)
    purse = a_purse()
    ledger.post([move(CASH, purse, 100 * n) for n in (1, 2, 3)], brand=house.brand.id)
    ledger.hold([hold := a_hold(purse, 250)], brand=house.brand.id)
    found = house.call("GET", "/api/v1/ledger/balances?account=liability:purse:", key).json()
    assert found["balances"] == [
        {"account": purse.code, "currency": "CNY", "debits_minor": 0, "credits_minor": 600, "balance_minor": 600}
    ]
    first = house.call("GET", "/api/v1/ledger/balances?limit=1", key).json()
    assert first["balances"][0]["account"] == first["next"] == "asset:cash"
    rest = house.call("GET", f"/api/v1/ledger/balances?after={first['next']}", key).json()
    assert [b["account"] for b in rest["balances"]] == ["clearing:wallet", purse.code] and rest["next"] is None
    where = f"/api/v1/ledger/statement?account={purse.code}&currency=CNY&since={DAY}"
    page = house.call("GET", f"{where}&limit=2", key).json()
    assert (page["opening_minor"], page["closing_minor"]) == (0, 600)
    assert [line["balance_minor"] for line in page["lines"]] == [100, 300]
    last = house.call("GET", f"{where}&cursor={page['next']}", key).json()
    assert [line["balance_minor"] for line in last["lines"]] == [600] and last["next"] is None
    [held] = house.call("GET", "/api/v1/ledger/holds", key).json()["holds"]
    assert (held["id"], held["left_minor"], held["debit"]) == (str(hold.id), 250, purse.code)
    assert house.call("GET", "/api/v1/ledger/verification", key).status_code == 404
    head = ledger.verify_now(house.brand.id, by="test").head
    told = house.call("GET", "/api/v1/ledger/verification", key).json()
    assert (told["found"], told["head"], told["transfers"]) == (0, head, 3)


def test_without_the_scope_nothing_is_told_and_what_is_not_there_is_not_found(house: House) -> None:
    key = house.key(Scope.ORDERS_READ)
    for path in ("balances", "statement?account=asset:cash&currency=CNY", "holds", "verification"):
        assert house.call("GET", f"/api/v1/ledger/{path}", key).status_code == 403
    key = house.key(Scope.LEDGER_READ)
    assert house.call("GET", "/api/v1/ledger/statement?account=asset:no&currency=CNY", key).status_code == 404
    ledger.post([move(CASH, a_purse(), 1)], brand=house.brand.id)
    for odd in ("currency=CNY&cursor=x", "currency=cny", "currency=CNY&limit=0", "currency=CNY&since=yesterday"):
        assert house.call("GET", f"/api/v1/ledger/statement?account=asset:cash&{odd}", key).status_code == 422
