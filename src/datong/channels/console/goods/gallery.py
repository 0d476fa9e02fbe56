"""The pictures of products as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from datong.catalog import api as catalog
from datong.catalog.types import Picture, Product
from datong.channels.console.goods import said
from datong.channels.console.who import Who


def address(picture: Picture, size: str = "small") -> str:
    return reverse("goods-picture", args=[picture.digest, size])


def faces(who: Who, products: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Where the small first picture of each product is, of those that have one."""
    wanted = {product for product in products if product}
    found: dict[UUID | None, str] = {
        product: address(kept[0]) for product, kept in catalog.pictures_of(who.brand.id, wanted).items()
    }
    return found


def shown_pictures(who: Who, product: Product) -> list[dict[str, Any]]:
    """The pictures of a product as a page shows them, described in the reader's language."""
    return [
        {"picture": p, "small": address(p), "full": address(p, "full"),
         "alt": said.told(p.alt, next(iter(p.alt.values()), ""))}
        for p in catalog.pictures_of(who.brand.id, [product.id]).get(product.id, ())
    ]  # fmt: skip
