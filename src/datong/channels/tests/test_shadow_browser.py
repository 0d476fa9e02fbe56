"""A real Chromium beside the systems: connect, feed, look, open the evidence, explain, take the paper along."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from datong.channels.tests.conftest import House
from datong.channels.tests.test_browser import address, chromium, enter, page

__all__ = ["address", "chromium", "page"]

pytestmark = pytest.mark.browser


def connect(page: Page, code: str, kind: str) -> None:
    page.get_by_label("Short name").fill(code)
    page.get_by_label("It is", exact=True).select_option(label=kind)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("is connected, reading only.")).to_be_visible()


def give(page: Page, folder: Path, holds: str, system: str, text: str) -> None:
    file = folder / f"{system}-{holds}.csv".lower()
    file.write_text(text)
    page.get_by_label("It holds").select_option(label=holds)
    page.get_by_label("It is an export of").select_option(system)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("region", name="Files taken")).to_contain_text(file.name)


@pytest.mark.requirement("S-163", "S-175")
def test_somebody_feeds_files_looks_explains_and_takes_the_paper(
    page: Page, committed_house: House, tmp_path: Path
) -> None:
    enter(page, committed_house)
    page.goto("/shadow/")
    page.get_by_role("button", name="Start looking").click()
    connect(page, "shop", "shop")
    connect(page, "erp", "ERP")
    give(page, tmp_path, "Stock", "erp", "sku,store,units,at\nCUP,NEAR,2,2026-11-20 00:00\n")
    head = "order,placed,store,sku,units,price,ref,source"
    give(
        page, tmp_path, "Orders", "shop", f"{head}\n1,2026-11-20 10:00,NEAR,CUP,3,12.00,,\n2,20.11.2026,,CUP,1,1.00,,\n"
    )
    expect(page.get_by_text("1 row could not be read; see below.")).to_be_visible()
    give(page, tmp_path, "Orders", "erp", f"{head}\nSO1,2026-11-20 10:00,NEAR,CUP,3,12.00,1,shop\n")
    page.get_by_role("button", name="Look now").click()
    expect(page.locator(".page-lead")).to_have_text("In one day: 1 oversell worth $12.00. $12.00 at stake.")
    page.get_by_role("link", name="Oversold", exact=True).last.click()
    page.get_by_role("link", name="CUP").click()
    evidence = page.get_by_role("region", name="Evidence")
    expect(evidence.get_by_role("row")).to_have_count(3)
    expect(evidence).to_contain_text("erp")
    page.get_by_label("Why").fill("a demonstration unit")
    page.get_by_role("button", name="Mark as explained").click()
    expect(page.get_by_text("It no longer counts")).to_be_visible()
    page.goto("/shadow/")
    expect(page.locator(".page-lead")).to_contain_text("nothing that does not fit")
    with page.expect_download() as download:
        page.get_by_role("link", name="Board PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
