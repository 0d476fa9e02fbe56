"""Decision tables: what is found before they go live, that the engine agrees, who lets them live; rates by date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.access import api as access
from datong.access.types import Role, Staff
from datong.catalog import api
from datong.catalog.rules import tables
from datong.catalog.rules.forms import DELIVERY_FEE, FIRST, PRICE_APPROVAL
from datong.catalog.types import (
    Case,
    ChangeState,
    Column,
    Cost,
    FeeAsk,
    FieldKind,
    Formula,
    Item,
    Price,
    Product,
    ProductState,
    Rate,
    RateKind,
    Row,
    Table,
    TableFault,
    TableState,
    Variant,
    Wanted,
)
from datong.kernel import audit, clock
from datong.kernel.db import count_statements, in_brand
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.ids import uuid7

FEE = FIRST[DELIVERY_FEE]


def fee(*rows: tuple[str, str, str, str], cases: tuple[Case, ...] = ()) -> Table:
    return replace(FEE, rows=tuple(Row(row[:3], row[3:]) for row in rows), cases=cases)


def faults(table: Table) -> list[tuple[str, tuple[int, ...], dict[str, str]]]:
    return [(f.fault.value, f.rows, dict(f.example)) for f in tables.find_faults(table)]


@pytest.mark.parametrize("name", FIRST)
def test_the_first_tables_of_the_house_have_no_fault(name):
    assert tables.find_faults(FIRST[name]) == []


def test_two_rows_that_match_the_same_input_are_named_with_it():
    table = fee(("<= 3000", "", "", "500"), (">= 3000", "", "", "900"))
    assert faults(table) == [("overlap", (1, 2), {"distance_m": "3000", "total_minor": "0", "region": "…"})]


def test_an_input_that_no_row_matches_is_named():
    table = fee(("< 3000", "", "", "500"), ("> 3000", "", "", "900"))
    assert faults(table) == [("gap", (), {"distance_m": "3000", "total_minor": "0", "region": "…"})]
    only = fee(("", "", "cn, us", "1"))
    assert faults(only) == [("gap", (), {"distance_m": "0", "total_minor": "0", "region": "…"})]
    closed = replace(only, inputs=(*only.inputs[:2], Column("region", FieldKind.TEXT, values=("cn", "us"))))
    assert faults(closed) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("near", "", "", "5"), "type"),
        (("", "", "", "5.5"), "type"),
        (("> 200000", "", "", "5"), "empty"),
        (("5..3", "", "", "5"), "empty"),
    ],
)
def test_a_cell_that_means_nothing_is_named_by_row(row, fault):
    found = faults(fee(("", "", "", "1"), row))
    assert [(f, rows) for f, rows, _ in found] == [(fault, (2,))]


def test_a_test_case_that_comes_out_otherwise_is_a_finding():
    inputs = {"distance_m": "100", "total_minor": "1", "region": "x"}
    right, wrong = Case(inputs, {"fee_minor": "5"}), Case(inputs, {"fee_minor": "6"})
    assert faults(fee(("", "", "", "5"), cases=(right,))) == []
    [found] = tables.find_faults(fee(("", "", "", "5"), cases=(right, wrong)))
    assert (found.fault, found.says) == (TableFault.CASE, "test case 2: fee_minor 5 instead of fee_minor 6")


@pytest.mark.parametrize(
    "change", [{"rows": ()}, {"name": "No"}, {"rows": (Row(("",), ("1",)),)}, {"inputs": ()}, {"outputs": FEE.inputs}]
)
def test_a_table_without_shape_is_refused(change):
    with pytest.raises(BadInput):
        tables.check_shape(replace(FEE, **change))


cells = st.one_of(
    st.just(""),
    st.builds("{} {}".format, st.sampled_from([">=", "<=", ">", "<", "="]), st.integers(-5, 25)),
    st.builds("{}..{}".format, st.integers(0, 20), st.integers(0, 20)),
)
names = st.sets(st.sampled_from("abc"), max_size=2).map(lambda found: ", ".join(sorted(found)))
rows_of = st.lists(st.builds(lambda n, t, o: Row((n, t), (str(o),)), cells, names, st.integers(-9, 9)), max_size=5)


@given(rows_of.filter(bool), st.integers(0, 20), st.sampled_from(["a", "b", "c"]))
def test_the_engine_decides_as_the_table_reads_and_the_findings_are_complete(rows, number, text):
    """A plain scan of every input finds an overlap or a gap exactly when the checks do."""
    column, region = Column("n", most=20), Column("t", FieldKind.TEXT, values=("a", "b", "c"))
    table = Table("plain", "", (column, region), (Column("out", least=-99),), tuple(rows))
    row = tables.match_row(table, {"n": number, "t": text})
    assert tables.run_table(table, {"n": number, "t": text}) == (row and {"out": int(row.outputs[0])})
    found = {f.fault for f in tables.find_faults(table)} & {TableFault.GAP, TableFault.OVERLAP, TableFault.EMPTY}
    hits = {sum(_matches(row, n, t) for row in rows) for n in range(21) for t in "abc"}
    if TableFault.EMPTY in found:
        return
    assert (TableFault.GAP in found) == (0 in hits)
    assert (TableFault.OVERLAP in found) == (max(hits) > 1)


def _matches(row: Row, number: int, text: str) -> bool:
    cell, named = row.inputs
    if named and text not in named.split(", "):
        return False
    if not cell:
        return True
    if ".." in cell:
        low, high = map(int, cell.split(".."))
        return low <= number <= high
    sign, value = cell.split(" ")
    return {">=": number >= int(value), "<=": number <= int(value), ">": number > int(value),
            "<": number < int(value), "=": number == int(value)}[sign]  # fmt: skip


def person(brand, role):
    user = access.create_user(f"{role.value.replace('_', '')}-{uuid7().hex[-8:]}")
    access.assign(brand.id, user, role, by="test")
    return access.staff_of(user, brand.id)


@pytest.mark.django_db
def test_a_table_goes_live_by_a_second_person_from_its_date_and_never_with_a_finding(brand):
    maker, checker = person(brand, Role.MERCHANDISER), person(brand, Role.FINANCE)
    given = {"distance_m": 2500, "total_minor": 2000, "region": "x"}
    assert api.decide_by_table(brand.id, DELIVERY_FEE, given) is None
    bad = api.put_table(brand.id, fee(("< 3000", "", "", "500")), by="ann")
    with pytest.raises(BadInput) as caught:
        api.publish_table(brand.id, bad.id, by=maker)
    assert [problem.code for problem in caught.value.problems] == ["gap"]
    good = api.put_table(brand.id, FEE, by="ann")
    waiting = api.publish_table(brand.id, good.id, by=maker, reason="first fee")
    assert (waiting.state, waiting.number) == (TableState.WAITING, 2)
    assert api.decide_by_table(brand.id, DELIVERY_FEE, given) is None
    access.decide(waiting.approval_id, brand=brand.id, by=checker, approve=True)
    assert api.table_version(brand.id, good.id).state is TableState.LIVE
    assert api.decide_by_table(brand.id, DELIVERY_FEE, given) == {"fee_minor": 500}
    assert api.delivery_fee(brand.id, distance_m=9000, total_minor=1) == 900
    with pytest.raises(BadValue):
        api.delivery_fee(brand.id, distance_m=-1, total_minor=1)
    assert [entry.verb for entry in audit.page(brand.id, verb="decision_table").entries] == ["decision_table.publish"]
    later = clock.now() + timedelta(days=1)
    dearer = api.put_table(brand.id, fee(("", "", "", "700")), by="ann")
    asked = api.publish_table(brand.id, dearer.id, by=maker, valid_from=later)
    access.decide(asked.approval_id, brand=brand.id, by=checker, approve=True)
    fees = [api.delivery_fee(brand.id, distance_m=9000, total_minor=1, at=at) for at in (clock.now(), later)]
    assert fees == [900, 700]


@pytest.mark.django_db
def test_a_table_of_the_brand_says_which_price_changes_need_a_second_person(brand):
    maker, checker = person(brand, Role.MERCHANDISER), person(brand, Role.FINANCE)
    since = clock.now() - timedelta(days=9)
    api.put_items(brand.id, [Item(uuid7(), "tea", "Tea")])
    api.put_prices(brand.id, [Price("tea", 1000, since)])
    api.put_costs(brand.id, [Cost("tea", 995, since)])
    version = api.put_table(brand.id, FIRST[PRICE_APPROVAL], by="ann")
    asked = api.publish_table(brand.id, version.id, by=maker)
    access.decide(asked.approval_id, brand=brand.id, by=checker, approve=True)

    def change(amount: int) -> ChangeState:
        wanted = Wanted("", Formula.SET, amount, skus=("tea",))
        found = api.preview_change(brand.id, wanted, by="x", reason="test")
        return api.submit_change(brand.id, found.id, by=maker).state

    assert (change(1001), change(990)) == (ChangeState.DONE, ChangeState.WAITING)


@pytest.mark.django_db
@pytest.mark.requirement("S-120")
def test_a_rate_takes_effect_on_its_date(brand):
    now = clock.now()
    later = now + timedelta(days=1)
    rates = [
        Rate(RateKind.EXCHANGE, "USD/CNY", api.read_rate("7.1234", RateKind.EXCHANGE), now),
        Rate(RateKind.EXCHANGE, "USD/CNY", api.read_rate("7.2", RateKind.EXCHANGE), later),
        Rate(RateKind.INTEREST, "savings-1y", api.read_rate("2.75 %", RateKind.INTEREST), now),
    ]
    assert api.put_rates(brand.id, rates, by="ann", reason="month end") == 3
    assert api.put_rates(brand.id, rates, by="ann", reason="month end") == 0
    found = [api.rate(brand.id, RateKind.EXCHANGE, "USD/CNY", at=at) for at in (now - timedelta(hours=1), now, later)]
    assert [r and r.value_e8 for r in found] == [None, 712_340_000, 720_000_000]
    interest = api.rate(brand.id, RateKind.INTEREST, "savings-1y")
    assert interest and (interest.value_e8, interest.set_by, interest.reason) == (2_750_000, "ann", "month end")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [({"key": "usd"}, "rates/0/key"), ({"value_e8": 0}, "rates/0/value"),
     ({"valid_from": clock.now() - timedelta(days=1)}, "rates/0/valid_from")],
)  # fmt: skip
def test_a_rate_that_cannot_be_is_refused(brand, change, field):
    rate = Rate(RateKind.EXCHANGE, "USD/CNY", 712_340_000, clock.now() + timedelta(hours=1))
    with pytest.raises(BadInput) as caught:
        api.put_rates(brand.id, [replace(rate, **change)], by="ann", reason="x")
    assert [problem.field for problem in caught.value.problems] == [field]
    assert api.list_rates(brand.id) == []


def test_tables_and_rates_are_answered_from_the_rule_book_and_a_change_is_seen_at_once(brand):
    owner = Staff(uuid7(), brand.id, "owner", Role.OWNER)

    def publish(minor: str) -> None:
        rows = (Row(("", "", ""), (minor,)),)
        version = api.put_table(brand.id, replace(api.FIRST_TABLES[DELIVERY_FEE], rows=rows), by="x")
        api.publish_table(brand.id, version.id, by=owner, reason="x")

    publish("500")
    now = clock.now()
    api.put_rates(brand.id, [Rate(RateKind.INTEREST, "savings", 2_000_000, now)], by="x", reason="x")
    at = now + timedelta(seconds=1)
    assert api.delivery_fee(brand.id, distance_m=1, total_minor=1, at=at) == 500
    with count_statements() as seen:
        for _ in range(2):
            assert api.delivery_fee(brand.id, distance_m=1, total_minor=1, at=at) == 500
            found = api.rate(brand.id, RateKind.INTEREST, "savings", at=at)
            assert found and found.value_e8 == 2_000_000
    assert len([s for s in seen if "catalog_decisiontable" in s or "catalog_rate" in s]) == 0
    with in_brand(brand.id), count_statements() as seen:
        api.delivery_fees(brand.id, [FeeAsk(1, 1, "", at)] * 50)
    assert len(seen) == 0
    publish("700")
    later = clock.now() + timedelta(seconds=1)
    assert api.delivery_fee(brand.id, distance_m=1, total_minor=1, at=later) == 700
    api.put_rates(brand.id, [Rate(RateKind.INTEREST, "savings", 3_000_000, later)], by="x", reason="up")
    assert [r and r.value_e8 for r in api.named_rates(brand.id, ["savings"], at=at)["savings"]] == [
        2_000_000, 3_000_000,
    ]  # fmt: skip
    assert [r and r.value_e8 for r in api.named_rates(brand.id, ["savings"], at=later)["savings"]] == [
        3_000_000, None,
    ]  # fmt: skip


def test_a_rate_of_long_ago_is_still_told(brand):
    with clock.held_at(clock.now() - timedelta(days=300)):
        api.put_rates(brand.id, [Rate(RateKind.INTEREST, "old", 1_000_000, clock.now())], by="x", reason="x")
    with clock.held_at(clock.now() - timedelta(days=200)):
        api.put_rates(brand.id, [Rate(RateKind.INTEREST, "old", 2_000_000, clock.now())], by="x", reason="x")
    told = [api.rate(brand.id, RateKind.INTEREST, "old", at=clock.now() - timedelta(days=n)) for n in (0, 250, 400)]
    assert [r and r.value_e8 for r in told] == [2_000_000, 1_000_000, None]


def test_a_delivery_beyond_the_tables_bounds_counts_as_the_bound(brand):
    owner = Staff(uuid7(), brand.id, "owner", Role.OWNER)
    version = api.put_table(brand.id, api.FIRST_TABLES[DELIVERY_FEE], by="x")
    api.publish_table(brand.id, version.id, by=owner, reason="x")
    at = clock.now() + timedelta(seconds=1)
    assert api.delivery_fee(brand.id, distance_m=1, total_minor=1, at=at) == 500
    (fee,) = api.delivery_fees(brand.id, [FeeAsk(9_000_000, 5, "US-MN", at)])
    assert fee
    assert (fee.minor, fee.note, fee.version, fee.distance_m) == (900, "far", 1, 9_000_000)


@pytest.mark.requirement("S-134", "S-120")
def test_an_account_names_its_rate_and_is_sold_only_when_there_is_one(brand):
    account = Product(
        uuid7(), "SAVE", "deposit", "Savings", attributes={"rate": "savings-1y", "currency": "USD"},
        variants=(Variant("SAVE"),),
    )  # fmt: skip
    api.put_products(brand.id, [account], by="ann")
    for state in (ProductState.DEVELOPMENT, ProductState.READY):
        api.set_state(brand.id, "SAVE", state, by="ann")
    with pytest.raises(BadInput) as caught:
        api.set_state(brand.id, "SAVE", ProductState.ON_SALE, by="ann")
    assert [(p.field, p.code, p.value) for p in caught.value.problems] == [
        ("/attributes/rate", "no_rate", "savings-1y")
    ]
    now, later = clock.now(), clock.now() + timedelta(days=30)
    rates = [Rate(RateKind.INTEREST, "savings-1y", value, at) for value, at in ((2_750_000, now), (3_000_000, later))]
    api.put_rates(brand.id, rates, by="ann", reason="month")
    assert api.set_state(brand.id, "SAVE", ProductState.ON_SALE, by="ann").state is ProductState.ON_SALE
    template = api.templates_of(brand.id)["deposit"]
    assert api.rate_keys(account, template) == {"rate": "savings-1y"}
    held, following = api.named_rates(brand.id, ["savings-1y", "none"], at=now)["savings-1y"]
    assert held and following
    assert (held.value_e8, following.value_e8, following.valid_from) == (2_750_000, 3_000_000, later)
    with clock.held_at(later):
        held, following = api.named_rates(brand.id, ["savings-1y"])["savings-1y"]
    assert (held and held.value_e8, following) == (3_000_000, None)
