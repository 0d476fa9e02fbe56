"""Products, categories and assortments over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Header, Query, Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog import api
from datong.catalog.http_tables import NamedRate, product_rates
from datong.catalog.types import (
    Attribute,
    Product,
    ProductFilter,
    ProductState,
)
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body, Moment
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

router = Router(tags=["products"])

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
Word = Annotated[str, StringConstraints(max_length=200), STORABLE]
Text = Annotated[str, StringConstraints(max_length=10_000), STORABLE]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120), READABLE]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
Units = Annotated[int, Field(ge=1, le=10_000), NUMBER]
Times = Annotated[int, Field(ge=1, le=50), NUMBER]
Small = Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
Key = Annotated[str, Header(max_length=200)]


class PartIn(Body):
    """Units of another SKU that one unit uses up."""

    sku: Sku
    units: Units = 1


class PackIn(Body):
    title: Annotated[str, StringConstraints(min_length=1, max_length=60), READABLE]
    factor: Annotated[int, Field(ge=2, le=10_000), NUMBER]
    gtin: Annotated[str, StringConstraints(pattern="^([0-9]{8}|[0-9]{12,14})?$")] = ""


class VariantIn(Body):
    """One SKU: its value on each axis; `parts` make it a bundle."""

    sku: Sku
    values: Annotated[dict[str, Small], Field(max_length=5)] = {}
    gtin: Annotated[str, StringConstraints(pattern="^([0-9]{8}|[0-9]{12,14})?$")] = ""
    parts: Annotated[list[PartIn], Field(max_length=100)] = []
    packs: Annotated[list[PackIn], Field(max_length=20)] = []
    active: StrictBool = True


class ChoiceIn(Body):
    code: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=80), READABLE]
    delta_minor: Annotated[int, Field(ge=-(10**11), le=10**11), NUMBER] = 0
    most: Times = 1
    uses: Annotated[list[PartIn], Field(max_length=100)] = []
    titles: Annotated[dict[Language, Word], Field(max_length=30)] = {}


class ModifierIn(Body):
    """A group of choices; `least` 1 makes it required."""

    code: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=80), READABLE]
    least: Annotated[int, Field(ge=0, le=50), NUMBER] = 0
    most: Times = 1
    choices: Annotated[list[ChoiceIn], Field(min_length=1, max_length=60)]
    titles: Annotated[dict[Language, Word], Field(max_length=30)] = {}


class WordsIn(Body):
    title: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    description: Text = ""
    safety: Text = ""
    legal: Text = ""


class ProductIn(Body):
    """What a product says. Its state is changed by a step of its own."""

    template: Code
    title: Title
    kind: Literal["goods", "on_site", "service"] | None = None
    owner: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    category: Word = ""
    tax_class: Annotated[str, StringConstraints(min_length=1, max_length=40), READABLE] = "standard"
    unit: Annotated[str, StringConstraints(max_length=20), STORABLE] = ""
    seller: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    tags: Annotated[list[Small], Field(max_length=20)] = []
    axes: Annotated[list[Small], Field(max_length=5)] = []
    attributes: Annotated[dict[str, str | int | bool], Field(max_length=80)] = {}
    variants: Annotated[list[VariantIn], Field(max_length=200)] = []
    modifiers: Annotated[list[ModifierIn], Field(max_length=30)] = []
    composed: StrictBool | None = None
    texts: Annotated[dict[Language, WordsIn], Field(max_length=30)] = {}
    allergens: Annotated[list[Word], Field(max_length=14)] = []
    age_min: Annotated[int, Field(ge=0, le=99), NUMBER] = 0
    sold_from: Moment | None = None
    sold_to: Moment | None = None
    version: Annotated[int, Field(ge=0), NUMBER] | None = None
    reason: Word = ""


class ProductOut(Schema):
    """A product as it stands. `version` grows with every change; `rates` are told of one product, by attribute."""

    id: UUID
    code: str
    template: str
    title: str
    state: str
    kind: str
    owner: str
    version: int
    category: str
    tax_class: str
    unit: str
    seller: str
    derived_from: str
    tags: list[str]
    axes: list[str]
    attributes: dict[str, Any]
    rates: dict[str, NamedRate] = {}
    variants: list[dict[str, Any]]
    modifiers: list[dict[str, Any]]
    composed: bool
    texts: dict[str, dict[str, str]]
    allergens: list[str]
    age_min: int
    sold_from: datetime | None
    sold_to: datetime | None
    changed_at: datetime | None


class ProductPage(Schema):
    """A page in order of code; `next` is the `after` of the page after it, absent on the last."""

    products: list[ProductOut]
    next: str | None = None


class ProductWanted(Schema):
    text: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    template: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    state: ProductState | None = None
    category: Word = ""
    tag: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""
    after: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/products", response=ProductPage, summary="List products", operation_id="list_products")
def list_products(request: HttpRequest, wanted: Query[ProductWanted]) -> dict[str, Any]:
    """Products with their variants, options and parts, filtered and paged by code."""
    client = require(request, Scope.CATALOG_READ)
    found = api.list_products(client.brand_id, ProductFilter(**wanted.model_dump()))
    more = len(found) == wanted.limit
    return {"products": [_plain(p) for p in found], "next": found[-1].code if more else None}


@router.get(
    "/products/{code}", response={200: ProductOut, 404: None}, summary="One product", operation_id="get_product"
)
def get_product(request: HttpRequest, code: Word) -> dict[str, Any]:
    """The product with this code."""
    client = require(request, Scope.CATALOG_READ)
    product = _one(client.brand_id, code)
    return {**_plain(product), "rates": product_rates(client.brand_id, product)}


@router.put(
    "/products/{code}",
    response={200: ProductOut, 404: None, 409: None},
    summary="Put a product",
    operation_id="put_product",
)
def put_product(request: HttpRequest, code: Word, product: ProductIn) -> dict[str, Any]:
    """Add the product or replace what it says; a new one is an idea. The same again changes nothing.

    With `version` it is only changed when that is the version that stands.
    """
    client = require(request, Scope.CATALOG_WRITE)
    template = api.templates_of(client.brand_id).get(product.template)
    said = product.model_dump(exclude={"version", "reason"})
    said["kind"] = said["kind"] or (template.kind if template else "goods")
    said["composed"] = template.composed if said["composed"] is None and template else bool(said["composed"])
    whole = msgspec.convert({**said, "id": uuid7(), "code": code}, Product)
    expected = None if product.version is None else {code: product.version}
    by = f"key {client.name}"
    (done,) = api.put_products(client.brand_id, [whole], by=by, reason=product.reason, expected=expected)
    return _plain(done)


class StateIn(Body):
    state: Literal["idea", "development", "ready", "on_sale", "paused", "withdrawn"]
    reason: Word = ""


@router.put(
    "/products/{code}/state",
    response={200: ProductOut, 404: None},
    summary="Take a product a step further",
    operation_id="set_product_state",
)
def set_state(request: HttpRequest, code: Word, step: StateIn) -> dict[str, Any]:
    """Only what is on sale can be sold, at every door from this moment on."""
    client = require(request, Scope.CATALOG_WRITE)
    by = f"key {client.name}"
    return _plain(api.set_state(client.brand_id, code, ProductState(step.state), by=by, reason=step.reason))


class AttributeIn(Body):
    """What a product of the template says about itself; `choices` for the type choice."""

    code: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=80), READABLE]
    type: Literal["text", "long_text", "whole", "number", "yes_no", "choice", "date", "rate"] = "text"
    required: StrictBool = False
    choices: Annotated[list[Small], Field(max_length=60)] = []
    unit: Annotated[str, StringConstraints(max_length=20), STORABLE] = ""
    titles: Annotated[dict[Language, Word], Field(max_length=30)] = {}


class TemplateIn(Body):
    """A template of the brand's own: a copy of the one it is based on, with these attributes besides."""

    based_on: Code
    title: Annotated[str, StringConstraints(min_length=1, max_length=80), READABLE]
    attributes: Annotated[list[AttributeIn], Field(max_length=40)] = []


