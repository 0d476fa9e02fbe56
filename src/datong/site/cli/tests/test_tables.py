"""`datong import KIND FILE` and `datong export KIND FILE`, as a new user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from datong.brand.api import list_stores
from datong.brand.types import Brand
from datong.catalog.api import items_by_sku
from datong.imports.api import kinds
from datong.site.cli.tables import KINDS
from datong.site.cli.tests.test_setting_up import datong, leaf, said, sheet

__all__ = ["leaf", "sheet"]

ROOT = Path(__file__).parents[5]
PRODUCTS = "商品编码,商品名称,售价,条码 GTIN\nTEA,茶,12.00,\nPOT,壶,1.234,\nTIN,罐,8,4006381333932\n"

EMPTY = (
    "staff", "suppliers", "levels", "taxes", "customers", "cards", "stored_value", "gift_cards", "points", "vouchers",
)  # fmt: skip
"""Kinds of which a new brand has nothing, and those that only come in."""


def test_the_commands_are_those_of_the_kinds() -> None:
    assert [kind.name for kind in kinds()] == list(KINDS)


def test_the_page_of_the_columns_is_that_of_the_kinds() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "tools/template_columns.py"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "| `sku` |" in made.stdout
    assert made.stdout == (ROOT / "docs/reference/templates.md").read_text()


@pytest.mark.requirement("S-60", "S-62")
def test_bad_rows_are_corrected_and_sent_again_and_all_of_it_undone(leaf: Brand, tmp_path: Path) -> None:
    file, bad = tmp_path / "goods.csv", tmp_path / "bad.csv"
    file.write_bytes(PRODUCTS.encode("gb18030"))
    dry = datong("import", "products", str(file), "--dry-run", "--json")
    assert (dry.exit_code, json.loads(dry.stdout)["new"], json.loads(dry.stdout)["bad"]) == (1, 1, 2)
    assert items_by_sku(leaf.id, ["TEA"]) == {}
    done = datong("import", "products", str(file), "--errors", str(bad))
    assert "3 rows: 1 new, 0 changed, 0 the same, 2 bad" in done.stdout
    assert "row 3, 售价: '1.234' This can be read in two ways: 1234 or 1.234." in done.stderr
    assert "with these digits it would be 4006381333931" in done.stderr
    lines = bad.read_text("utf-8-sig").splitlines()
    assert (len(lines), lines[0]) == (3, "商品编码,商品名称,售价,条码 GTIN,Problem,Fix")
    bad.write_text("\n".join(lines).replace("1.234", "1234").replace("333932", "333931"), "utf-8-sig")
    again = json.loads(said("import", "products", str(bad), "--json"))
    assert (again["new"], again["bad"]) == (2, 0)
    assert set(items_by_sku(leaf.id, ["TEA", "POT", "TIN"])) == {"TEA", "POT", "TIN"}
    assert json.loads(said("import", "products", str(bad), "--json"))["repeated"] is True
    assert "undone; 0 rows were left" in said("import", "undo", again["run"])
    assert set(items_by_sku(leaf.id, ["TEA", "POT", "TIN"])) == {"TEA"}


def test_what_is_exported_comes_back_as_it_is(leaf: Brand, tmp_path: Path) -> None:
    for kind in KINDS:
        for ending in ("xlsx", "csv"):
            file = tmp_path / f"{kind}.{ending}"
            said("export", kind, str(file), "--language", "zh")
            if kind in EMPTY:
                continue  # there are none yet
            found = json.loads(said("import", kind, str(file), "--json"))
            assert (found["bad"], found["new"], found["changed"]) == (0, 0, 0), (kind, ending)
            assert found["same"] > 0


def test_a_template_is_filled_in_and_taken(leaf: Brand, tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    said("import", "template", "hours", str(file))
    text = file.read_text("utf-8-sig")
    assert text.splitlines() == ["Store,Day,Hours", "门店,日,时段"]
    file.write_text(text + "0001,2026-12-25,closed\n0001,周一至周五,9:00-21:00\n")
    found = json.loads(said("import", "hours", str(file), "--json"))
    assert (found["new"], found["changed"]) == (1, 1)
    store = list_stores(leaf.id)[0]
    assert store.hours.week[0] == ((540, 1260),)
    assert [spans for day, spans in store.hours.exceptions.items() if day.isoformat() == "2026-12-25"] == [()]


def test_a_renamed_column_is_named_with_its_fix_and_the_fix_takes_the_file(leaf: Brand, tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    file.write_text("Shop code,Day,Hours\n0001,2026-12-25,closed\n")
    lacks = datong("import", "hours", str(file))
    assert (lacks.exit_code, "the file has no column store" in lacks.stderr) == (1, True)
    assert '--map "store=HEADING": a heading for it among those of the file: Shop code, Day, Hours' in lacks.stderr
    found = json.loads(said("import", "hours", str(file), "--map", "store=Shop code", "--json"))
    assert (found["new"], found["bad"]) == (1, 0)
    file.write_text("Store,Dayy,Hours\n0001,2026-12-26,closed\n")
    near = datong("import", "hours", str(file))
    assert near.exit_code == 1 and "a column 'Dayy' that is not known, perhaps day" in near.stderr
    assert '--map "day=Dayy"' in near.stderr
    assert json.loads(said("import", "hours", str(file), "--map", "day=Dayy", "--json"))["new"] == 1


def test_a_date_that_excel_keeps_as_a_number_is_named_with_the_day_it_may_mean(leaf: Brand, tmp_path: Path) -> None:
    file, bad = tmp_path / "hours.xlsx", tmp_path / "bad.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Store", "Day", "Hours"])
    book.active.append(["0001", 46381, "closed"])
    book.save(file)
    done = datong("import", "hours", str(file), "--errors", str(bad))
    assert (done.exit_code, "0 new, 0 changed, 0 the same, 1 bad" in done.stdout) == (1, True)
    assert "row 2, Day: '46381' This is the number by which Excel keeps a date." in done.stderr
    assert "or write it: perhaps 2026-12-25." in done.stderr
    book = openpyxl.load_workbook(bad)
    book.active["B2"] = "2026-12-25"
    book.save(bad)
    again = json.loads(said("import", "hours", str(bad), "--json"))
    assert (again["new"], again["bad"]) == (1, 0)
    assert list_stores(leaf.id)[0].hours.exceptions[date(2026, 12, 25)] == ()
