"""What is found, and what is not: each on a handful of rows, with exact figures."""
# ruff: noqa: E501 the rows of a file are read better whole

from __future__ import annotations

import pytest

from datong.shadow import api as shadow
from datong.shadow.types import FeedKind, Kind, Severity, SystemKind, Tolerances

pytestmark = pytest.mark.django_db
BOOKED = "SO1,2026-11-20 10:00,NEAR,CUP,1,12.00,1001,shop,"


def test_more_sold_at_a_place_than_any_system_had_is_an_oversell_with_its_lines(beside):
    beside.stock("erp", "CUP,NEAR,3,2026-11-20 00:00")
    beside.stock("shop", "CUP,NEAR,4,2026-11-19 23:00")
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,3,12.00,,,")
    beside.orders("till", "2,2026-11-20 10:01,NEAR,CUP,2,11.00,,,")
    (found,) = beside.look()[Kind.OVERSELL]
    assert (found.store, found.item, found.facts) == ("NEAR", "CUP", {"short": 1, "had": 4, "sold": 5})
    assert (found.amount_minor, found.severity) == (1100, Severity.HIGH)
    assert [(r["system"], r.get("stock"), r.get("short")) for r in found.evidence] == [
        ("shop", 4, None), ("erp", 3, None), ("shop", None, 0), ("till", None, 1)]  # fmt: skip


def test_a_delivery_that_the_stock_keeper_saw_is_no_oversell_and_a_stale_copy_proves_nothing(beside):
    beside.stock("erp", "CUP,NEAR,3,2026-11-20 00:00", "CUP,NEAR,10,2026-11-20 12:00")
    beside.stock("shop", "POT,NEAR,2,2026-11-20 00:00", "POT,NEAR,2,2026-11-20 12:00")
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,3,12.00,,,", "2,2026-11-20 13:00,NEAR,CUP,9,12.00,,,",
                  "3,2026-11-20 10:00,NEAR,POT,2,30.00,,,", "4,2026-11-20 13:00,NEAR,POT,1,30.00,,,")  # fmt: skip
    (found,) = beside.look()[Kind.OVERSELL]
    assert (found.item, found.facts["short"]) == ("POT", 1)


def test_the_last_units_sold_by_two_systems_within_the_interval_are_a_near_miss(beside):
    beside.stock("erp", "CUP,NEAR,3,2026-11-20 00:00", "POT,NEAR,2,2026-11-20 00:00")
    beside.orders("shop", "1,2026-11-20 10:00:00,NEAR,CUP,2,12.00,,,", "3,2026-11-20 10:00,NEAR,POT,1,30.00,,,")
    beside.orders("till", "2,2026-11-20 10:04:59,NEAR,CUP,1,12.00,,,", "4,2026-11-20 10:06,NEAR,POT,1,30.00,,,")
    (found,) = beside.look()[Kind.NEAR_MISS]
    assert (found.item, found.amount_minor, found.facts["seconds"]) == ("CUP", 1200, 299)


@pytest.mark.requirement("S-163")
def test_an_order_is_matched_by_its_number_where_it_began_and_what_is_missing_on_either_side_is_told(beside):
    beside.orders("shop", "#1001,2026-11-20 10:00,,CUP,1,12.00,,,", "#1002,2026-11-20 11:00,,CUP,2,12.00,,,")
    beside.orders("erp", BOOKED, "SO9,2026-11-20 10:00,NEAR,CUP,1,12.00,7777,shop,")
    found = beside.look()
    assert [(f.facts["order"], f.systems, f.amount_minor) for f in found[Kind.MISSING]] == [
        ("#1002", ("shop", "erp"), 2400)]  # fmt: skip
    assert [(f.facts["order"], f.amount_minor) for f in found[Kind.STRAY]] == [("SO9", 1200)]
    assert set(found) == {Kind.MISSING, Kind.STRAY}


@pytest.mark.requirement("S-175")
def test_doubled_and_conflicting_orders_are_told(beside):
    beside.orders("shop", "1001,2026-11-20 10:00,,CUP,1,12.00,,,", "1002,2026-11-20 11:00,,CUP,2,12.00,,,",
                  "1003,2026-11-20 12:00,,POT,1,30.00,,,+16125550100",
                  "1004,2026-11-20 12:05,,POT,1,30.00,,,(612) 555-0100")  # fmt: skip
    beside.orders("erp", BOOKED, BOOKED.replace("SO1", "SO2"), "SO3,2026-11-20 11:00,NEAR,CUP,3,12.00,1002,shop,",
                  "SO4,2026-11-20 12:00,NEAR,POT,1,30.00,1003,,", "SO5,2026-11-20 12:00,NEAR,POT,1,30.00,1004,,")  # fmt: skip
    found = beside.look()
    assert sorted((f.facts["order"], f.facts["sure"], f.severity.value) for f in found[Kind.DOUBLED]) == [
        ("1001", True, "high"), ("1004", False, "medium")]  # fmt: skip
    assert [(f.facts["order"], f.facts["units"], f.amount_minor) for f in found[Kind.DIFFERS]] == [("1002", -1, 1200)]


