"""The public face of the brand."""

from datong.brand.actions import create_brand, put_gazetteer, put_stores, register_channel, update_channel
from datong.brand.queries import get_brand, list_brands, list_channels, list_stores, locate, stores_by_id
from datong.brand.rules import always_open, gaps, is_open, next_opening, parse_hours, week_minutes

__all__ = [
    "always_open",
    "create_brand",
    "gaps",
    "get_brand",
    "is_open",
    "list_brands",
    "list_channels",
    "list_stores",
    "locate",
    "next_opening",
    "parse_hours",
    "put_gazetteer",
    "put_stores",
    "register_channel",
    "stores_by_id",
    "update_channel",
    "week_minutes",
]
