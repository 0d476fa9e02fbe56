"""Prices from a file: first ones go in, those that change what holds are one change that a second person may have to
approve; undoing takes either back."""

from __future__ import annotations

import pytest

from datong.access import api as access
from datong.access.types import PROGRAM, Role, Staff
from datong.catalog import api as catalog
from datong.catalog.types import ChangeState, PriceChange
from datong.imports import api as imports
from datong.imports.tests.conftest import Desk
from datong.imports.types import Run, RunState
from datong.kernel import clock
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
START = "sku,title,price\nCUP,Cup,12.00\nPOT,Pot,20.00\n"


def person(desk: Desk, role: Role = Role.MERCHANDISER) -> Staff:
    user = access.create_user(f"{role.value}-{uuid7().hex[-8:]}")
    access.assign(desk.brand.id, user, role, by="test")
    found = access.staff_of(user, desk.brand.id)
    assert found
    return found


def take(desk: Desk, kind: str, data: str, by: Staff) -> Run:
    run = imports.receive(desk.brand.id, kind, f"{kind}.csv", data.encode(), by=by.username)
    imports.ask_check(desk.brand.id, run.id)
    imports.ask_start(desk.brand.id, desk.finish(run).id)
    return desk.finish(run)


def price(desk: Desk, sku: str) -> int | None:
    held = catalog.prices_in_force(desk.brand.id, [("", sku)], clock.now()).get(("", sku))
    return held[0] if held else None


def change(desk: Desk, run: Run) -> PriceChange | None:
    change_id = catalog.change_marked(desk.brand.id, run.id)
    return catalog.get_change(desk.brand.id, change_id) if change_id else None


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    desk.take("products", START)
    return desk


def test_first_prices_of_a_file_need_nobody(desk: Desk) -> None:
    run = take(desk, "products", START, person(desk))
    assert (price(desk, "CUP"), price(desk, "POT"), change(desk, run)) == (1200, 2000, None)


@pytest.mark.parametrize("kind", ["prices", "products"])
def test_a_file_above_the_limit_waits_as_one_change_and_holds_when_it_is_approved(stocked: Desk, kind: str) -> None:
    data = "sku,title,price\nCUP,Cup,15.00\nPOT,Pot,25.00\nJAR,Jar,3.00\n" if kind == "products" else (
        "sku,price\nCUP,15.00\nPOT,25.00\n"
    )  # fmt: skip
    run = take(stocked, kind, data, person(stocked))
    asked = change(stocked, run)
    assert asked
    assert (asked.state, asked.count, asked.worth_minor) == (ChangeState.WAITING, 2, 80_000)
    assert (price(stocked, "CUP"), price(stocked, "POT")) == (1200, 2000)
    catalog.decide_change(stocked.brand.id, asked.id, by=person(stocked, Role.FINANCE), approve=True)
    assert (price(stocked, "CUP"), price(stocked, "POT")) == (1500, 2500)


def test_prices_dated_ahead_and_ended_wait_too(stocked: Desk) -> None:
    data = "sku,price,valid_from,valid_to\nCUP,19.00,2099-01-01,2099-02-01\n"
    run = take(stocked, "prices", data, person(stocked))
    asked = change(stocked, run)
    assert asked
    assert (asked.state, [r.amount_minor for r in catalog.price_history(stocked.brand.id, "CUP")]) == (
        ChangeState.WAITING, [1200],
    )  # fmt: skip
    catalog.decide_change(stocked.brand.id, asked.id, by=person(stocked, Role.FINANCE), approve=True)
    (line,) = catalog.change_lines(stocked.brand.id, asked.id)
    rows = catalog.price_rows(stocked.brand.id, [("", "CUP", line.begins)])
    assert [amount for amount, _ in rows.values()] == [1900]


def test_a_command_on_the_server_has_the_limit_of_programs(stocked: Desk) -> None:
    access.set_limits(stocked.brand.id, catalog.KIND_OF_PRICE_CHANGE, {PROGRAM: -1}, by="owner")
    run = stocked.take("prices", "sku,price\nCUP,12.01\n")
    asked = change(stocked, run)
    assert asked
    assert (asked.state, asked.made_by, price(stocked, "CUP")) == (ChangeState.WAITING, "ann", 1200)


def test_undoing_a_file_whose_prices_wait_takes_the_request_back(stocked: Desk) -> None:
    run = take(stocked, "prices", "sku,price\nCUP,18.00\n", person(stocked))
    back = stocked.undo(run)
    asked = change(stocked, run)
    assert asked
    assert asked.approval_id
    assert (back.state, back.left, asked.state) == (RunState.UNDONE, 0, ChangeState.REFUSED)
    assert access.approval(stocked.brand.id, asked.approval_id).state.value == "withdrawn"
    assert (price(stocked, "CUP"), catalog.waiting_prices(stocked.brand.id, ["CUP"])) == (1200, {})


def test_undoing_a_file_that_was_approved_asks_for_the_prices_before(stocked: Desk) -> None:
    owner = person(stocked, Role.OWNER)
    run = take(stocked, "prices", "sku,price\nCUP,18.00\n", owner)
    assert price(stocked, "CUP") == 1800
    imports.ask_undo(stocked.brand.id, run.id, by=person(stocked).username)
    assert stocked.finish(run).state is RunState.UNDONE
    assert price(stocked, "CUP") == 1800
    (waits,) = catalog.waiting_prices(stocked.brand.id, ["CUP"])["CUP"]
    catalog.decide_change(stocked.brand.id, waits.change_id, by=owner, approve=True)
    assert price(stocked, "CUP") == 1200


def test_a_file_with_a_changed_price_since_is_not_undone_unless_that_is_left(stocked: Desk) -> None:
    owner = person(stocked, Role.OWNER)
    run = take(stocked, "prices", "sku,price\nCUP,18.00\nPOT,28.00\n", owner)
    catalog.change_price(stocked.brand.id, "POT", 2900, None, by=owner, reason="since")
    refused = stocked.undo(run)
    assert (refused.state, refused.left, price(stocked, "CUP")) == (RunState.DONE, 1, 1800)
    imports.ask_undo(stocked.brand.id, run.id, by=owner.username, partial=True)
    assert stocked.finish(run).state is RunState.UNDONE
    assert (price(stocked, "CUP"), price(stocked, "POT")) == (1200, 2900)
