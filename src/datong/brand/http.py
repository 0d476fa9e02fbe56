"""Stores and channels over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from datong.brand import api
from datong.kernel.errors import NotAllowed, NotAuthenticated

router = Router(tags=["brand"])


class StoreRow(Schema):
    id: UUID
    code: str
    name: str
    city: str
    region: str
    address: str
    postcode: str
    lon: float
    lat: float
    services: list[str]
    open: bool


class ChannelRow(Schema):
    """A channel with its role; a price list of its own has the recorded reason beside it."""

    id: UUID
    code: str
    name: str
    kind: str
    role: str
    open: bool
    price_list: str
    price_policy_note: str
    buffer_units: int


@router.get("/stores", response=list[StoreRow], summary="Stores", operation_id="list_stores")
def list_stores(
    request: HttpRequest,
    after: Annotated[str, StringConstraints(max_length=64)] = "",
    limit: Annotated[int, Field(ge=1, le=500)] = 500,
) -> list[dict[str, Any]]:
    """Stores by code, those after `after`; at most 500 at a time."""
    stores = [store for store in api.list_stores(brand_of(request, "stores:read")) if store.code > after][:limit]
    return [
        {
            **{name: getattr(s, name) for name in StoreRow.model_fields if name not in ("lon", "lat")},
            "lon": s.place.lon,
            "lat": s.place.lat,
        }
        for s in stores
    ]


@router.get("/channels", response=list[ChannelRow], summary="Channels", operation_id="list_channels")
def list_channels(request: HttpRequest) -> list[Any]:
    """The registry: every door of the brand with its role (S-09, S-11)."""
    return api.list_channels(brand_of(request, "channels:read"))


def brand_of(request: HttpRequest, scope: str) -> UUID:
    """The brand of the client that called, if its key has the scope: brand stands below access and asks by name."""
    client = getattr(request, "auth", None)
    if client is None:
        raise NotAuthenticated("send a client's key")
    if scope not in client.scopes:
        raise NotAllowed(f"this key may not do that: it needs the scope {scope}")
    brand_id: UUID = client.brand_id
    return brand_id
