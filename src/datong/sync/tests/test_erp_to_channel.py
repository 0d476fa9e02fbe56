"""What the ERP says appears at the platforms, and what they sell flows back to the ERP: nobody types anything."""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from datong.kernel import clock
from datong.sync.erp.run import run_erp
from datong.sync.erp.store import put_erp, set_live
from datong.sync.tests.shops import TwoWay


def drop(folder: Path, name: str, text: str) -> None:
    path = folder / "in" / name
    path.write_text(text)
    os.utime(path, (time.time() - 60, time.time() - 60))


@pytest.mark.requirement("S-62")
def test_a_stock_and_a_price_of_sap_appear_at_both_platforms_and_their_order_lies_in_saps_folder(
    committed_two_way: TwoWay, tmp_path: Path
) -> None:
    two_way = committed_two_way
    put_erp(two_way.brand, "sap", "sap", settings={"folder": str(tmp_path)}, secrets={}, by="ann")
    set_live(two_way.brand, "sap", live=True, blocking=(), by="ann")
    two_way.hear()
    two_way.settle()
    assert two_way.shown("TEA") == (20, 20)
    drop(tmp_path, "MARD_1.csv", "MATNR;WERKS;LGORT;LABST\nTEA;NEAR;0001;7.000\nTEA;FAR;0001;4.000\n")
    drop(tmp_path, "COND_1.csv", "MATNR;KSCHL;KBETR;KPEIN;KONWA;DATAB;DATBI\nTEA;PR00;6.50;1;USD;20200101;99991231\n")
    run_erp(two_way.brand, "sap")
    two_way.hear()
    two_way.settle()
    assert two_way.shown("TEA") == (11, 11)
    assert two_way.shopify.by_sku("TEA").price == two_way.woo.by_sku("TEA").regular_price == "6.50"
    assert two_way.shopify.sell("TEA", 2)
    with clock.held_at(clock.now() + timedelta(seconds=10)):
        two_way.shop.sold(two_way.at_shopify, "5001", "TEA", 2)
    two_way.hear()
    two_way.settle()
    assert two_way.shown("TEA") == (9, 9), "the sale of one platform is the stock of the other"
    run_erp(two_way.brand, "sap")
    (path,) = (tmp_path / "out").glob("ORDERS*.csv")
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8")), delimiter=";")
    assert (row["VKORG"], row["MATNR"], row["KWMENG"], row["NETWR"]) == ("my-shopify", "TEA", "2", "10.00")
