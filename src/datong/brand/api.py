"""The public face of the brand."""

from datong.brand.actions.registry import create_brand, put_gazetteer, put_stores, register_channel, update_channel
from datong.brand.actions.tree import drop_region, put_company, put_region, set_company_stores, set_region_stores
from datong.brand.queries.registry import get_brand, list_brands, list_channels, list_stores, locate
from datong.brand.queries.tree import stores_in_regions, stores_of_companies, tree, veil
from datong.brand.rules import always_open, gaps, is_open, next_opening, parse_hours, week_minutes

__all__ = [
    "always_open",
    "create_brand",
    "drop_region",
    "gaps",
    "get_brand",
    "is_open",
    "list_brands",
    "list_channels",
    "list_stores",
    "locate",
    "next_opening",
    "parse_hours",
    "put_company",
    "put_gazetteer",
    "put_region",
    "put_stores",
    "register_channel",
    "set_company_stores",
    "set_region_stores",
    "stores_in_regions",
    "stores_of_companies",
    "tree",
    "update_channel",
    "veil",
    "week_minutes",
]
