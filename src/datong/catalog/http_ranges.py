"""Categories and assortments over HTTP: what is sold where."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog import api
from datong.catalog.http_products import Key, Language, Title, Word
from datong.catalog.types import AssortmentLine, Category
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.db import in_brand
from datong.kernel.once import once

router = Router(tags=["products"])


class CategoryIn(Body):
    """A node of the tree; `run` says who sells in it: '' as the one above."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200), READABLE]
    title: Title
    parent: Word = ""
    run: Literal["", "self_run", "open"] = ""
    titles: Annotated[dict[Language, Word], Field(max_length=30)] = {}
    position: Annotated[int, Field(ge=-1_000_000, le=1_000_000), NUMBER] = 0


class CategoriesIn(Body):
    categories: Annotated[list[CategoryIn], Field(min_length=1, max_length=1000)]


class CategoryOut(Schema):
    code: str
    title: str
    parent: str
    run: str
    titles: dict[str, str]
    position: int


class CategoriesOut(Schema):
    categories: list[CategoryOut]


@router.get("/categories", response=CategoriesOut, summary="The category tree", operation_id="list_categories")
def list_categories(request: HttpRequest) -> dict[str, Any]:
    """All categories in the order they are shown; `parent` '' is the top."""
    client = require(request, Scope.CATALOG_READ)
    return _tree(client.brand_id)


@router.put("/categories", response=CategoriesOut, summary="Put categories", operation_id="put_categories")
def put_categories(request: HttpRequest, tree: CategoriesIn) -> dict[str, Any]:
    """Add categories or change them, all or nothing; those that are not named stay as they are."""
    client = require(request, Scope.CATALOG_WRITE)
    nodes = [msgspec.convert(node.model_dump(), Category) for node in tree.categories]
    api.put_categories(client.brand_id, nodes, by=f"key {client.name}")
    return _tree(client.brand_id)


def _tree(brand: UUID) -> dict[str, Any]:
    return {"categories": [asdict(category) for category in api.categories_of(brand).values()]}


class AssortmentLineIn(Body):
    """Whether a store or channel sells everything (`key` ''), a category or a product (by its code)."""

    place: Literal["store", "channel"]
    place_id: UUID
    about: Literal["all", "category", "product"]
    key: Word = ""
    listed: StrictBool


class AssortmentIn(Body):
    set: Annotated[list[AssortmentLineIn], Field(max_length=1000)] = []
    clear: Annotated[list[AssortmentLineIn], Field(max_length=1000)] = []


class AssortmentOut(Schema):
    lines: list[dict[str, Any]]


class PlaceWanted(Schema):
    place_id: UUID | None = None
    product: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""


@router.get("/assortments", response=AssortmentOut, summary="What is sold where", operation_id="list_assortments")
def list_assortments(request: HttpRequest, wanted: Query[PlaceWanted]) -> dict[str, Any]:
    """The lines of a place, or those about a product. What no line speaks of is sold."""
    client = require(request, Scope.CATALOG_READ)
    found = api.assortment_of(client.brand_id, place_id=wanted.place_id, product=wanted.product)
    return {"lines": [asdict(line) for line in found]}


@router.put("/assortments", response=AssortmentOut, summary="Say what is sold where", operation_id="put_assortments")
def put_assortments(request: HttpRequest, wanted: AssortmentIn, idempotency_key: Key = "") -> dict[str, Any]:
    """Set lines and take lines back; the narrowest line that speaks of a product decides."""
    client = require(request, Scope.CATALOG_WRITE)
    put = [msgspec.convert(line.model_dump(), AssortmentLine) for line in wanted.set]
    clear = [msgspec.convert(line.model_dump(), AssortmentLine) for line in wanted.clear]

    def change() -> dict[str, Any]:
        api.set_assortment(client.brand_id, put, clear=clear, by=f"key {client.name}")
        return {"lines": [asdict(line) for line in put]}

    with in_brand(client.brand_id):
        answer: dict[str, Any] = once("assortment", idempotency_key, wanted.model_dump(mode="json"), change)
        return answer
