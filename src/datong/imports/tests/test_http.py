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
