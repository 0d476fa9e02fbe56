"""Words of entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from datong.brand.types.entries import Entry, EntryType, Opens

KIND = {
    EntryType.STORE: _("Store code"),
    EntryType.TABLE: _("Table code"),
    EntryType.PRODUCT: _("Product code"),
    EntryType.CAMPAIGN: _("Campaign code"),
    EntryType.MEMBER: _("Member's code"),
    EntryType.STAFF: _("Staff code"),
    EntryType.COURIER: _("Courier's code"),
    EntryType.SOCIAL: _("Social account"),
    EntryType.MAP: _("Map pin"),
    EntryType.LINK: _("Link"),
}
OPENS = {
    Opens.SHOP: _("the shop"),
    Opens.PRODUCT: _("a product"),
    Opens.CATEGORY: _("a category"),
    Opens.SEARCH: _("a search"),
    Opens.STORE: _("the store's page"),
    Opens.CARD: _("my orders and card"),
}


def state_badge(entry: Entry, at: datetime) -> tuple[Any, str]:
    if not entry.active:
        return _("ended"), "neutral"
    if entry.valid_until is not None and entry.valid_until <= at:
        return _("over"), "neutral"
    if entry.valid_from > at:
        return _("not yet"), "waiting"
    return _("in use"), "good"


def opens_said(entry: Entry) -> str:
    word = str(OPENS[entry.opens])
    return f"{word}: {entry.target}" if entry.target else word
