"""Which store a stock page is about: the one in the address, or the only one this person has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from datong.brand.types import Store
from datong.channels.console.places import stores_of
from datong.channels.console.who import Who
from datong.kernel.errors import NotFound
from datong.kernel.pages import write_cursor

FEW = 60
"""Up to so many stores are a list to choose from; more are a field that completes."""


def chosen(who: Who, params: Mapping[str, str], key: str = "store") -> Store | None:
    """The store named by its number; store staff who name none get their first; None: all stores."""
    mine, code = stores_of(who), params.get(key, "").strip()
    if code:
        found = next((s for s in mine if s.code.lower() == code.lower()), None)
        if found is None:
            raise NotFound(_("There is no store %(code)s among yours.") % {"code": code})
        return found
    if who.stores is None:
        return None
    if not mine:
        raise NotFound(_("No store is yours yet; ask headquarters to give you one."))
    return min(mine, key=lambda s: s.name)


def options(who: Who, *, everything: bool = True) -> list[tuple[str, str]]:
    """The stores for a list to choose from; empty when they are too many for one."""
    mine = sorted(stores_of(who), key=lambda s: (s.name, s.code))
    if len(mine) > FEW:
        return []
    first = [("", _("All stores"))] if everything and who.stores is None else []
    return first + [(s.code, s.name) for s in mine]


def within(who: Who, store: Store | None = None) -> list[UUID] | None:
    """The stores whose rows are shown: the chosen one, else all of this person's; None: the whole brand."""
    if store is not None:
        return [store.id]
    return None if who.stores is None else sorted(who.stores)


def guard(who: Who, what: str, *stores: UUID) -> None:
    """Nothing of other people's stores exists for this person: NotFound unless one of `stores` is theirs."""
    if who.stores is not None and not who.stores.intersection(stores):
        raise NotFound(what)


def older(found: Sequence[Any], size: int, store: Store | None = None) -> str:
    """The address of the next page of a list, the latest first; '' on the last."""
    if len(found) < size:
        return ""
    return f"?{f'store={store.code}&' if store else ''}before={write_cursor(found[-1].id)}"
