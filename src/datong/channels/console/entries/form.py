"""The form that makes entries, many at once where a list is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from datong.brand.types import Store
from datong.brand.types.entries import MAX_MADE, Entry, EntryType, Opens
from datong.catalog import api as catalog
from datong.channels.console.moments import read_moment
from datong.channels.console.places import stores_of
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadValue, DatongError

EVERY = "*"
OPENED_BY = {EntryType.STORE: Opens.STORE, EntryType.MAP: Opens.STORE, EntryType.PRODUCT: Opens.PRODUCT}
"""What a kind opens when nothing else is said."""
MAX_RANGE = 200


def read(who: Who, post: Mapping[str, str], key: UUID) -> list[Entry]:
    """The entries the form asks for; their ids follow from its key, so that it may arrive twice. BadValue names the
    field."""
    kind = _kind(post.get("kind", ""))
    stores = _stores(who, post.get("store", ""))
    places: list[Store | None] = [*stores] or [None]
    if kind is EntryType.TABLE:
        wanted = [(store, table) for store in stores for table in tables_of(post.get("list", ""))]
        found = [_entry(post, kind, store, place=table) for store, table in wanted]
    elif kind is EntryType.PRODUCT:
        skus = _skus(who, post.get("list", ""))
        found = [_entry(post, kind, store, target=sku) for store in places for sku in skus]
    else:
        found = [_entry(post, kind, store) for store in places]
    if len(found) > MAX_MADE:
        raise BadValue("list", len(found), f"at most {MAX_MADE} at once")
    return [replace(one, id=UUID(int=key.int >> 16 << 16 | n)) for n, one in enumerate(found)]


def _entry(
    post: Mapping[str, str], kind: EntryType, store: Store | None, *, place: str = "", target: str = ""
) -> Entry:
    opens = OPENED_BY.get(kind, Opens.SHOP)
    asked = post.get("opens", "")
    if asked in set(Opens) and kind not in (EntryType.PRODUCT, EntryType.STORE, EntryType.TABLE):
        opens = Opens(asked)
    parts = [post.get("title", "").strip(), store.name if store else "", place, target]
    until = post.get("until", "").strip()
    return Entry(
        id=UUID(int=0),
        code="",
        kind=kind,
        title=" · ".join(part for part in parts if part)[:120],
        opens=opens,
        valid_from=clock.now(),
        target=target or (post.get("target", "") if opens in (Opens.CATEGORY, Opens.SEARCH, Opens.PRODUCT) else ""),
        store_id=store.id if store else None,
        place=place,
        associate=post.get("associate", "").strip()[:120],
        valid_until=read_moment("until", until) if until else None,
    )


def _kind(text: str) -> EntryType:
    try:
        return EntryType(text)
    except ValueError:
        raise BadValue("kind", text[:20], "a kind from the list") from None


def _stores(who: Who, code: str) -> list[Store]:
    if not code:
        if who.stores is not None:
            raise BadValue("store", "", "one of your stores")
        return []
    found = [store for store in stores_of(who) if code in (EVERY, store.code)]
    if not found:
        raise BadValue("store", code[:40], "a store from the list")
    return found


def tables_of(text: str) -> list[str]:
    """'1-20, A1 A2' as the names of tables."""
    names: list[str] = []
    for part in text.replace("，", " ").replace(",", " ").split():
        first, dash, last = part.partition("-")
        if dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last) < int(first) + MAX_RANGE:
            names += [str(n) for n in range(int(first), int(last) + 1)]
        else:
            names.append(part[:40])
    if not names:
        raise BadValue("list", "", "the tables, such as 1-20")
    return list(dict.fromkeys(names))


def _skus(who: Who, text: str) -> list[str]:
    skus = list(dict.fromkeys(text.replace("，", " ").replace(",", " ").split()))[: MAX_MADE + 1]
    known = catalog.items_by_sku(who.brand.id, skus)
    missing = [sku for sku in skus if sku not in known]
    if missing or not skus:
        raise BadValue("list", missing[0][:64] if missing else "", "SKUs of your products")
    return skus


def errors_of(error: DatongError) -> dict[str, str]:
    """field -> what to do, in the reader's words."""
    said = {
        "kind": _("Choose what it is."),
        "store": _("Choose a store."),
        "list": _("Tables such as 1-20, or SKUs of your products; at most 500 at once."),
        "title": _("Say where it hangs, in 1 to 120 characters."),
        "target": _("Say what it opens: a category's code, or words to search."),
        "associate": _("The log-in name of whose code it is."),
        "until": _("A day or time later than now."),
        "valid_until": _("A day or time later than now."),
    }
    return {("until" if p.field == "valid_until" else p.field): said.get(p.field, p.fix) for p in error.problems} or {
        "title": str(error)
    }
