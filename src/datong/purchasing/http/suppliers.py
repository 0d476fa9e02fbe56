"""Suppliers (供应商) and what they sell, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog.api import items_by_id, items_by_sku
from datong.kernel import locks
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.purchasing import api
from datong.purchasing.types import Supplier, SupplierItem

router = Router(tags=["purchasing"])

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
Days = Annotated[int, Field(ge=0, le=365), NUMBER]
Minor = Annotated[int, Field(ge=0, le=10**15), NUMBER]
Units = Annotated[int, Field(ge=0, le=1_000_000), NUMBER]
FIELDS = ("code", "name", "email", "phone", "terms", "lead_days", "min_order_minor", "active")
TERMS = ("price_minor", "pack_units", "min_units", "lead_days", "shelf_life_days")


class SupplierOut(Schema):
    """`lead_days`: from the order to the goods; `min_order_minor`: the least order, in the brand's currency."""

    code: str
    name: str
    email: str
    phone: str
    terms: str
    lead_days: int
    min_order_minor: int
    active: bool


class SuppliersOut(Schema):
    """By code; `next` is the `after` of the page after it, absent on the last."""

    suppliers: list[SupplierOut]
    next: str | None = None


class SuppliersWanted(Schema):
    after: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/suppliers", response=SuppliersOut, summary="Suppliers", operation_id="list_suppliers")
def list_suppliers(request: HttpRequest, wanted: Query[SuppliersWanted]) -> dict[str, Any]:
    """Who delivers goods, those no longer used too."""
    client = require(request, Scope.PURCHASING_READ)
    found = sorted((s for s in api.suppliers(client.brand_id) if s.code > wanted.after), key=lambda s: s.code)
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    return {"suppliers": [_supplier(s) for s in found], "next": found[-1].code if more else None}


@router.get(
    "/suppliers/{code}", response={200: SupplierOut, 404: None}, summary="One supplier", operation_id="get_supplier"
)
def get_supplier(request: HttpRequest, code: Code) -> dict[str, Any]:
    """Who it is and on which terms it delivers."""
    client = require(request, Scope.PURCHASING_READ)
    return _supplier(_find(client.brand_id, code))


class SupplierIn(Body):
    """A field left out is empty, or as a new supplier has it: the body is what the supplier is."""

    name: Annotated[str, StringConstraints(max_length=120), READABLE]
    email: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""
    phone: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""
    terms: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""
    lead_days: Days = 7
    min_order_minor: Minor = 0
    active: StrictBool = True


@router.put(
    "/suppliers/{code}", response={200: SupplierOut, 404: None}, summary="Put a supplier", operation_id="put_supplier"
)
def put_supplier(request: HttpRequest, code: Code, wanted: SupplierIn) -> dict[str, Any]:
    """Add a supplier under its number, or say anew what it is; the same again changes nothing."""
    client = require(request, Scope.PURCHASING_WRITE)
    with in_brand(client.brand_id):
        locks.take(f"purchasing supplier {client.brand_id} {code}")  # of two that add it the second finds the first's
        known = next(iter(api.suppliers(client.brand_id, code=code)), None)
        after = replace(known or Supplier(uuid7(), code, ""), **wanted.model_dump())
        if after != known:
            api.put_supplier(client.brand_id, after, by=f"client {client.name}")
        return _supplier(_find(client.brand_id, code))


class SupplierItemOut(Schema):
    """One item as this supplier sells it; `price_minor` is of one unit."""

    sku: str
    price_minor: int
    pack_units: int
    min_units: int
    lead_days: int | None
    shelf_life_days: int | None


class SupplierItemsOut(Schema):
    items: list[SupplierItemOut]


@router.get(
    "/suppliers/{code}/items",
    response={200: SupplierItemsOut, 404: None},
    summary="What a supplier sells",
    operation_id="list_supplier_items",
)
def list_supplier_items(request: HttpRequest, code: Code) -> dict[str, Any]:
    """By item, at most 10,000."""
    client = require(request, Scope.PURCHASING_READ)
    return _items(client.brand_id, _find(client.brand_id, code).id)


class SupplierItemIn(Body):
    """Only whole packs are ordered; `lead_days` null: the supplier's own."""

    sku: Sku
    price_minor: Minor
    pack_units: Annotated[int, Field(ge=1, le=1_000_000), NUMBER] = 1
    min_units: Units = 0
    lead_days: Days | None = None
    shelf_life_days: Annotated[int, Field(ge=0, le=36_500), NUMBER] | None = None


class SupplierItemsIn(Body):
    items: Annotated[list[SupplierItemIn], Field(min_length=1, max_length=500)]


@router.put(
    "/suppliers/{code}/items",
    response={200: SupplierItemsOut, 404: None},
    summary="Put what a supplier sells",
    operation_id="put_supplier_items",
)
def put_supplier_items(request: HttpRequest, code: Code, wanted: SupplierItemsIn) -> dict[str, Any]:
    """Add items or change their terms; items that are not named stay as they are. The same again changes nothing."""
    client = require(request, Scope.PURCHASING_WRITE)
    supplier = _find(client.brand_id, code)
    known = items_by_sku(client.brand_id, [line.sku for line in wanted.items])
    wrong = [
        Problem(f"/items/{n}/sku", "unknown_sku", "an item of this brand", line.sku)
        for n, line in enumerate(wanted.items)
        if line.sku not in known
    ]
    if wrong:
        raise BadInput("some of these items are not known", *wrong)
    rows = [
        SupplierItem(supplier.id, known[line.sku].id, **{name: getattr(line, name) for name in TERMS})
        for line in wanted.items
    ]
    api.put_supplier_items(client.brand_id, rows, by=f"client {client.name}")
    return _items(client.brand_id, supplier.id)


def _find(brand_id: UUID, code: str) -> Supplier:
    found = next(iter(api.suppliers(brand_id, code=code)), None)
    if found is None:
        raise NotFound(f"no supplier {code}")
    return found


def _supplier(found: Supplier) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FIELDS}


def _items(brand_id: UUID, supplier_id: UUID) -> dict[str, Any]:
    rows = api.supplier_items(brand_id, supplier_id=supplier_id)
    items = items_by_id(brand_id, [r.item_id for r in rows])
    return {
        "items": [
            {
                "sku": items[r.item_id].sku if r.item_id in items else str(r.item_id),
                **{name: getattr(r, name) for name in TERMS},
            }
            for r in rows
        ]
    }
