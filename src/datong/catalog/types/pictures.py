"""Nouns of product pictures (商品图片)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it is kept: upright, without what the camera noted; `small` is it for lists, at most 240 px."""

    media_type: str  # image/jpeg or image/png
    width: int
    height: int
    body: bytes
    small: bytes
    digest: str  # SHA-256 of body, in hex: its address


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a product; `alt` is what it shows, in words, by BCP 47; position 0 is the product's face."""

    id: UUID
    product_id: UUID
    position: int
    media_type: str
    width: int
    height: int
    digest: str
    alt: Mapping[str, str] = field(default_factory=dict)
    added_by: str = ""
    added_at: datetime | None = None
