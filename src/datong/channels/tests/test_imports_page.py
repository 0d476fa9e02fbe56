"""The pages of imports, through real requests: send, map, check, start, undo; and who may."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from datong.access.types import Role
from datong.catalog.api import items_by_sku
from datong.channels.tests.conftest import House
from datong.imports import api as imports
from datong.imports.types import Run

PRODUCTS = b"sku,title,price\nMUG,Mug,9\nJAR,,abc\n"


def send(client: Client, kind: str, data: bytes, name: str = "goods.csv", **more: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post("/imports/", {"kind": kind, "file": file, **more}, follow=True)


def run_of(response: Any) -> UUID:
    return UUID(re.search(r"/imports/([0-9a-f-]{36})/", response.request["PATH_INFO"])[1])  # type: ignore[index]


def work(house: House, run_id: UUID) -> Run:
    for _ in imports.work(house.brand.id, run_id):
        pass
    return imports.get_run(house.brand.id, run_id)


def act(client: Client, run_id: UUID, verb: str, **more: Any) -> Any:
    return client.post(f"/imports/{run_id}/act/", {"verb": verb, **more}, follow=True)


def test_a_file_is_checked_let_in_and_undone(house: House) -> None:
    client = house.client()
    sent = send(client, "products", PRODUCTS)
    run_id = run_of(sent)
    assert "Checking every row" in sent.content.decode()
    assert client.get(f"/imports/{run_id}/now/").status_code == 200
    work(house, run_id)
    rested = client.get(f"/imports/{run_id}/now/")
    assert (rested.status_code, rested["HX-Refresh"]) == (204, "true")
    page = client.get(f"/imports/{run_id}/").content.decode()
    assert "This is not an amount." in page
    assert "Let 1 row in" in page
    bad = client.get(f"/imports/{run_id}/bad-rows/")
    assert 'filename="products-to-correct.csv"' in bad["Content-Disposition"]
    assert "JAR" in bad.content.decode()
    assert "MUG" not in bad.content.decode()
    act(client, run_id, "start", mode="good")
    work(house, run_id)
    assert set(items_by_sku(house.brand.id, ["MUG", "JAR"])) == {"MUG"}
    assert "1 row went in." in client.get(f"/imports/{run_id}/").content.decode()
    act(client, run_id, "undo")
    work(house, run_id)
    assert "Everything is as it was before." in client.get(f"/imports/{run_id}/").content.decode()
    assert items_by_sku(house.brand.id, ["MUG"]) == {}


def test_who_has_sent_nothing_yet_tries_it_with_a_sample_file(house: House) -> None:
    client = house.client()
    assert "/imports/sample.csv" in client.get("/imports/").content.decode()
    sample = client.get("/imports/sample.csv")
    assert 'filename="customers-sample.csv"' in sample["Content-Disposition"]
    run_id = run_of(send(client, "customers", sample.content, "customers-sample.csv"))
    found = work(house, run_id)
    assert (found.counts.new, found.counts.bad) == (3, 0)
    assert "/imports/sample.csv" not in client.get("/imports/").content.decode()
    chinese = client.get("/imports/sample.csv", headers={"Accept-Language": "zh-hans"}).content.decode("utf-8-sig")
    assert "王样例" in chinese or "Ann Sample" in chinese


def test_columns_are_mapped_by_hand_and_remembered(house: House) -> None:
    client = house.client()
    sent = send(client, "products", b"article,name of it,retail\nMUG,Mug,9\n")
    run_id = run_of(sent)
    assert "say which heading is which column" in sent.content.decode()
    lacking = act(client, run_id, "check", **{"at-title": "1"})
    assert (lacking.status_code, "Something that is needed is missing" in lacking.content.decode()) == (422, True)
    act(client, run_id, "check", **{"at-sku": "0", "at-title": "1", "at-price": "2", "all-category": "Cups"})
    assert work(house, run_id).counts.new == 1
    again = send(client, "products", b"article,name of it,retail\nJAR,Jar,9\n")
    assert "columns as you mapped them last time" in again.content.decode()


def test_the_same_file_again_shows_what_became_of_it(house: House) -> None:
    client = house.client()
    first, second = send(client, "products", PRODUCTS), send(client, "products", PRODUCTS)
    assert run_of(first) == run_of(second)
    assert "This very file was sent before" in second.content.decode()


def test_a_file_that_is_no_table_is_refused_with_the_reason(house: House) -> None:
    page = send(house.client(), "products", b"")
    assert page.status_code in (200, 422)
    refused = send(house.client(), "products", bytes(range(256)) * 4)
    assert (refused.status_code, "neither an Excel workbook nor a text file" in refused.content.decode()) == (422, True)


def test_templates_and_exports_are_downloaded(house: House) -> None:
    client = house.client()
    book = load_workbook(io.BytesIO(client.get("/imports/templates/stores.xlsx?language=zh-hans").content))
    sheet = book.worksheets[0]
    assert [sheet["A1"].value, sheet["A2"].value, sheet.freeze_panes] == ["门店编号", "Store number", "A3"]
    assert sheet["A1"].comment is not None
    assert len(book.worksheets) == 2
    assert [v.formula1 for v in sheet.data_validations.dataValidation][0] == '"own,franchise,partner,acquired"'
    sent: Any = client.get("/imports/exports/products.csv")
    export = b"".join(sent.streaming_content).decode("utf-8-sig")
    assert "CUP" in export
    assert client.get("/imports/templates/stores.pdf").status_code == 404


@pytest.mark.parametrize(
    ("role", "opens", "sends", "staff"),
    [
        (Role.HQ, 200, 200, 200),
        (Role.MERCHANDISER, 200, 200, 403),
        (Role.AUDITOR, 200, 403, 200),
        (Role.AGENT, 403, 403, 403),
    ],
)
def test_who_may_open_send_and_export(house: House, role: Role, opens: int, sends: int, staff: int) -> None:
    client = house.client(role)
    assert client.get("/imports/").status_code == opens
    assert send(client, "products", PRODUCTS).status_code == sends
    assert client.get("/imports/exports/staff.csv").status_code == staff


def test_staff_that_came_in_has_no_password_and_the_page_says_that_nobody_was_invited(house: House) -> None:
    client = house.client()
    run_id = run_of(send(client, "staff", b"username,name,role\nfinn,Finn,finance\n", "staff.csv"))
    work(house, run_id)
    assert "Nobody was invited" not in client.get(f"/imports/{run_id}/").content.decode()
    act(client, run_id, "start", mode="good")
    work(house, run_id)
    page = client.get(f"/imports/{run_id}/").content.decode()
    assert "1 log-in has no password yet" in page
    assert "Nobody was invited." in page