class TemplateOut(Schema):
    code: str
    title: str
    kind: str
    based_on: str
    family: str
    attributes: list[dict[str, Any]]
    axes: list[str]
    modifiers: list[dict[str, Any]]


class TemplatesOut(Schema):
    templates: list[TemplateOut]


@router.get("/templates", response=TemplatesOut, summary="Product templates", operation_id="list_templates")
def list_templates(request: HttpRequest) -> dict[str, Any]:
    """The built-in templates and the brand's own."""
    client = require(request, Scope.CATALOG_READ)
    return {"templates": [msgspec.to_builtins(t) for t in api.templates_of(client.brand_id).values()]}


@router.put(
    "/templates/{code}", response={200: TemplateOut, 404: None}, summary="Put a template", operation_id="put_template"
)
def put_template(request: HttpRequest, code: Word, wanted: TemplateIn) -> dict[str, Any]:
    """Copy a template under a code of the brand's and add attributes; sent again, it takes the place of the old."""
    client = require(request, Scope.CATALOG_WRITE)
    basis = api.templates_of(client.brand_id).get(wanted.based_on)
    if basis is None:
        raise BadValue("/based_on", wanted.based_on, "the code of a template")
    added = {a.code: msgspec.convert(a.model_dump(), Attribute) for a in wanted.attributes}
    kept = tuple(a for a in basis.attributes if a.code not in added)
    own = replace(
        basis, code=code, title=wanted.title, titles={}, based_on=basis.code, attributes=(*kept, *added.values())
    )
    done: dict[str, Any] = msgspec.to_builtins(api.put_template(client.brand_id, own, by=f"key {client.name}"))
    return done


def _one(brand: UUID, code: str) -> Product:
    product = api.products_by_code(brand, [code]).get(code)
    if product is None:
        raise NotFound(f"no product {code}")
    return product


def _plain(product: Product) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(product)
    return plain
