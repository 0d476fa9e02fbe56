"""What a door knows beside the payload, put together from its endpoint, its channel and its brand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand, list_channels
from datong.brand.types import Brand, Channel
from datong.integration.types import Context
from datong.kernel.errors import NotFound

KEPT_S = 15.0


@dataclass(frozen=True, slots=True)
class _House:
    until: float
    brand: Brand
    channels: Mapping[UUID, Channel]


_kept: dict[UUID, _House] = {}


def channel_of(brand_id: UUID, channel_id: UUID) -> Channel:
    """The channel, remembered for a few seconds. Raises NotFound."""
    return _house(brand_id, channel_id).channels[channel_id]


def context_of(
    brand_id: UUID,
    channel_id: UUID,
    *,
    secrets: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Context:
    """The context of a door of this channel. Raises NotFound when the brand has no such channel."""
    house = _house(brand_id, channel_id)
    plain = Context(
        channel_id=channel_id,
        channel_code=house.channels[channel_id].code,
        currency=house.brand.currency,
        country=house.brand.country,
        timezone=house.brand.timezone,
        secrets=secrets or {},
        settings=settings or {},
    )
    return replace(plain, **fields) if fields else plain


def _house(brand_id: UUID, channel_id: UUID) -> _House:
    found = _kept.get(brand_id)
    if found is None or found.until < time.monotonic() or channel_id not in found.channels:
        channels = {channel.id: channel for channel in list_channels(brand_id)}
        found = _kept[brand_id] = _House(time.monotonic() + KEPT_S, get_brand(brand_id), channels)
    if channel_id not in found.channels:
        raise NotFound(f"no channel {channel_id}")
    return found
