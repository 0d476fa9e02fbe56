"""A program sends a table, reads what is wrong, lets it in and takes it back; with its own scopes only."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from datong.access.api import create_client
from datong.access.types import Scope
from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.catalog.api import items_by_sku
from datong.imports import api as imports
from datong.imports.tests.conftest import Desk
from datong.kernel.ids import uuid7

ALL = (Scope.IMPORTS_READ, Scope.IMPORTS_WRITE, Scope.CATALOG_WRITE, Scope.STOCK_WRITE)
ROWS = [
    {"sku": "CUP", "title": "Cup", "price": "12.00"},
    {"sku": "POT", "title": "Pot", "price": "1.234"},
    {"sku": "JAR", "title": None, "price": 3},
]


@dataclass
class Program:
    desk: Desk
    client: Client
    key: str

    def call(self, method: str, path: str, body: Any = None, status: int = 202) -> Any:
        answer = self.client.generic(
            method, f"/api/v1/imports{path}", json.dumps(body) if body is not None else "",
            content_type="application/json", headers={"authorization": f"Bearer {self.key}"},
        )  # fmt: skip
        assert answer.status_code == status, answer.content
        return answer.json() if "json" in answer["Content-Type"] else answer

    def work(self, run: dict[str, Any]) -> dict[str, Any]:
        """What the worker does, and how it stands then."""
        for _ in imports.work(self.desk.brand.id, UUID(run["id"])):
            pass
        found: dict[str, Any] = self.call("GET", f"/{run['id']}", status=200)
        return found


@pytest.fixture
def program(desk: Desk, client: Client) -> Callable[..., Program]:
    def make(*scopes: Scope) -> Program:
        channel = Channel(uuid7(), f"erp-{len(scopes)}", "ERP", ChannelKind.API, role="sells")
        register_channel(desk.brand.id, channel)
        return Program(desk, client, create_client(desk.brand.id, channel.id, "erp", list(scopes), by="test").key)

    return make


def test_rows_are_checked_let_in_and_taken_back(program: Callable[..., Program], desk: Desk) -> None:
    erp = program(*ALL)
    sent = erp.call("POST", "", {"kind": "products", "rows": ROWS})
    assert (sent["state"], sent["rows"], sent["lacking"], sent["by"]) == ("checking", 3, [], "key erp")
    checked = erp.work(sent)
    assert (checked["state"], checked["new"], checked["bad"]) == ("checked", 1, 2)
    assert items_by_sku(desk.brand.id, ["CUP"]) == {}
    told = erp.call("GET", f"/{sent['id']}/faults", status=200)
    assert [(f["line"], f["column"], f["code"], f["value"]) for f in told["faults"]] == [
        (2, "price", "ambiguous", "1.234"), (3, "title", "needed_first", ""),
    ]  # fmt: skip
    assert told["faults"][0]["fix"] and told["next"] is None
    bad = erp.call("GET", f"/{sent['id']}/bad-rows", status=200)
    assert b"POT" in bad.content and b"CUP" not in bad.content
    assert erp.call("POST", f"/{sent['id']}/start", {"mode": "all"}, 409)
    erp.call("POST", f"/{sent['id']}/start", {})
    assert erp.work(sent)["state"] == "done"
    assert set(items_by_sku(desk.brand.id, ["CUP", "POT"])) == {"CUP"}
    erp.call("POST", f"/{sent['id']}/undo", {})
    assert erp.work(sent)["state"] == "undone"
    assert items_by_sku(desk.brand.id, ["CUP"]) == {}


def test_a_file_with_headings_of_its_own_is_mapped_by_hand(program: Callable[..., Program], desk: Desk) -> None:
    erp = program(*ALL)
    data = base64.b64encode("编号X,品名Y\nA,茶杯\n".encode("gbk")).decode()
    file = {"kind": "products", "name": "货品.csv", "data": data}
    sent = erp.call("POST", "", file)
    assert (sent["state"], sent["lacking"], sent["name"]) == ("read", ["sku"], "货品.csv")
    assert erp.call("POST", "", file)["id"] == sent["id"]
    wrong = erp.call("PUT", f"/{sent['id']}/columns", {"columns": {"sku": "nope"}}, 422)
    assert wrong["problems"][0]["field"] == "/columns/sku"
    erp.call("PUT", f"/{sent['id']}/columns", {"columns": {"sku": "编号X", "title": "品名Y"}})
    assert erp.work(sent)["new"] == 1
    assert [run["id"] for run in erp.call("GET", "?kind=products", status=200)["imports"]] == [sent["id"]]


def test_a_key_sends_what_its_scopes_cover_and_never_staff(program: Callable[..., Program], desk: Desk) -> None:
    erp = program(Scope.IMPORTS_READ, Scope.IMPORTS_WRITE)
    erp.call("POST", "", {"kind": "products", "rows": ROWS}, 403)
    erp.call("POST", "", {"kind": "stock", "rows": [{"store": "0001", "sku": "CUP", "on_hand": 1}]}, 403)
    erp.call("POST", "", {"kind": "staff", "rows": [{"username": "eve", "role": "owner", "name": "Eve"}]}, 422)
    staff = desk.send("staff", "username,name,role\neve,Eve,owner\n")
    goods = desk.send("products", "sku,title\nCUP,Cup\n")
    erp.call("GET", f"/{staff.id}", status=404)
    erp.call("GET", f"/{staff.id}/bad-rows", status=404)
    erp.call("POST", f"/{goods.id}/undo", {}, 403)
    assert [run["kind"] for run in erp.call("GET", "", status=200)["imports"]] == ["products"]
    erp.call("POST", "", {"kind": "stores"}, 422)
    reader = program(Scope.IMPORTS_READ, Scope.CATALOG_WRITE, Scope.STORES_READ)
    reader.call("POST", "", {"kind": "products", "rows": ROWS}, 403)
    reader.call("GET", f"/{goods.id}", status=200)


MONEY = (Scope.IMPORTS_READ, Scope.IMPORTS_WRITE, Scope.CUSTOMERS_WRITE, Scope.WALLET_READ, Scope.WALLET_WRITE)
HELD = [{"member": "M-1", "principal": "128.50"}, {"member": "M-9", "principal": "5.00"}]


@pytest.mark.requirement("S-398")
def test_a_take_over_is_compared_read_row_by_row_and_signed_with_a_second_key(
    program: Callable[..., Program], desk: Desk
) -> None:
    desk.take("customers", "number,name\nM-1,Ann\n")
    at = program(*MONEY)
    run = at.call("POST", "", {"kind": "stored_value", "rows": HELD})
    at.work(run)
    at.call("POST", f"/{run['id']}/start", {})
    at.work(run)
    path = f"/{run['id']}/reconciliations"
    totals = [{"group": ["USD"], "measure": "principal", "value": 13_350}]
    asked = at.call("POST", path, {"totals": totals})
    assert at.call("POST", path, {"totals": totals})["id"] == asked["id"] and asked["state"] == "waiting"
    one = f"{path}/{asked['id']}"
    assert "not made" in at.call("POST", f"{one}/sign", {}, status=409)["detail"]
    imports.reconcile(desk.brand.id, UUID(asked["id"]))
    found = at.call("GET", one, status=200)
    assert (found["state"], found["agrees"], found["differences"]) == ("done", False, 1)
    assert found["totals"][1] == {
        "group": ["USD"], "unit": "USD", "measure": "principal", "control": 13_350, "file": 13_350, "here": 12_850,
        "difference": -500,
    }  # fmt: skip
    (row,) = at.call("GET", f"{one}/differences", status=200)["differences"]
    assert (row["line"], row["what"], row["why"], row["file"]["amounts"]["principal"], row["here"]) == (
        2, "missing", "unknown_holder", 500, None,
    )  # fmt: skip
    assert at.call("GET", f"{one}/differences?after=1", status=200) == {"differences": [], "next": None}
    assert "second person" in at.call("POST", f"{one}/sign", {"note": "left"}, status=409)["detail"]
    channel = Channel(uuid7(), "audit", "Audit", ChannelKind.API, role="sells")
    register_channel(desk.brand.id, channel)
    other = Program(desk, at.client, create_client(desk.brand.id, channel.id, "audit", list(MONEY), by="test").key)
    assert other.call("POST", f"{one}/sign", {}, status=422)["problems"][0]["field"].endswith("note")
    signed = other.call("POST", f"{one}/sign", {"note": "M-9 left"}, status=200)
    assert (signed["state"], signed["signed_by"], signed["note"]) == ("signed", "key audit", "M-9 left")
    assert at.call("GET", path, status=200)["reconciliations"][0]["signed_by"] == "key audit"
    program(Scope.IMPORTS_READ).call("GET", one, status=404)


def test_a_program_takes_balances_out_masked_unless_it_may_bring_them_in(
    program: Callable[..., Program], desk: Desk
) -> None:
    desk.take("customers", "number,name\nM-1,Ann\n")
    desk.take("cards", "number,member\n88001234,M-1\n")
    shown, whole, none = program(Scope.IMPORTS_READ, Scope.WALLET_READ), program(*MONEY), program(Scope.IMPORTS_READ)

    def taken(at: Program, status: int = 200, kind: str = "cards") -> str:
        answer = at.call("GET", f"/tables/{kind}", status=status)
        return b"".join(answer.streaming_content).decode() if status == 200 else ""

    assert "***1234" in taken(shown) and "88001234" not in taken(shown)
    assert "88001234" in taken(whole)
    taken(none, status=403)
    taken(shown, status=403, kind="customers")
    sheet = whole.call("GET", "/tables/cards?format=xlsx", status=200)
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
