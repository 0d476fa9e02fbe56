"""Reads of sync."""

from datong.sync.queries.figures import currency_of, prices_of, stock_targets, units_of
from datong.sync.queries.links import (
    Counterpart,
    address_of,
    channels_with_work,
    counterparts,
    get_link,
    list_links,
)
from datong.sync.queries.outward import Figures, OutwardPage, OutwardView, ShelfRow, figures, outward_page, shelf
from datong.sync.queries.texts import Ours, texts_of, texts_to_say

__all__ = [
    "Counterpart",
    "Figures",
    "Ours",
    "OutwardPage",
    "OutwardView",
    "ShelfRow",
    "address_of",
    "channels_with_work",
    "counterparts",
    "currency_of",
    "figures",
    "get_link",
    "list_links",
    "outward_page",
    "prices_of",
    "shelf",
    "stock_targets",
    "texts_of",
    "texts_to_say",
    "units_of",
]
