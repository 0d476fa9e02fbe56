"""The tool that makes the extract, on a few rows that hold every oddity of the sources."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from tools import extract_demo_data as tool

HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
UCI = [
    ("1", "10001a", " RED  MUG ", "2", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"),
    ("1", "10001a", " RED  MUG ", "2", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"),  # exact duplicate
    ("1", "POST", "POSTAGE", "1", "2010-12-01 08:26:00", "18.0", "17850.0", "United Kingdom"),
    ("2", "10001A", "RED MUG", "6", "2010-12-01 09:00:00", "2.55", "", "United Kingdom"),
    ("3", "10001A", "damaged", "4", "2010-12-01 09:30:00", "2.1", "1.0", "France"),
    ("4", "10001A", "RED MUG", "1", "2010-12-01 10:00:00", "2.55", "1.0", "France"),
    ("4", "M", "Manual", "1", "2010-12-01 10:00:00", "5.0", "1.0", "France"),
    ("5", "10001A", "RED MUG", "1", "2010-12-01 11:00:00", "0.0", "1.0", "France"),
    ("6", "10001A", "RED MUG", "1001", "2010-12-01 11:30:00", "2.55", "1.0", "France"),
    ("7", "10002", "RARE", "1", "2010-12-01 11:40:00", "1", "1.0", "France"),
    ("8", "10001A", "RED MUG", "3", "2010-12-01 11:50:00", "9.99", "1.0", "France"),
    ("C9", "10001A", "RED MUG", "-1", "2010-12-01 12:00:00", "2.55", "1.0", "France"),
]
STORE = {
    "id": 8,
    "type": "Express",
    "name": " Bradley  ",
    "address": "1 Way ",
    "address2": None,
    "city": "Windsor Locks",
    "state": "CT",
    "zip": "6096",
    "location": {"lat": 41.9, "lon": -72.6},
    "hours": "Mon: 0-11:59; Sat: 9-10; Sun: 1-5:30",
    "services": ["Sony Experience ", "Geek Squad"],
}


def extract(folder: Path) -> dict[str, list[list[str]]]:
    uci, stores, out = folder / "uci.csv.gz", folder / "stores.json.gz", folder / "out"
    with gzip.open(uci, "wt", newline="") as file:
        csv.writer(file).writerows([HEADER, *UCI])
    stores.write_bytes(gzip.compress(json.dumps([STORE, {**STORE, "id": 5, "zip": "55344-5306"}]).encode()))
    tool.main(["--uci", str(uci), "--stores", str(stores), "--out", str(out), "--baskets", "3"])
    return {p.name: list(csv.reader(gzip.decompress(p.read_bytes()).decode().splitlines())) for p in out.iterdir()}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, list[list[str]]]:
    return extract(tmp_path)


def test_only_complete_baskets_at_known_prices_remain(made: dict[str, list[list[str]]]) -> None:
    assert made["retail_orders.csv.gz"] == [
        ["invoice", "at", "customer", "country", "lines"],
        ["1", "2010-12-01 08:26", "17850", "United Kingdom", "10001A*2@255"],
        ["2", "2010-12-01 09:00", "", "United Kingdom", "10001A*6@255"],
        ["3", "2010-12-01 09:30", "1", "France", "10001A*4@210"],
    ]


def test_a_good_gets_its_usual_name_and_its_list_and_trade_price(made: dict[str, list[list[str]]]) -> None:
    assert made["retail_goods.csv.gz"] == [
        ["sku", "title", "list_minor", "trade_minor"],
        ["10001A", "RED MUG", "255", "210"],
    ]


def test_stores_are_mended_and_sorted(made: dict[str, list[list[str]]]) -> None:
    rows = made["retail_stores.csv.gz"]
    assert [row[0] for row in rows] == ["code", "5", "8"]
    assert rows[1][6] == "55344"
    assert rows[2] == (
        ["8", "Express", "Bradley", "1 Way", "Windsor Locks", "CT", "06096", "-72.600000", "41.900000"]
        + ["Mon: 0:00-24:00; Sat: 9:00-22:00; Sun: 13:00-17:30", "Sony Experience|Geek Squad"]
    )


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        extract(folder)
    for path in (first / "out").iterdir():
        assert path.read_bytes() == (second / "out" / path.name).read_bytes()
