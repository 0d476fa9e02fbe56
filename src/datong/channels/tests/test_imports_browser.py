"""A real Chromium imports a file with errors, corrects what it gets back, sends that again, and undoes it all."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from datong.catalog.api import items_by_sku
from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium, enter, examine, page
from datong.imports import api as imports

__all__ = ["address", "chromium", "page"]

pytestmark = pytest.mark.browser
FILE = "编码,商品名称,售价,条码\nMUG,杯,9.50,\nJAR,罐,1.234,\nTIN,盒,8,4006381333932\n"


def work(house: House) -> None:
    """What the worker does meanwhile."""
    for run in imports.list_runs(house.brand.id)[0]:
        for _ in imports.work(house.brand.id, run.id):
            pass


def send(page: Page, file: Path) -> None:
    page.goto("/imports/?kind=products")
    page.get_by_label("What is in it").select_option("products")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


def known(house: House) -> set[str]:
    return set(items_by_sku(house.brand.id, ["MUG", "JAR", "TIN"]))


@pytest.mark.requirement("S-118")
def test_a_file_with_errors_is_corrected_sent_again_and_undone(
    page: Page, committed_house: House, tmp_path: Path
) -> None:
    file, corrected = tmp_path / "goods.csv", tmp_path / "corrected.csv"
    file.write_bytes(FILE.encode("gb18030"))
    enter(page, committed_house)
    send(page, file)
    # One heading is not known: it is mapped by hand, and remembered.
    page.locator("select[name=at-sku]").select_option(label="编码")
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work(committed_house)
    expect(page.get_by_text("3 rows, 2 need a correction: nothing has been changed yet.")).to_be_visible()
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong).to_contain_text("This can be read in two ways: 1234 or 1.234.")
    expect(wrong).to_contain_text("with these digits it would be 4006381333931")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the bad rows").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert (len(text.splitlines()), "MUG" in text) == (3, False)
    page.get_by_role("button", name="Let 1 row in").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work(committed_house)
    expect(page.get_by_text("1 row went in.")).to_be_visible()
    assert known(committed_house) == {"MUG"}

    corrected.write_text(text.replace("1.234", "12.34").replace("333932", "333931"), "utf-8-sig")
    send(page, corrected)
    page.locator("select[name=at-sku]").select_option(label="编码")
    page.get_by_role("button", name="Check every row").click()
    work(committed_house)
    expect(page.get_by_text("2 rows, all good: nothing has been changed yet.")).to_be_visible()
    assert examine(page) == []
    page.get_by_role("button", name="Let 2 rows in").click()
    work(committed_house)
    expect(page.get_by_text("2 rows went in.")).to_be_visible()
    assert known(committed_house) == {"MUG", "JAR", "TIN"}
    page.get_by_role("button", name="Undo the whole import").click()
    work(committed_house)
    expect(page.get_by_text("Everything is as it was before.")).to_be_visible()
    assert known(committed_house) == {"MUG"}
