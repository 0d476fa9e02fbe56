"""The books over HTTP: reports with their drill-down, chart and rules, periods, a store's day, provider statements."""

from __future__ import annotations

import base64
import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from datong.access.api import decide, list_approvals
from datong.access.types import ApprovalState, Role, Scope
from datong.books import api as books
from datong.brand.api import put_company
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Transfer, purse_account
from datong.orders.api import place
from datong.site.tests.house import House, open_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(make_brand: Any) -> House:
    """A platform's sale of yesterday, handed over; 5.00 of cash at the lake; two purses topped up."""
    made = open_house(make_brand)
    made.key()
    day = ledger.first_day(made.brand.id) - timedelta(days=3)
    order = made.order("P-1", completed=True)
    place([order], brand=made.brand.id, actor="test")
    at = {"store": str(made.stores["LAKE"].id)}
    cny = {"currency": "CNY"}
    sides = (
        (Account("asset:till:till", **cny), Account("income:sales", **cny), 500, at),
        (Account("asset:bank", **cny), purse_account(uuid7(), "principal", "CNY"), 700, {}),
        (Account("asset:bank", **cny), purse_account(uuid7(), "principal", "CNY"), 300, {}),
    )
    ledger.post([Transfer(uuid7(), d, c, n, "goods", uuid7(), day, x) for d, c, n, x in sides], brand=made.brand.id)
    return made


def get(house: House, key: str, path: str, **headers: str) -> Any:
    answer = house.call("GET", f"/api/v1/books/{path}", key, **headers)
    assert answer.status_code == 200, answer.content
    return answer


@pytest.mark.requirement("S-199", "S-202", "S-203")
def test_a_figure_of_the_trial_balance_leads_to_its_entries_and_the_order(house: House) -> None:
    key = house.key(Scope.LEDGER_READ)
    found = get(house, key, "trial-balance?by=store").json()
    rows = {(row["account"], row["label"]): row for row in found["rows"]}
    assert rows["asset:till:till", "LAKE"]["closing_minor"] == 500
    assert rows["asset:till:till", "LAKE"]["number"] == "1001"
    assert rows["liability:purse:*:principal", ""]["closing_minor"] == -1000
    [total] = found["totals"]
    assert total["debits_minor"] == total["credits_minor"] == sum(row["debits_minor"] for row in found["rows"])
    assert total["closing_minor"] == 0 and found["next"] is None
    walked, cursor = [], ""
    while True:
        page = get(house, key, f"trial-balance?by=store&limit=1&cursor={cursor}").json()
        walked += page["rows"]
        assert page["totals"] == found["totals"]
        if not (cursor := page["next"] or ""):
            break
    assert walked == found["rows"]
    sales = next(row for row in found["rows"] if row["account"] == "income:sales" and row["label"] != "LAKE")
    place_ = sales["label"] or "none"
    [entry] = get(house, key, f"entries?account=income:sales&store={place_}").json()["entries"]
    assert (entry["order"], entry["amount_minor"]) == (house.placed("P-1").number, sales["credits_minor"])
    folded = get(house, key, "entries?account=liability:purse:*:principal").json()["entries"]
    assert sorted(e["amount_minor"] for e in folded) == [300, 700]


@pytest.mark.requirement("S-202", "S-215")
def test_profit_positions_and_margins_by_dimension(house: House) -> None:
    key = house.key(Scope.LEDGER_READ)
    income = get(house, key, "income?by=channel").json()
    assert income["profit"] == [{"currency": "CNY", "profit_minor": sum(row["amount_minor"] for row in income["rows"])}]
    assert {row["label"] for row in income["rows"]} == {"app", ""}
    [cash] = [p for p in get(house, key, "positions/cash?by_store=true").json()["positions"] if p["store"] == "LAKE"]
    assert (cash["account"], cash["balance_minor"]) == ("asset:till:till", 500)
    [owed] = get(house, key, "positions/receivables").json()["positions"]
    assert (owed["account"], owed["balance_minor"]) == ("asset:platform:app", 3000)
    [value] = get(house, key, "positions/liabilities").json()["positions"]
    assert (value["account"], value["balance_minor"]) == ("liability:purse:*:principal", 1000)
    assert house.call("GET", "/api/v1/books/positions/gold", key).status_code == 422
    [order] = house.rows("SELECT id FROM orders_order")
    assert books.keep_margins(house.brand.id, [order[0]]) == 1
    goods = get(house, key, "income?by=product&limit=1").json()
    assert goods["profit"] == income["profit"] and goods["next"]
    rest = get(house, key, f"income?by=product&limit=1000&cursor={goods['next']}").json()["rows"]
    assert sum(r["amount_minor"] for r in (*goods["rows"], *rest)) == income["profit"][0]["profit_minor"]
    assert "LONGJING" in {r["value"] for r in (*goods["rows"], *rest)}
    assert house.call("GET", "/api/v1/books/income?by=product&merchant=x", key).status_code == 422
    [margin] = get(house, key, "margins?since=2020-01-01&until=2100-01-01&by=channel").json()["margins"]
    assert (margin["label"], margin["revenue_minor"]) == ("app", 3000)


