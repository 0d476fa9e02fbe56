"""Entries over HTTP: QR codes and links, made once by their id, with what came by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from datong.brand import api
from datong.brand.http import brand_of
from datong.brand.types.entries import Entry, EntryScans, EntryType, Opens
from datong.kernel import clock
from datong.kernel.bodies import STORABLE, Body, Moment
from datong.kernel.errors import Conflict

router = Router(tags=["brand"])


class ShopEntryIn(Body):
    """`opens` says what a scan shows, `target` the SKU, category or words of it; `place` is the table."""

    kind: EntryType
    title: Annotated[str, StringConstraints(min_length=1, max_length=120), STORABLE]
    opens: Opens = Opens.SHOP
    target: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    store_id: UUID | None = None
    place: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""
    associate: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""
    valid_from: Moment | None = None
    valid_until: Moment | None = None


class ShopEntry(Schema):
    """`code` is what is printed: it leads from `/q/{code}`; `visits` and `visitors` are of the last days asked for."""

    id: UUID
    code: str
    kind: EntryType
    title: str
    opens: Opens
    target: str
    store_id: UUID | None
    place: str
    associate: str
    valid_from: Moment
    valid_until: Moment | None
    active: bool
    visits: int
    visitors: int


@router.get("/entries", response=list[ShopEntry], summary="Entries", operation_id="list_shop_entries")
def list_entries(
    request: HttpRequest,
    kind: EntryType | None = None,
    store_id: UUID | None = None,
    ended: bool = False,
    days: Annotated[int, Field(ge=1, le=366)] = 30,
    after: UUID | None = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
) -> list[dict[str, Any]]:
    """QR codes, pins and links, the newest first, those before the entry `after`; visits of the last `days`."""
    found = api.list_entries(
        brand_of(request, "entries:read"),
        since=clock.now() - timedelta(days=days),
        kind=kind.value if kind else "",
        stores=None if store_id is None else [store_id],
        ended=ended,
        after=after,
        limit=limit,
    )
    return [_said(one) for one in found]


@router.put(
    "/entries/{entry_id}",
    response={200: ShopEntry, 404: None, 409: None},
    summary="Make an entry",
    operation_id="put_shop_entry",
)
def put_entry(request: HttpRequest, entry_id: UUID, body: ShopEntryIn) -> dict[str, Any]:
    """Make an entry under an id of yours. The same again is the same answer; another one under the id is a conflict."""
    brand = brand_of(request, "entries:write")
    fields = body.model_dump(exclude={"valid_from"})
    asked = Entry(id=entry_id, code="", valid_from=body.valid_from or clock.now(), **fields)
    (made,) = api.make_entries(brand, [asked], by=f"client {request.auth.id}")  # type: ignore[attr-defined]
    if (made.kind, made.title, made.store_id, made.target) != (asked.kind, asked.title.strip(), *_where(asked)):
        raise Conflict("another entry has this id")
    return _said(EntryScans(made, 0, 0))


def _where(entry: Entry) -> tuple[UUID | None, str]:
    return entry.store_id, entry.target.strip()


def _said(one: EntryScans) -> dict[str, Any]:
    fields = {name: getattr(one.entry, name) for name in ShopEntry.model_fields if hasattr(one.entry, name)}
    return fields | {"visits": one.visits, "visitors": one.visitors}
