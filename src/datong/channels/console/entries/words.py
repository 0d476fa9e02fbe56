"""Words of entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from datong.brand.types.entries import Entry, EntryKind, Opens

KIND = {
    EntryKind.STORE: _("Store code"),
    EntryKind.TABLE: _("Table code"),
    EntryKind.PRODUCT: _("Product code"),
    EntryKind.CAMPAIGN: _("Campaign code"),
    EntryKind.MEMBER: _("Member's code"),
    EntryKind.STAFF: _("Staff code"),
    EntryKind.COURIER: _("Courier's code"),
    EntryKind.SOCIAL: _("Social account"),
    EntryKind.MAP: _("Map pin"),
    EntryKind.LINK: _("Link"),
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