def test_a_list_comes_as_csv_when_it_is_asked_for(house: House) -> None:
    key = house.key(Scope.LEDGER_READ)
    for path, headers in (("entries?format=csv&limit=2", {}), ("entries?limit=2", {"Accept": "text/csv"})):
        answer = get(house, key, path, **headers)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(lines) == 2 and lines[0]["currency"] == "CNY"
        following = answer["Link"].split(">")[0].removeprefix("</api/v1/books/")
        assert len(list(csv.reader(io.StringIO(get(house, key, following).content.decode())))) > 1
    assert get(house, key, "journal.beancount").getvalue().decode().startswith("option ")


@pytest.mark.requirement("S-211")
def test_the_chart_names_its_standard_and_a_rule_is_asked_for_and_decided(house: House) -> None:
    key = house.key(Scope.LEDGER_READ, Scope.BOOKS_WRITE)
    assert get(house, key, "chart").json()["standard"] == "cas-2017"
    told = get(house, key, "posting-rules").json()
    assert {"event": "bank", "debit": "asset:bank", "credit": "", "valid_from": None, "by": ""} in told["rules"]
    wanted = {"debit": "asset:bank:icbc", "valid_from": told["first_day"], "reason": "a new bank"}
    asked = house.call("POST", "/api/v1/books/posting-rules/bank", key, wanted)
    assert asked.status_code == 202 and asked.json()["state"] == "pending"
    _decide(house)
    told = get(house, key, "posting-rules").json()["rules"]
    assert next(r for r in told if r["event"] == "bank")["debit"] == "asset:bank:icbc"
    wrong = {"debit": "income:bank", "valid_from": told[0]["valid_from"] or "2020-01-01", "reason": "x"}
    assert house.call("POST", "/api/v1/books/posting-rules/bank", key, wrong).status_code == 422


def _decide(house: House) -> None:
    house.staff(Role.OWNER)
    [pending] = list_approvals(house.brand.id, state=ApprovalState.PENDING).approvals
    from django.contrib.auth import get_user_model

    from datong.access.api import staff_of

    owner = staff_of(get_user_model().objects.get(username__startswith="owner").pk, house.brand.id)
    assert owner is not None
    decide(pending.id, approve=True, brand=house.brand.id, by=owner)


def test_a_period_is_closed_by_asking_and_a_person(house: House) -> None:
    key = house.key(Scope.LEDGER_READ, Scope.BOOKS_WRITE)
    until = (ledger.first_day(house.brand.id) - timedelta(days=5)).isoformat()
    assert get(house, key, "periods").json() == {"periods": []}
    asked = house.call("POST", "/api/v1/books/periods", key, {"until": until, "reason": "month end"})
    assert asked.status_code == 202
    _decide(house)
    [closed] = get(house, key, "periods").json()["periods"]
    assert (closed["store"], closed["closed_until"]) == ("", until)


@pytest.mark.requirement("S-209")
def test_a_store_closes_its_day_over_http(house: House) -> None:
    key = house.key(Scope.LEDGER_READ, Scope.BOOKS_WRITE)
    day = (ledger.first_day(house.brand.id) - timedelta(days=2)).isoformat()
    path = f"/api/v1/books/days/LAKE/{day}"
    assert house.call("GET", path, key).json()["expected_minor"] == 500
    counted = house.call("POST", f"{path}/count", key, {"pieces": {"100": 4}}).json()
    assert (counted["state"], counted["difference_minor"]) == ("counted", -100)
    assert house.call("POST", f"{path}/count", key, {"pieces": {"3": 4}}).status_code == 422
    assert house.call("POST", f"{path}/close", key, {"deposit_minor": 500}).status_code == 422
    for _ in range(2):
        closed = house.call("POST", f"{path}/close", key, {"deposit_minor": 300}).json()
        assert (closed["state"], closed["deposit_minor"]) == ("closed", 300)
    assert house.call("POST", f"{path}/count", key, {"pieces": {}}).status_code == 409
    assert house.call("POST", f"{path}/lock", key).json()["state"] == "locked"
    [told] = get(house, key, "days?store=LAKE").json()["days"]
    assert told["locked_by"] == "client client app"
    assert house.call("POST", f"{path}/reopen", key, {"reason": "a note was found"}).status_code == 202
    assert house.call("GET", "/api/v1/books/days/NOWHERE/2026-01-01", key).status_code == 404


