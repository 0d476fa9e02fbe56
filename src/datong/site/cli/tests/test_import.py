"""`datong import orders`: the file, the mapping and the channel by name; what became of it in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from datong.brand.api import register_channel
from datong.brand.types import Brand, Channel, ChannelKind
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.site.cli.imports import app

SALES = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,22633,HAND WARMER UNION JACK,6,2010-12-01 08:28:00,1.85,17850.0,United Kingdom
536367,84879,ASSORTED COLOUR BIRD,never,2010-12-01 08:34:00,1.69,13047.0,United Kingdom
"""


@pytest.fixture
def shop(committed_db: str, make_brand: Callable[..., Brand]) -> Brand:
    brand = make_brand(currency="GBP")
    register_channel(brand.id, Channel(uuid7(), "drop", "File drop", ChannelKind.APP, role="sells"))
    return brand


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["orders", *args], catch_exceptions=False)


def test_a_file_of_orders_is_taken_in_and_not_taken_twice(shop: Brand, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    args = (str(file), "--mapping", "uci_online_retail", "--channel", "drop", "--brand", shop.slug, "--json")
    first = json.loads(run(*args).stdout.splitlines()[-1])
    assert (first["rows"], first["orders"], first["done"], first["resumed_at_row"]) == (4, 3, True, 0)
    assert sum(first["states"].values()) == 3
    assert first["states"]["rejected"] >= 1  # 'never' is no quantity
    again = json.loads(run(*args).stdout.splitlines()[-1])
    assert (again["orders"], again["states"]) == (3, first["states"])
    said = run(*args[:-1]).stdout
    assert "sales.csv: 4 rows, 3 orders" in said
    assert "correct and replay them in the inbox" in said


def test_names_that_do_not_exist_are_answered_with_those_that_do(shop: Brand, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    with pytest.raises(NotFound, match="no channel 'till'; there are drop"):
        run(str(file), "--mapping", "uci_online_retail", "--channel", "till", "--brand", shop.slug)
    with pytest.raises(BadValue, match=f"one of: .*{shop.slug}"):
        run(str(file), "--mapping", "uci_online_retail", "--channel", "drop", "--brand", "nobody")
    with pytest.raises(NotFound, match="no mapping 'own'"):
        run(str(file), "--mapping", "own", "--channel", "drop", "--brand", shop.slug)