@pytest.mark.requirement("S-115", "S-117")
def test_one_product_at_two_prices_is_told_with_what_was_sold_at_the_lower_one(beside):
    beside.connect("trade", SystemKind.SHOP, price_group="trade")
    beside.prices("shop", "CUP,12.00,2026-11-01", "CUP,9.00,2026-11-20 12:00", "POT,30.00,2026-11-01")
    beside.prices("till", "CUP,12.00,2026-11-01", "POT,30.00,2026-11-01")
    beside.prices("trade", "CUP,6.00,2026-11-01")
    beside.orders("shop", "1,2026-11-20 11:59,,CUP,5,12.00,,,", "2,2026-11-20 12:01,,CUP,4,9.00,,,")
    (found,) = beside.look()[Kind.PRICE_GAP]
    assert (found.item, found.amount_minor, found.facts) == (
        "CUP", 1200, {"low_minor": 900, "high_minor": 1200, "units": 4})  # fmt: skip
    assert found.systems == ("shop", "till")


def test_skus_are_one_product_by_mapping_file_by_barcode_and_by_name_and_the_rest_is_listed(beside):
    head = "sku,barcode,price,since"
    beside.feed(FeedKind.PRICES, "shop", head, "A,4006381333931,10.00,2026-11-01", "B,,20.00,2026-11-01",
                "C,4006381333930,5.00,2026-11-01")  # fmt: skip
    beside.feed(FeedKind.PRICES, "till", head, "X1,4006381333931,11.00,2026-11-01", "X2,,21.00,2026-11-01",
                "X3,4006381333930,6.00,2026-11-01")  # fmt: skip
    beside.feed(FeedKind.ITEMS, "", "system,sku,item", "till,X2,B", "nowhere,X,Y")
    beside.orders("shop", "1,2026-11-20 12:00,,A,1,10.00,,,")
    assert sorted(f.amount_minor for f in beside.look()[Kind.PRICE_GAP]) == [0, 100]
    assert shadow.unmatched(beside.brand.id, beside.project.id) == [("shop", "C", ""), ("till", "X3", "")]


def test_people_are_one_by_agreeing_names_or_proof_and_a_shared_contact_alone_only_proposes(beside):
    beside.members("shop", "1,Ann Lee,+16125550100,,,", "2,Bob Ray,+16125550101,,,P2", "3,Cy Orr,+16125550102,,,",
                   "4,Dan Fox,+16125550103,,yes,")  # fmt: skip
    beside.members("erp", "9,LEE Ann,(612) 555-0100,,,", "8,Bob Ray,+16125550101,,,P2", "7,Eve Orr,612-555-0102,,,",
                   "6,D. Vox,6125550103,,yes,")  # fmt: skip
    beside.orders("shop", "1,2026-11-20 12:00,,CUP,1,10.00,,,+16125550100")
    found = beside.look()
    assert sorted(tuple(r["member"] for r in f.evidence) for f in found[Kind.DUPLICATE]) == [("6", "4"), ("9", "1")]
    assert [tuple(r["member"] for r in f.evidence) for f in found[Kind.MAYBE_SAME]] == [("7", "3")]
    assert {f.title: f.amount_minor for f in found[Kind.DUPLICATE]}["LEE Ann"] == 1000


def test_a_nearer_store_with_stock_is_told_with_the_way_saved_unless_the_platform_named_the_store(beside):
    beside.stock("erp", "CUP,NEAR,1,2026-11-20 00:00", "CUP,FAR,9,2026-11-20 00:00")
    head = "order,placed,sku,units,price,fulfilment,lon,lat"
    rows = [f"{n},2026-11-20 1{n}:00,CUP,1,10.00,{how},-93.25,44.95"
            for n, how in ((1, "delivery"), (2, "delivery"), (3, "pickup"))]  # fmt: skip
    beside.feed(FeedKind.ORDERS, "shop", head, *rows)
    beside.orders("erp", *(f"S{n},2026-11-20 1{n}:00,FAR,CUP,1,10.00,{n},shop," for n in (1, 2, 3)))
    (found,) = beside.look()[Kind.NEARER]
    assert (found.facts["order"], found.facts["served_by"], found.facts["instead"]) == ("1", "FAR", "NEAR")
    assert found.facts["served_m"] == 31478 and found.facts["instead_m"] == 787
    assert (found.facts["saved_hours"], found.amount_minor) == (1.6, 614)


def test_what_is_explained_stays_explained_in_the_next_run_and_counts_again_when_taken_back(beside):
    beside.stock("erp", "CUP,NEAR,1,2026-11-20 00:00")
    beside.orders("shop", "1,2026-11-20 10:00,NEAR,CUP,2,12.00,,,")
    (found,) = beside.look()[Kind.OVERSELL]
    shadow.explain(beside.brand.id, beside.project.id, found.id, "a demonstration unit", by="ann")
    (again,) = beside.look()[Kind.OVERSELL]
    assert (again.reason, again.explained_by) == ("a demonstration unit", "ann") and again.id != found.id
    report = shadow.report(beside.brand.id, beside.project.id)
    assert (report.found, report.at_stake_minor, report.kinds[0].explained) == (0, 0, 1)
    shadow.reopen(beside.brand.id, beside.project.id, again.id, by="ann")
    assert shadow.report(beside.brand.id, beside.project.id).at_stake_minor == 1200


def test_what_is_let_pass_can_be_changed(beside):
    beside.orders(
        "shop", "1,2026-11-20 12:00,,POT,1,30.00,,,+16125550100", "2,2026-11-20 12:05,,POT,1,30.00,,,+16125550100"
    )
    assert len(beside.look()[Kind.DOUBLED]) == 1
    shadow.set_tolerances(beside.brand.id, beside.project.id, Tolerances(double_s=60), by="ann")
    assert beside.look() == {}
