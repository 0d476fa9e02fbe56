"""Tax categories (税收分类编码) of products and categories over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.invoices import api
from datong.kernel.bodies import STORABLE, Body

router = Router(tags=["invoices"])


class TaxCodeIn(Body):
    """`about`: sku or category; `tax_code`: 19 digits, or empty to take it away."""

    about: Literal["sku", "category"]
    key: Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]
    tax_code: Annotated[str, StringConstraints(pattern="^([0-9]{19})?$")]


class TaxCodesIn(Body):
    tax_codes: Annotated[list[TaxCodeIn], Field(min_length=1, max_length=5000)]


class TaxCodesPut(Schema):
    put: int


class TaxCodeOut(Schema):
    """`title`: of a product that the catalog knows, else empty."""

    about: str
    key: str
    tax_code: str
    title: str


class TaxCodesOut(Schema):
    """`next`: what to go on `after`, null at the end."""

    tax_codes: list[TaxCodeOut]
    next: str | None


class TaxCodesQuery(Schema):
    """`search`: the code's beginning, a part of the key or of the product's name."""

    search: Annotated[str, StringConstraints(max_length=100), STORABLE] = ""
    after: Annotated[str, StringConstraints(max_length=220), STORABLE] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("/tax-codes", response=TaxCodesOut, summary="Tax categories", operation_id="list_tax_codes")
def list_tax_codes(request: HttpRequest, wanted: Query[TaxCodesQuery]) -> dict[str, Any]:
    """Of categories first, then of products."""
    client = require(request, Scope.CATALOG_READ)
    found, following = api.list_tax_codes(client.brand_id, search=wanted.search, after=wanted.after, limit=wanted.limit)
    return {"tax_codes": found, "next": following or None}


@router.put(
    "/tax-codes", response={200: TaxCodesPut, 409: None}, summary="Put tax categories", operation_id="put_tax_codes"
)
def put_tax_codes(request: HttpRequest, wanted: TaxCodesIn) -> dict[str, int]:
    """All or none; the same again changes nothing. Of two lines about the same thing the last one holds."""
    client = require(request, Scope.CATALOG_WRITE)
    codes: dict[tuple[str, str], str] = {(one.about, one.key): one.tax_code for one in wanted.tax_codes}
    return {"put": api.put_tax_codes(client.brand_id, codes, by=f"client {client.name}")}
