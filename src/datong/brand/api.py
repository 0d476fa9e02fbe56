"""The public face of the brand."""

from datong.brand.actions.entries import forget_visitors, know_visitor, make_entries, record_visit, switch_entry
from datong.brand.actions.registry import create_brand, put_gazetteer, put_stores, register_channel, update_channel
from datong.brand.actions.removal import remove_places, remove_stores
from datong.brand.actions.tree import drop_region, put_company, put_region, set_company_stores, set_region_stores
from datong.brand.queries.entries import (
    brands_of_code,
    entries_by_id,
    entry_by_code,
    last_visit,
    list_entries,
    plain_code,
    scans_by_day,
    visits_of,
)
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
    "always_open",
    "brand_by_slug",
    "brands_of_code",
    "companies_of_stores",
    "create_brand",
    "drop_region",
    "entries_by_id",
    "entry_by_code",
    "find_spot",
    "forget_visitors",
    "gaps",
    "gazetteer_rows",
    "get_brand",
    "is_open",
    "know_visitor",
    "last_visit",
    "list_brands",
    "list_channels",
    "list_entries",
    "list_gazetteer",
    "list_stores",
    "locate",
    "make_entries",
    "next_opening",
    "open_stores",
    "parse_hours",
    "plain_code",
    "put_company",
    "put_gazetteer",
    "put_region",
    "put_stores",
    "record_visit",
    "register_channel",
    "remove_places",
    "remove_stores",
    "scans_by_day",
    "set_company_stores",
    "set_region_stores",
    "store_by_code",
    "stores_by_id",
    "stores_in_regions",
    "stores_of_companies",
    "switch_entry",
    "tree",
    "update_channel",
    "veil",
    "visits_of",
    "week_minutes",
]