def test_the_end_of_the_business_day_is_set_over_http(house: House) -> None:
    key = house.key(Scope.LEDGER_READ, Scope.BOOKS_WRITE)
    told = get(house, key, "day-ends").json()
    assert told["day_ends"] == []
    wanted = {"store": "LAKE", "hour": 4, "valid_from": told["first_day"], "reason": "open until two"}
    made = [house.call("POST", "/api/v1/books/day-ends", key, wanted).json() for _ in range(2)]
    assert made[0] == made[1] == get(house, key, "day-ends").json()["day_ends"][0]
    assert (made[0]["store"], made[0]["hour"], made[0]["by"]) == ("LAKE", 4, "client client app")
    for wrong, status in (
        ({"hour": 12}, 422),
        ({"store": "NOWHERE"}, 404),
        ({"store": "", "hour": None}, 422),
        ({"valid_from": "2026-01-01"}, 422),
    ):
        assert house.call("POST", "/api/v1/books/day-ends", key, {**wanted, **wrong}).status_code == status
    assert house.call("POST", "/api/v1/books/day-ends", house.key(Scope.LEDGER_READ), wanted).status_code == 403


def test_a_statement_is_sent_and_its_difference_settled(house: House) -> None:
    key = house.key(Scope.LEDGER_READ, Scope.BOOKS_WRITE)
    day = (ledger.first_day(house.brand.id) - timedelta(days=2)).isoformat()
    file = base64.b64encode("订单号,金额,手续费\r\nP-1,30.00,0.50\r\nP-9,1.00,0".encode("gb18030")).decode()
    sent = {"account": "asset:platform:app", "since": day, "until": day, "name": "bill.csv", "data": file}
    first = house.call("POST", "/api/v1/books/statements", key, sent)
    assert first.status_code == 200, first.content
    made = first.json()
    assert house.call("POST", "/api/v1/books/statements", key, sent).json()["id"] == made["id"]
    assert (made["fee_minor"], made["theirs_minor"]) == (50, 3100)
    where = f"statements/{made['id']}"
    lines = get(house, key, f"{where}/lines").json()["lines"]
    unknown = next(line for line in lines if line["ref"] == "P-9")
    assert unknown["verdict"] == "not_ours"
    settle = f"/api/v1/books/{where}/lines/{unknown['id']}/settle"
    assert house.call("POST", settle, key, {"reason": "another shop's"}).json()["open"] == made["open"] - 1
    assert house.call("POST", settle, key, {"reason": "again"}).status_code == 409
    for _ in range(2):
        assert house.call("POST", f"/api/v1/books/{where}/fee", key).json()["fee_posted"] is True
    assert sum(b.debits_minor for b in ledger.balances(house.brand.id, ["expense:fee"])) == 50
    assert [s["id"] for s in get(house, key, "statements").json()["statements"]] == [made["id"]]
    for body in ({**sent, "rows": []}, {**sent, "data": "AAAA"}, {**sent, "account": "income:sales"}):
        assert house.call("POST", "/api/v1/books/statements", key, body).status_code == 422


def test_reading_does_not_open_writing(house: House) -> None:
    key = house.key(Scope.LEDGER_READ)
    for path in ("periods", "statements", "posting-rules/bank", "days/LAKE/2026-01-01/lock", "figures/2026-01-01"):
        body = {"until": "2020-01-01", "reason": "x", "debit": "a", "valid_from": "2099-01-01", "account": "x",
                "theirs_minor": 1}  # fmt: skip
        assert house.call("POST", f"/api/v1/books/{path}", key, body).status_code in (403, 422), path
    assert house.call("POST", "/api/v1/books/days/LAKE/2026-01-01/lock", key).status_code == 403


def test_a_royalty_is_put_by_a_program_as_on_the_page(house: House) -> None:
    key, brand = house.key(Scope.LEDGER_READ, Scope.BOOKS_WRITE), house.brand.id
    company = put_company(brand, "Tea Ltd", by="test").id
    path, body = (
        f"/api/v1/books/royalties/{company}",
        {"rate_bp": 500, "valid_from": "2099-01-01", "reason": "contract 7"},
    )
    made = house.call("PUT", path, key, body)
    assert made.status_code == 200 and house.call("PUT", path, key, body).json() == made.json()
    (term,) = get(house, key, "royalties").json()["royalties"]
    assert (term["company_id"], term["rate_bp"], term["valid_from"]) == (str(company), 500, "2099-01-01")
    past = house.call("PUT", path, key, {**body, "valid_from": "2020-01-01"})
    assert past.status_code == 422 and "valid_from" in past.content.decode()
    assert house.call("PUT", path, house.key(Scope.LEDGER_READ), body).status_code == 403
    unknown = "/api/v1/books/royalties/01a20462-e8b9-788d-9889-dd2cc2cbf29f"
    assert house.call("PUT", unknown, key, body).status_code == 404
