"""What the operations about tables share: the kinds, and who may do what with which."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.imports import api
from datong.imports.types import Run
from datong.kernel.bodies import STORABLE
from datong.kernel.errors import NotFound

router = Router(tags=["imports"])

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]
Text = Annotated[str, StringConstraints(max_length=4000), STORABLE]
Cell = Annotated[Text, Field(strict=True)] | Annotated[bool, Field(strict=True)] | int | float | None
Kinds = Literal["stores", "hours", "products", "prices", "stock", "suppliers", "levels", "places", "taxes", "customers",
                "cards", "stored_value", "gift_cards", "points", "vouchers"]  # fmt: skip
# People get their rights from people: staff is no table of this door.
BALANCES = ("cards", "stored_value", "gift_cards", "points", "vouchers")
ALSO: dict[str, Scope] = {
    "products": Scope.CATALOG_WRITE,
    "prices": Scope.CATALOG_WRITE,
    "taxes": Scope.CATALOG_WRITE,
    "stock": Scope.STOCK_WRITE,
    "levels": Scope.STOCK_WRITE,
    "suppliers": Scope.PURCHASING_WRITE,
    "customers": Scope.CUSTOMERS_WRITE,
    **dict.fromkeys(BALANCES, Scope.WALLET_WRITE),
}
READS: dict[str, Scope] = {"customers": Scope.CUSTOMERS_READ, **dict.fromkeys(BALANCES, Scope.WALLET_READ)}
"""Kinds whose rows say something of people: who reads of them needs this, too."""


def writer(request: HttpRequest, kind: str) -> Client:
    client = require(request, Scope.IMPORTS_WRITE)
    return require(request, ALSO[kind]) if kind in ALSO else client


def run_for(client: Client, run_id: UUID) -> Run:
    run = api.get_run(client.brand_id, run_id)
    if run.kind == "staff" or not reads(client, run):
        raise NotFound(f"no import {run_id}")
    return run


def reads(client: Client, run: Run) -> bool:
    return run.kind not in READS or READS[run.kind] in client.scopes
