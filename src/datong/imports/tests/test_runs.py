"""A file's way in and back: checked, counted, let in, the same twice, undone."""

from __future__ import annotations

import pytest

from datong.catalog.api import items_by_sku, price_history, put_items
from datong.imports import api as imports
from datong.imports.models import Run as RunRow
from datong.imports.tests.conftest import Desk, xlsx
from datong.imports.types import Mode, RunState
from datong.inventory.api import audit, count, stock_of
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Conflict
from datong.purchasing.api import policies, suppliers

PRODUCTS = 'sku,title,price,gtin\nCUP,Cup,12.00,4006381333931\nPOT,Pot,"1,250.00",\n'
BAD = "sku,title,price,gtin\nCUP,Cup,12.00,4006381333931\nPOT,,abc,4006381333932\nCUP,Again,1,\n"


def test_a_dry_run_counts_and_changes_nothing(desk: Desk) -> None:
    run = desk.check("products", BAD)
    assert (run.state, run.rows, run.counts.new, run.counts.bad) == (RunState.CHECKED, 3, 1, 2)
    assert desk.told(run) == [
        (3, "price", "money"),
        (3, "gtin", "gtin_check"),
        (3, "title", "needed_first"),
        (4, "sku", "repeated"),
    ]
    assert items_by_sku(desk.brand.id, ["CUP", "POT"]) == {}


def test_good_rows_go_in_and_the_bad_come_back_as_a_file_to_correct(desk: Desk) -> None:
    run = desk.take("products", BAD)
    assert (run.state, run.counts.new, run.counts.bad) == (RunState.DONE, 1, 2)
    assert set(items_by_sku(desk.brand.id, ["CUP", "POT"])) == {"CUP"}
    data, kind = imports.bad_rows(desk.brand.id, run.id)
    lines = data.decode("utf-8-sig").splitlines()
    assert kind == "csv"
    assert lines[0] == "sku,title,price,gtin,Problem,Fix"
    assert "Look at the pack: with these digits it would be 4006381333931" not in lines[0]
    assert "4006381333931." in data.decode() or "400638133393" in data.decode()
    again = desk.take("products", "sku,title,price,gtin,Problem,Fix\nPOT,Pot,1,4006381333931,x,y\n")
    assert (again.counts.new, again.counts.bad, again.notes["unused"]) == (1, 0, ["Problem", "Fix"])


def test_nothing_goes_in_until_every_row_is_good_when_so_chosen(desk: Desk) -> None:
    run = desk.check("products", BAD)
    with pytest.raises(Conflict, match="nothing goes in until every row is good"):
        imports.ask_start(desk.brand.id, run.id, mode=Mode.ALL)
    done = desk.take("products", PRODUCTS, mode=Mode.ALL)
    assert done.counts.new == 2


def test_the_same_file_is_the_same_run_and_again_is_a_new_one(desk: Desk) -> None:
    first = desk.take("products", PRODUCTS)
    second = desk.send("products", PRODUCTS)
    assert (second.id, second.repeated) == (first.id, True)
    third = desk.take("products", PRODUCTS, again=True)
    assert third.id != first.id
    assert (third.counts.new, third.counts.changed, third.counts.same) == (0, 0, 2)


def test_undo_puts_back_what_each_row_replaced(desk: Desk) -> None:
    desk.take("products", "sku,title,price\nCUP,Cup,12.00\n")
    run = desk.take("products", "sku,title,price\nCUP,Big cup,13.50\nPOT,Pot,20\n")
    assert (run.counts.new, run.counts.changed) == (1, 1)
    back = desk.undo(run)
    assert (back.state, back.left) == (RunState.UNDONE, 0)
    known = items_by_sku(desk.brand.id, ["CUP", "POT"])
    assert {sku: item.title for sku, item in known.items()} == {"CUP": "Cup"}
    assert [record.amount_minor for record in price_history(desk.brand.id, "CUP")] == [1200, 1350, 1200]
    assert desk.send("products", "sku,title,price\nCUP,Big cup,13.50\nPOT,Pot,20\n").id != run.id


def test_undo_is_refused_when_something_was_changed_since_and_can_leave_it(desk: Desk) -> None:
    run = desk.take("products", "sku,title\nCUP,Cup\nPOT,Pot\n")
    pot = items_by_sku(desk.brand.id, ["POT"])["POT"]
    put_items(desk.brand.id, [type(pot)(pot.id, "POT", "A finer pot")])
    refused = desk.undo(run)
    assert (refused.state, refused.left) == (RunState.DONE, 1)
    assert (3, "", "changed_since") in desk.told(refused)
    assert set(items_by_sku(desk.brand.id, ["CUP", "POT"])) == {"CUP", "POT"}
    part = desk.undo(run, partial=True)
    assert (part.state, part.left) == (RunState.UNDONE, 1)
    assert {sku: i.title for sku, i in items_by_sku(desk.brand.id, ["CUP", "POT"]).items()} == {"POT": "A finer pot"}


