"""What a file says against what was taken in: totals to the cent, rows that differ, somebody who signs."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from datong.imports import api as imports
from datong.imports.tests.conftest import Desk
from datong.imports.types import Reconciled, Run, Total
from datong.kernel.errors import BadValue, Conflict
from datong.wallet import api as wallet

PEOPLE = "number,name\nM-1,Ann\nM-2,Bo\nM-3,Cy\n"
FILE = (
    "member,currency,principal,bonus\nM-1,USD,128.50,20.00\nM-2,USD,5.00,\nM-1,USD,128.50,20.00\n"
    "M-9,USD,7.00,\nM-3,JPY,700,\n"
)


def compare(desk: Desk, run: Run, *given: Total) -> Reconciled:
    asked = imports.ask_reconciliation(desk.brand.id, run.id, given, by="ann")
    return imports.reconcile(desk.brand.id, asked.id)


@pytest.mark.requirement("S-398")
def test_totals_are_held_against_the_old_systems_and_rows_that_differ_are_named(desk: Desk) -> None:
    desk.take("customers", PEOPLE)
    run = desk.take("stored_value", FILE)
    assert run.counts.new == 3
    found = compare(
        desk, run, Total(("USD",), "principal", 13_350), Total(("USD",), "rows", 3), Total(("EUR",), "rows", 1)
    )
    told = {(line.group, line.measure): (line.control, line.file, line.here, line.difference) for line in found.lines}
    assert told[("USD",), "principal"] == (13_350, 12_850 + 500 + 12_850 + 700, 13_350, 0)
    assert told[("USD",), "bonus"] == (None, 4_000, 2_000, -2_000)
    assert told[("USD",), "rows"] == (3, 4, 2, -1)
    assert told[("JPY",), "principal"] == (None, 700, 700, 0)
    assert told[("EUR",), "rows"] == (1, 0, 0, -1)
    apart = [(a.line, a.what, a.called, a.why) for a in imports.rows_apart(desk.brand.id, found.id)]
    assert apart == [(4, "doubled", "M-1", "2"), (5, "missing", "M-9", "unknown_holder")]
    assert (found.agrees, found.differences) == (False, 2)


def test_a_balance_that_is_another_than_the_file_says_is_different_and_what_was_taken_back_is_missing(
    desk: Desk,
) -> None:
    desk.take("customers", PEOPLE)
    first = desk.take("stored_value", "member,principal\nM-1,10.00\nM-2,20.00\n")
    assert compare(desk, first).agrees
    desk.take("stored_value", "member,principal\nM-1,11.00\n")
    found = compare(desk, first)
    apart = list(imports.rows_apart(desk.brand.id, found.id))
    assert [(a.line, a.what, a.file, a.here) for a in apart] == [
        (2, "different", '[["USD"],{"principal":1000,"bonus":0}]', '[["USD"],{"principal":1100,"bonus":0}]')
    ]
    desk.undo(first, partial=True)
    with pytest.raises(Conflict, match="undone"):
        compare(desk, first)


def test_money_that_was_spent_since_is_no_difference(desk: Desk) -> None:
    desk.take("customers", PEOPLE)
    wallet.put_programme(desk.brand.id, wallet.new_programme("club", "Club"), by="ann")
    run = desk.take("points", "member,points\nM-1,100\nM-2,50\n")
    found = compare(desk, run, Total(("club",), "principal", 150))
    assert [(line.measure, line.here, line.difference) for line in found.lines] == [
        ("rows", 2, 0), ("principal", 150, 0),
    ]  # fmt: skip
    assert found.agrees


@pytest.mark.requirement("S-400")
def test_a_person_signs_once_and_says_why_where_something_differs(desk: Desk) -> None:
    desk.take("customers", PEOPLE)
    run = desk.take("stored_value", FILE)
    asked = imports.ask_reconciliation(desk.brand.id, run.id, [], by="ann")
    with pytest.raises(Conflict, match="not made yet"):
        imports.sign_reconciliation(desk.brand.id, asked.id, by="ann")
    imports.reconcile(desk.brand.id, asked.id)
    (found,) = imports.reconciliations_of(desk.brand.id, run.id)
    with pytest.raises(Conflict, match="second person"):
        imports.sign_reconciliation(desk.brand.id, found.id, by="ann", note="M-9 left in May")
    with pytest.raises(BadValue, match="note"):
        imports.sign_reconciliation(desk.brand.id, found.id, by="bo")
    signed = imports.sign_reconciliation(desk.brand.id, found.id, by="bo", note="M-9 left in May")
    again = imports.sign_reconciliation(desk.brand.id, found.id, by="cy", note="other")
    assert (signed.signed_by, signed.note, again.signed_by) == ("bo", "M-9 left in May", "bo")
    book = load_workbook(io.BytesIO(imports.reconciliation_file(desk.brand.id, found.id)))
    totals, apart = book.worksheets
    cells = [[cell.value for cell in row] for row in totals.iter_rows()]
    assert ["USD", "principal", None, "269.00", "133.50", "-135.50", "≠"] in cells
    assert [cell.value for cell in list(apart.iter_rows())[1]][:4] == ["4", "M-1", "doubled", "the same as row 2"]


def test_only_balances_that_went_in_are_reconciled(desk: Desk) -> None:
    goods = desk.take("products", "sku,title\nCUP,Cup\n")
    with pytest.raises(Conflict, match="nothing to reconcile"):
        compare(desk, goods)
    desk.take("customers", PEOPLE)
    dry = desk.check("stored_value", FILE)
    with pytest.raises(Conflict, match="checked"):
        compare(desk, dry)
