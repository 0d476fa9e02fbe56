"""Pictures of products over HTTP."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog import api
from datong.catalog.types import Picture
from datong.kernel.bodies import STORABLE, Body
from datong.kernel.errors import BadValue, NotFound

router = Router(tags=["products"])

Code = Annotated[str, StringConstraints(max_length=200), STORABLE]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
Alt = Annotated[str, StringConstraints(max_length=200), STORABLE]
Base64 = Annotated[str, StringConstraints(min_length=1, max_length=3_900_000, pattern=r"^[A-Za-z0-9+/\r\n]+=*[\r\n]*$")]


class PictureIn(Body):
    """A PNG, JPEG, WebP or GIF in base64, at most 2.9 MB; `alt` says what it shows, by language."""

    data: Base64
    alt: Annotated[dict[Language, Alt], Field(max_length=30)] = {}


class PictureOut(Schema):
    """A picture as it is kept, JPEG or PNG; its bytes are at /api/v1/pictures/{digest}."""

    id: UUID
    position: int
    media_type: str
    width: int
    height: int
    digest: str
    alt: dict[str, str]


class PicturesOut(Schema):
    pictures: list[PictureOut]


class PlacedIn(Body):
    id: UUID
    alt: Annotated[dict[Language, Alt], Field(max_length=30)] = {}


class PicturesIn(Body):
    """The pictures in their order, each with its words; those not named keep behind them."""

    pictures: Annotated[list[PlacedIn], Field(max_length=12)]


@router.get(
    "/products/{code}/pictures",
    response={200: PicturesOut, 404: None},
    summary="Pictures of a product",
    operation_id="list_pictures",
)
def list_pictures(request: HttpRequest, code: Code) -> dict[str, Any]:
    """In their order; the first is the product's face."""
    client = require(request, Scope.CATALOG_READ)
    product = api.products_by_code(client.brand_id, [code]).get(code)
    if product is None:
        raise NotFound(f"no product {code}")
    return _plain(api.pictures_of(client.brand_id, [product.id]).get(product.id, ()))


@router.post(
    "/products/{code}/pictures",
    response={200: PictureOut, 404: None},
    summary="Add a picture",
    operation_id="add_picture",
)
def add_picture(request: HttpRequest, code: Code, picture: PictureIn) -> Picture:
    """Add a picture behind those the product has; sent again, it is the picture that is there.

    It is drawn anew, without what the camera noted.
    """
    client = require(request, Scope.CATALOG_WRITE)
    try:
        data = base64.b64decode("".join(picture.data.split()), validate=True)
    except binascii.Error:
        raise BadValue("/data", picture.data[:40], "base64 of a file") from None
    return api.add_picture(client.brand_id, code, data, by=f"key {client.name}", alt=picture.alt)


@router.put(
    "/products/{code}/pictures",
    response={200: PicturesOut, 404: None},
    summary="Order and describe pictures",
    operation_id="arrange_pictures",
)
def arrange_pictures(request: HttpRequest, code: Code, wanted: PicturesIn) -> dict[str, Any]:
    """Say in which order the pictures stand and what each shows."""
    client = require(request, Scope.CATALOG_WRITE)
    order = [(placed.id, placed.alt) for placed in wanted.pictures]
    return _plain(api.arrange_pictures(client.brand_id, code, order, by=f"key {client.name}"))


@router.delete(
    "/products/{code}/pictures/{picture_id}",
    response={204: None, 404: None},
    summary="Take a picture away",
    operation_id="remove_picture",
)
def remove_picture(request: HttpRequest, code: Code, picture_id: UUID) -> Status[None]:
    """It is no longer shown; the same file sent again within a day is it, with its words. Twice is once."""
    client = require(request, Scope.CATALOG_WRITE)
    api.remove_picture(client.brand_id, code, picture_id, by=f"key {client.name}")
    return Status(204, None)


@router.get(
    "/pictures/{digest}",
    response={200: None, 404: None},
    summary="The bytes of a picture",
    operation_id="get_picture",
    openapi_extra={"responses": {200: {"content": {kind: {} for kind in ("image/jpeg", "image/png")}}}},
)
def get_picture(
    request: HttpRequest, digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
) -> HttpResponse:
    """JPEG or PNG. What a digest names never changes, so it may be kept for good."""
    client = require(request, Scope.CATALOG_READ)
    found = api.picture_file(client.brand_id, digest)
    if found is None:
        raise NotFound("no such picture")
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(found[1], content_type=found[0], headers=headers)


def _plain(pictures: tuple[Picture, ...]) -> dict[str, Any]:
    return {"pictures": list(pictures)}
