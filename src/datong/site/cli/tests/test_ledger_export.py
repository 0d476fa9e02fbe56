from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from datong.channels.tests.conftest import open_house
from datong.site.cli.tests.test_setting_up import said

BEAN_CHECK = Path(sys.executable).parent / "bean-check"


@pytest.mark.requirement("S-201")
def test_the_books_of_a_day_of_orders_go_to_beancount_and_to_tables(committed_db, make_brand, tmp_path):
    house = open_house(make_brand())
    house.sold_elsewhere(2000)
    house.place()
    files = {name: tmp_path / f"books.{name}" for name in ("beancount", "csv", "xlsx")}
    for name, file in files.items():
        told = said("ledger", "export", str(file), "--format", name, "--brand", house.brand.slug)
        assert "transfers in" in told
    checked = subprocess.run(  # noqa: S603
        [BEAN_CHECK, files["beancount"]], capture_output=True, text=True, timeout=60, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    rows = files["csv"].read_text("utf-8-sig").splitlines()
    assert len(rows) == load_workbook(files["xlsx"]).active.max_row > 4
    assert any("expense:commission" in row for row in rows)
