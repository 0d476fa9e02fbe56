"""Decisions of shadow mode: pure functions over frozen values."""

from datong.shadow.rules.items import Sku, match_items
from datong.shadow.rules.keys import basket_key, contact_key, ref_key, sku_key, text_key
from datong.shadow.rules.people import Person, Same, group_people, same_name
from datong.shadow.rules.weigh import cost_of_way, hours_of_way, severity_of

__all__ = [
    "Person",
    "Same",
    "Sku",
    "basket_key",
    "contact_key",
    "cost_of_way",
    "group_people",
    "hours_of_way",
    "match_items",
    "ref_key",
    "same_name",
    "severity_of",
    "sku_key",
    "text_key",
]
