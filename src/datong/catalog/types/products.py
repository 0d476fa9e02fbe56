"""Nouns of products (产品): templates (模板), attributes (属性), variants (规格), modifiers (做法, 加料)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.catalog.types.items import ItemKind


class ProductState(StrEnum):
    """From the idea to the withdrawal (S-137). Only what is on sale can be sold."""

    IDEA = "idea"
    DEVELOPMENT = "development"
    READY = "ready"
    ON_SALE = "on_sale"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class AttributeType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"  # a whole number
    NUMBER = "number"  # a decimal number, kept as written
    YES_NO = "yes_no"
    CHOICE = "choice"
    DATE = "date"
    RATE = "rate"  # the code of a dated rate (interest, exchange) of the brand


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a product of a template says about itself. `unit` is shown behind the value; `titles` by BCP 47."""

    code: str
    title: str
    type: AttributeType = AttributeType.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """Units of another SKU of the brand that one unit uses up."""

    sku: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class ModifierChoice:
    """One choice (加料 椰果 +2): what it adds to the price, how often it may be taken, what stock it uses up."""

    code: str
    title: str
    delta_minor: int = 0
    most: int = 1
    uses: tuple[Component, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Modifier:
    """A group of choices (做法) of which at least `least` and at most `most` are taken; in a menu: a slot."""

    code: str
    title: str
    least: int = 0
    most: int = 1
    choices: tuple[ModifierChoice, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of `factor` base units with a GTIN of its own: a carton of 24."""

    title: str
    factor: int
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One SKU of a product: its value on each axis, and of what it is made if it is a bundle."""

    sku: str
    values: Mapping[str, str] = field(default_factory=dict)
    gtin: str = ""
    parts: tuple[Component, ...] = ()
    packs: tuple[Pack, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about a product in one language."""

    title: str = ""
    description: str = ""
    safety: str = ""
    legal: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What products of a kind have in common, as data. `based_on` names the template it was copied from.

    `listing` (S-144) and `served_by` (S-125: who takes orders of this kind) are words; `composed`: made of other SKUs
    only, no stock of its own; `limited`: it must say when it ends.
    """

    code: str
    title: str
    kind: ItemKind = ItemKind.GOODS
    attributes: tuple[Attribute, ...] = ()
    axes: tuple[str, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    tags: tuple[str, ...] = ()
    based_on: str = ""
    family: str = ""
    listing: str = ""
    served_by: str = ""
    composed: bool = False
    limited: bool = False
    hint: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Product:
    """What the brand makes and sells: a template filled in, its SKUs, options, texts and state.

    `code` is the brand's own. `version` grows with every change. `seller` '' is the brand itself, else a merchant or
    service partner in a category that is open. `sold_from` and `sold_to` limit it in time.
    """

    id: UUID
    code: str
    template: str
    title: str
    state: ProductState = ProductState.IDEA
    kind: ItemKind = ItemKind.GOODS
    owner: str = ""
    version: int = 1
    category: str = ""
    tax_class: str = "standard"
    unit: str = ""
    seller: str = ""
    derived_from: str = ""
    tags: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    composed: bool = False
    texts: Mapping[str, Words] = field(default_factory=dict)
    allergens: tuple[str, ...] = ()
    age_min: int = 0
    sold_from: datetime | None = None
    sold_to: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProductChange:
    """One entry of a product's history; `diff` rows are (where, before, after)."""

    version: int
    what: str
    by: str
    at: datetime
    reason: str
    diff: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products of the list, in order of code after `after`."""

    text: str = ""
    template: str = ""
    state: ProductState | None = None
    category: str = ""
    tag: str = ""
    after: str = ""
    limit: int = 50
