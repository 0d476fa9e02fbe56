"""Promotions and price policies as rows say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from datong.catalog.types import PricePolicy, Promotion

COLUMNS = frozenset(
    {"id", "code", "title", "kind", "value", "threshold_minor", "x", "y", "skus", "channels", "valid_from", "valid_to",
     "priority", "stackable"}
)  # fmt: skip
DETAILS = tuple(field.name for field in fields(Promotion) if field.name not in COLUMNS)
"""What has no column of its own and stands together in `details`."""


def promotion_of(row: Mapping[str, Any]) -> Promotion:
    """A row of catalog_promotion as JSON says it; what an older row does not say is as types.Promotion has it."""
    said = {name: row[name] for name in COLUMNS} | (row.get("details") or {})
    return msgspec.convert(said, Promotion, strict=False)


def policy_of(row: Mapping[str, Any]) -> PricePolicy:
    """A row of catalog_pricepolicy as JSON says it."""
    said = {name: value for name, value in row.items() if name not in ("brand_id", "made_at")}
    return msgspec.convert(said, PricePolicy, strict=False)
