"""ERPs: goods, stock and prices in, orders and settlement out; a file is read whole or not at all, and once."""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from datong.catalog import api as catalog
from datong.fulfilment.types import FulfilmentKind
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict, Problem
from datong.orders import api as orders
from datong.orders.types import Amounts, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.sync.erp.run import run_erp
from datong.sync.erp.store import get_erp, list_files, put_erp, set_live
from datong.sync.erp.types import Feed, FileState
from datong.sync.local.odoo import LocalOdoo
from datong.sync.local.orders import Fault
from datong.sync.tests.world import World, open_world


@pytest.fixture
def world(brand: Any) -> World:
    return open_world(brand)


def _files(world: World, mapping: str, folder: Path, *, live: bool = True) -> None:
    put_erp(world.brand.id, mapping, mapping, settings={"folder": str(folder)}, secrets={}, by="ann")
    if live:
        set_live(world.brand.id, mapping, live=True, blocking=(), by="ann")


def _drop(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "in" / name
    path.write_bytes(text.encode(encoding))
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def _stock(world: World, sku: str) -> int:
    item = catalog.items_by_sku(world.brand.id, [sku])[sku]
    (row,) = inventory.stock_of(world.brand.id, items=[item.id], locations=[world.store.id])
    return row.on_hand


def _price(world: World, sku: str) -> int:
    return catalog.price_history(world.brand.id, sku)[0].amount_minor


def _order(world: World, channel: Any, number: str = "E-1", units: int = 2) -> str:
    intent = OrderIntent(
        channel_id=channel,
        external_id=number,
        placed_at=clock.now(),
        currency="USD",
        lines=(IntentLine(1, "TEA", units, 500),),
        fulfilment=FulfilmentKind.PICKUP,
        payment=PaymentMethod.PLATFORM,
        paid=True,
        store_code="S01",
        amounts=Amounts(goods=500 * units, paid=500 * units),
    )
    (outcome,) = orders.place([intent], brand=world.brand.id, actor="test")
    return str(outcome.number)


MATMAS = "MATNR;MAKTX;MATKL;MTART;EAN11;TAXM1;LVORM\n000000000000001042;Longjing 250 g;TEA;HAWA;;1;\n"
COND = "MATNR;KSCHL;KBETR;KPEIN;KONWA;DATAB;DATBI\n000000000000001042;PR00;129.00;10;USD;20200101;99991231\n"
MARD = "MATNR;WERKS;LGORT;LABST\n000000000000001042;S01;0001;24.000\n"


@pytest.mark.requirement("S-61")
@pytest.mark.requirement("S-62")
def test_sap_files_change_goods_stock_and_prices_and_orders_flow_back_without_retyping(
    world: World, tmp_path: Path
) -> None:
    _files(world, "sap", tmp_path)
    for name, text in (("COND_1.csv", COND), ("MARD_1.csv", MARD), ("MATMAS_1.csv", MATMAS)):
        _drop(tmp_path, name, text)
    done = run_erp(world.brand.id, "sap")
    assert [(t.feed, t.changed, t.problems) for t in done.taken] == [
        (Feed.ITEMS, 1, ()),
        (Feed.STOCK, 1, ()),
        (Feed.PRICES, 1, ()),
    ]
    assert (_price(world, "1042"), _stock(world, "1042")) == (1290, 24)  # 129.00 for 10
    assert sorted(p.name for p in (tmp_path / "processed").iterdir()) == ["COND_1.csv", "MARD_1.csv", "MATMAS_1.csv"]
    number = _order(world, world.connect("shopify", "http://127.0.0.1:9"))
    sent = run_erp(world.brand.id, "sap").sent
    assert [(s.what.value, s.count) for s in sent] == [("orders", 1), ("settlement", 0)]
    (path,) = (tmp_path / "out").iterdir()
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8")), delimiter=";")
    assert (row["BSTKD"], row["MATNR"], row["KWMENG"], row["NETWR"], row["WERKS"]) == (
        number,
        "TEA",
        "2",
        "10.00",
        "S01",
    )
    assert run_erp(world.brand.id, "sap").sent[0].count == 0


@pytest.mark.requirement("S-61")
def test_haiding_files_in_gbk_with_chinese_headings(world: World, tmp_path: Path) -> None:
    _files(world, "haiding", tmp_path)
    _drop(tmp_path, "商品_1.csv", "商品代码,商品名称,类别,条码,税率,状态\nHD-7,西湖龙井,茶叶,,13,正常\n", "gbk")
    _drop(tmp_path, "售价_1.csv", '商品代码,售价,生效日期\nHD-7,"￥1,018.00",2020-01-01\n', "gbk")
    _drop(tmp_path, "库存_1.csv", "商品代码,门店代码,库存数量\nHD-7,S01,8.000\nHD-7,S99,1\n", "gbk")
    done = {t.feed: t for t in run_erp(world.brand.id, "haiding").taken}
    assert catalog.items_by_sku(world.brand.id, ["HD-7"])["HD-7"].title == "西湖龙井"
    assert (_price(world, "HD-7"), _stock(world, "HD-7")) == (101_800, 8)
    (problem,) = done[Feed.STOCK].problems
    assert (problem.field, problem.code, problem.value) == ("/2/store", "unknown_store", "S99")
    errors = (tmp_path / "failed" / "库存_1.errors.csv").read_text("utf-8-sig").splitlines()
    assert errors[1].startswith("2,store,S99,unknown_store,")
    _order(world, world.connect("shopify", "http://127.0.0.1:9"))
    run_erp(world.brand.id, "haiding")
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.startswith("订单_") and "商品代码" in path.read_bytes().decode("gb18030")


def test_the_same_file_under_another_name_is_read_once_and_a_row_that_says_the_same_changes_nothing(
    world: World, tmp_path: Path
) -> None:
    _files(world, "sap", tmp_path)
    _drop(tmp_path, "MATMAS_1.csv", MATMAS)
    run_erp(world.brand.id, "sap")
    _drop(tmp_path, "MATMAS_2.csv", MATMAS)
    (again,) = run_erp(world.brand.id, "sap").taken
    assert again.again
    _drop(tmp_path, "MATMAS_3.csv", MATMAS + "000000000000001043;Biluochun;TEA;HAWA;;1;\n")
    (more,) = run_erp(world.brand.id, "sap").taken
    assert (more.rows, more.changed, more.same) == (2, 1, 1)


def test_a_file_still_being_written_or_of_no_known_name_or_encoding_is_not_half_read(
    world: World, tmp_path: Path
) -> None:
    _files(world, "haiding", tmp_path)
    fresh = tmp_path / "in" / "商品_9.csv"
    fresh.write_text("商品代码", "gbk")
    (tmp_path / "in" / "商品_8.csv.tmp").write_text("x")
    assert run_erp(world.brand.id, "haiding").taken == ()
    fresh.unlink()
    _drop(tmp_path, "notes.csv", "a,b\n1,2\n")
    _drop(tmp_path, "库存_2.csv", "Code,Place\n1,2\n", "gbk")
    states = {t.name: (t.state, t.problems[0].code) for t in run_erp(world.brand.id, "haiding").taken}
    assert states == {"notes.csv": (FileState.FAILED, "unknown_file"), "库存_2.csv": (FileState.FAILED, "missing")}
    assert {f.name for f in list_files(world.brand.id, get_erp(world.brand.id, "haiding").id)} == set(states)
    assert sorted(p.name for p in (tmp_path / "failed").iterdir() if "errors" not in p.name) == sorted(states)


@pytest.mark.requirement("S-57")
def test_a_connection_that_is_not_live_reads_and_reports_and_changes_nothing(world: World, tmp_path: Path) -> None:
    _files(world, "sap", tmp_path, live=False)
    path = _drop(tmp_path, "MATMAS_1.csv", MATMAS)
    (dry,) = run_erp(world.brand.id, "sap").taken
    assert (dry.changed, path.exists()) == (1, True)
    assert catalog.items_by_sku(world.brand.id, ["1042"]) == {}
    with pytest.raises(Conflict):
        set_live(world.brand.id, "sap", live=True, blocking=[Problem("/x", "x", "mend x")], by="ann")
    assert get_erp(world.brand.id, "sap").live is False


def test_a_count_below_what_is_held_and_an_uneven_price_are_named_and_the_other_rows_taken(
    world: World, tmp_path: Path
) -> None:
    _files(world, "sap", tmp_path)
    _order(world, world.connect("shopify", "http://127.0.0.1:9"), units=5)
    _drop(tmp_path, "MARD_1.csv", "MATNR;WERKS;LABST\nTEA;S01;2.000\nCUP;S01;7.000\n")
    _drop(
        tmp_path, "COND_1.csv", "MATNR;KBETR;KPEIN;KONWA;DATAB\nTEA;10.01;2;USD;0\nCUP;8.00;1;EUR;0\nCUP;9.00;1;USD;0\n"
    )
    done = {t.feed: t for t in run_erp(world.brand.id, "sap").taken}
    assert [(p.field, p.fix[:10]) for p in done[Feed.STOCK].problems] == [("/1/units", "at least 5")]
    assert (_stock(world, "CUP"), _stock(world, "TEA")) == (7, 1000)
    assert [p.code for p in done[Feed.PRICES].problems] == ["uneven", "other_currency"]
    assert _price(world, "CUP") == 900


@pytest.mark.requirement("S-61")
@pytest.mark.requirement("S-62")
@pytest.mark.parametrize("protocol", ["odoo_json2", "odoo_xmlrpc"])
def test_odoo_round_trip_and_an_answer_that_was_lost_makes_no_second_sales_order(world: World, protocol: str) -> None:
    with LocalOdoo() as odoo:
        tea = odoo.product("ODOO-1", "Oolong", 12.5)
        odoo.product("TEA", "Green tea", 5.0)
        odoo.quant(tea, "ODOO-1", "S01", 3.0)
        odoo.quant(tea, "ODOO-1", "S01", 4.0)
        _odoo(world, odoo, protocol)
        done = run_erp(world.brand.id, "odoo")
        assert done.problem == "" and [t.problems for t in done.taken] == [(), (), ()]
        assert (_price(world, "ODOO-1"), _stock(world, "ODOO-1")) == (1250, 7)
        odoo.put("product.product", {"id": tea, "lst_price": 13.0}, at=clock.now() + timedelta(seconds=2))
        assert sum(t.changed for t in run_erp(world.brand.id, "odoo").taken) == 1
        assert _price(world, "ODOO-1") == 1300
        number = _order(world, world.connect("shopify", "http://127.0.0.1:9"))
        odoo.lose = 1 if protocol == "odoo_json2" else 0
        run_erp(world.brand.id, "odoo")
        with clock.held_at(clock.now() + timedelta(minutes=5)):
            run_erp(world.brand.id, "odoo")
        (made,) = odoo.records["sale.order"].values()
        ((_, _, line),) = made["order_line"]
        assert (made["client_order_ref"], line["product_uom_qty"], line["price_unit"]) == (number, 2, 5.0)


@pytest.mark.parametrize("fault", [Fault(429, {"Retry-After": "40"}), Fault(500), Fault(0)])
def test_an_odoo_that_is_away_is_asked_again_later_and_nothing_is_half_done(world: World, fault: Fault) -> None:
    with LocalOdoo() as odoo:
        odoo.product("ODOO-1", "Oolong", 12.5)
        _odoo(world, odoo, "odoo_json2")
        odoo.faults.append(fault)
        assert run_erp(world.brand.id, "odoo").problem != ""
        assert get_erp(world.brand.id, "odoo").failures == 1
        assert run_erp(world.brand.id, "odoo").problem == ""
    assert get_erp(world.brand.id, "odoo").failures == 0


def test_a_connection_without_folder_address_or_key_names_each(world: World) -> None:
    for mapping, fields in (("sap", ["/settings/folder"]), ("odoo", ["/settings/base_url", "/secrets/api_key"])):
        with pytest.raises(BadInput) as refused:
            put_erp(world.brand.id, "x", mapping, settings={}, secrets={}, by="ann")
        assert [p.field for p in refused.value.problems] == fields


def _odoo(world: World, odoo: LocalOdoo, protocol: str) -> None:
    settings = {"base_url": odoo.url, "database": "main", "login": "admin", "protocol": protocol, "partner_id": "5"}
    put_erp(world.brand.id, "odoo", "odoo", settings=settings, secrets={"api_key": odoo.key}, by="ann")
    set_live(world.brand.id, "odoo", live=True, blocking=(), by="ann")


def test_a_price_of_an_erp_above_the_limit_for_programs_waits_and_is_asked_for_once(
    world: World, tmp_path: Path
) -> None:
    _files(world, "sap", tmp_path)
    told = "MATNR;KSCHL;KBETR;KPEIN;KONWA;DATAB;DATBI\nTEA;PR00;95.00;1;USD;20200101;99991231\n"
    for n in range(2):
        _drop(tmp_path, f"COND_{n}.csv", told + "\n" * n)
        run_erp(world.brand.id, "sap")
    assert _price(world, "TEA") == 500
    (waits,) = catalog.waiting_prices(world.brand.id, ["TEA"])["TEA"]
    assert (waits.after_minor, waits.made_by) == (9500, "erp sap")