def test_a_product_with_a_later_price_stays_off_sale_and_the_others_go(desk: Desk) -> None:
    run = desk.take("products", "sku,title,price\nCUP,Cup,12.00\nPOT,Pot,20\nJAR,Jar,3\n")
    desk.take("prices", "sku,price,valid_from\nPOT,21.00,2999-01-01\n")
    back = desk.undo(run)
    assert (back.state, back.left, back.message) == (RunState.UNDONE, 0, "")
    left = items_by_sku(desk.brand.id, ["CUP", "POT", "JAR"])
    assert {sku: item.active for sku, item in left.items()} == {"POT": False}


def test_stock_is_opened_counted_and_taken_back(desk: Desk) -> None:
    desk.take("products", PRODUCTS)
    first = desk.take("stock", "store,sku,on_hand,safety\n0001,CUP,40,2\nLake Street,CUP,5,\n")
    assert first.counts.new == 2
    second = desk.take("stock", "store,sku,on_hand\n0001,CUP,37\n0002,CUP,5\n")
    assert (second.counts.changed, second.counts.same) == (1, 1)
    assert sorted((r.on_hand, r.safety) for r in stock_of(desk.brand.id)) == [(5, 0), (37, 2)]
    assert audit(desk.brand.id).sound
    desk.undo(second)
    assert sorted((r.on_hand, r.safety) for r in stock_of(desk.brand.id)) == [(5, 0), (40, 2)]
    row = stock_of(desk.brand.id)[0]
    count(desk.brand.id, row.location_id, row.item_id, 3, who="bo")
    assert desk.undo(first).left == 1
    assert audit(desk.brand.id).sound


def test_a_column_that_is_missing_is_named_and_one_that_is_nearly_there_is_asked_about(desk: Desk) -> None:
    run = desk.send("stock", "store,sku,quantity on hand,safty\n0001,CUP,1,2\n")
    assert run.notes["doubts"] == {"safty": "safety"}
    with pytest.raises(BadInput, match="no column on_hand") as told:
        imports.ask_check(desk.brand.id, run.id)
    assert "quantity on hand" in told.value.problems[0].fix
    imports.map_run(desk.brand.id, run.id, {"store": 0, "sku": 1, "on_hand": 2})
    imports.ask_check(desk.brand.id, run.id)
    assert desk.told(desk.finish(run)) == [(2, "sku", "unknown_sku")]
    other = desk.send("stock", "store,sku,quantity on hand,safty\n0002,CUP,9,2\n")
    assert other.mapping == {"store": 0, "sku": 1, "on_hand": 2}


def test_rows_under_merged_cells_are_named(desk: Desk) -> None:
    data = xlsx(["SKU", "Title"], ["A", "One"], [None, "Two"], ["B", "Three"], merge="A2:A3")
    run = desk.check("products", data, name="x.xlsx")
    assert desk.told(run) == [(3, "sku", "merged")]
    assert desk.faults(run)[0].facts == {"area": "A2:A3"}


def test_a_run_that_stopped_in_the_middle_goes_on_with_the_next_part(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datong.imports.actions.intake.PART_ROWS", 2)
    rows = "".join(f"S{n},Title {n},1\n" for n in range(5))
    run = desk.check("products", "sku,title,price\n" + rows)
    imports.ask_start(desk.brand.id, run.id)
    steps = imports.work(desk.brand.id, run.id)
    assert next(steps).progress == 2
    steps.close()  # the process dies here; its lease runs out
    with in_brand(desk.brand.id):
        RunRow.objects.filter(id=run.id).update(lease_until=None)
    done = desk.finish(run)
    assert (done.state, done.counts.new, done.progress) == (RunState.DONE, 5, 5)
    assert len(items_by_sku(desk.brand.id, [f"S{n}" for n in range(5)])) == 5


def test_suppliers_come_in_and_are_set_inactive_again(desk: Desk) -> None:
    rows = "code,name,lead_days,min_order_minor\nS-1,Leaf Trading,5,100.00\n"
    run = desk.take("suppliers", rows)
    (found,) = suppliers(desk.brand.id)
    assert (run.counts.new, found.name, found.lead_days, found.min_order_minor) == (1, "Leaf Trading", 5, 10000)
    assert desk.take("suppliers", rows, again=True).counts.same == 1
    desk.undo(run)
    assert [each.active for each in suppliers(desk.brand.id)] == [False]


def test_stock_levels_come_in_by_file_and_go_back(desk: Desk) -> None:
    desk.take("products", "sku,title,price\nCUP,Cup,1.00\nTEA,Tea,2.00\n")
    wrong = desk.check("levels", "store,sku,low,high\n0001,CUP,5,5\n0001,NONE,1,2\n")
    assert desk.told(wrong) == [(2, "high", "not_above"), (3, "sku", "unknown_sku")]
    run = desk.take("levels", "门店,SKU,补货点,上限\n0001,CUP,5,20\n0001,TEA,0,8\n")
    assert run.counts.new == 2
    found = policies(desk.brand.id)
    assert sorted((p.low, p.high) for p in found.values()) == [(0, 8), (5, 20)]
    second = desk.take("levels", "store,sku,low,high\n0001,CUP,6,20\n0001,TEA,0,8\n")
    assert (second.counts.changed, second.counts.same) == (1, 1)
    desk.undo(second)
    assert policies(desk.brand.id) == found
    desk.undo(run)
    assert policies(desk.brand.id) == {}
