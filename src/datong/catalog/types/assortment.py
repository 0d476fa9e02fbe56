"""Nouns of what is sold where: the category tree (品类), assortments (门店/渠道商品范围)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class CategoryRun(StrEnum):
    """Who sells in a category (S-123)."""

    INHERITED = ""  # as the category above it; at the top: self-run
    SELF_RUN = "self_run"  # the brand itself only
    OPEN = "open"  # merchants and partners too


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree. `code` is what items carry as their category; `parent` '' is the top."""

    code: str
    title: str
    parent: str = ""
    run: CategoryRun = CategoryRun.INHERITED
    titles: Mapping[str, str] = field(default_factory=dict)
    position: int = 0


class Place(StrEnum):
    STORE = "store"
    CHANNEL = "channel"


class About(StrEnum):
    """How wide a line of an assortment reaches; the narrower counts."""

    ALL = "all"
    CATEGORY = "category"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class AssortmentLine:
    """Whether a place sells something: all, a category with those below it, or a product (`key` is its code).

    What no line speaks of is sold.
    """

    place: Place
    place_id: UUID
    about: About
    key: str
    listed: bool
    set_by: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """A category with how many products on sale it has with those below it, their share, and how many each channel
    sells of them (S-129, S-130)."""

    category: Category
    depth: int
    products: int
    share_bps: int
    open: bool
    channels: Mapping[UUID, int]
    known: bool = True
