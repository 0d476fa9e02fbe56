"""The public face of the brand."""

from datong.brand.actions.registry import create_brand, put_gazetteer, put_stores, register_channel, update_channel
from datong.brand.actions.removal import remove_places, remove_stores
from datong.brand.actions.tree import drop_region, put_company, put_region, set_company_stores, set_region_stores
from datong.brand.queries.finding import find_spot
from datong.brand.queries.registry import (
    brand_by_slug,
    gazetteer_rows,
    get_brand,
    list_brands,
    list_channels,
    list_gazetteer,
    list_stores,
    locate,
    open_stores,
    store_by_code,
    stores_by_id,
)
from datong.brand.queries.tree import companies_of_stores, stores_in_regions, stores_of_companies, tree, veil
from datong.brand.rules import always_open, gaps, is_open, next_opening, parse_hours, week_minutes

__all__ = [
    "brand_by_slug",
    "find_spot",
    "always_open",
    "companies_of_stores",
    "create_brand",
    "drop_region",
    "gaps",
    "gazetteer_rows",
    "get_brand",
    "is_open",
    "list_brands",
    "list_channels",
    "list_gazetteer",
    "list_stores",
    "open_stores",
    "locate",
    "next_opening",
    "parse_hours",
    "put_company",
    "put_gazetteer",
    "put_region",
    "put_stores",
    "remove_places",
    "remove_stores",
    "register_channel",
    "set_company_stores",
    "set_region_stores",
    "store_by_code",
    "stores_by_id",
    "stores_in_regions",
    "stores_of_companies",
    "tree",
    "update_channel",
    "veil",
    "week_minutes",
]
