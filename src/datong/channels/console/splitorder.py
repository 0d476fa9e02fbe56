"""A split order: which store sends what, said to each reader from where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datong.brand import api as brands
from datong.brand.types import Store
from datong.channels.console.contacts import own_lines
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.orders import api as orders
from datong.orders.api import OrderView


@dataclass(frozen=True, slots=True)
class Part:
    """What one store sends: (title, units) a line. `link`: whether the reader may open the store's page."""

    store: Store
    mine: bool
    link: bool
    units: int
    lines: tuple[tuple[str, int], ...]


def parts_of(who: Who, found: OrderView) -> list[Part]:
    """Who sends what of an order that several stores serve, the reader's own stores first; [] when one does.

    Of lines that the reader may not see (`own_lines`) only the store and the units are told.
    """
    seen = {line.line_no for line in own_lines(who, found)}
    sent: dict[UUID, list[tuple[str, int]]] = {}
    for line in found.lines:
        for store, units in line.stores:
            sent.setdefault(store, []).append(((line.title or line.sku) if line.line_no in seen else "", units))
    if len(sent) < 2:
        return []
    stores = {s.id: s for s in brands.list_stores(who.brand.id)}
    parts = [
        Part(
            stores[store],
            mine=who.stores is not None and store in who.stores,
            link=who.stores is None or store in who.stores,
            units=sum(units for _title, units in lines),
            lines=tuple((title, units) for title, units in lines if title),
        )
        for store, lines in sent.items()
        if store in stores
    ]
    return sorted(parts, key=lambda part: (not part.mine, -part.units, part.store.name))


def sentence(parts: Sequence[Part]) -> str:
    """'2 of 5 units are yours; the rest comes from Uptown, Airport.'"""
    if not parts:
        return ""
    units = sum(part.units for part in parts)
    mine = sum(part.units for part in parts if part.mine)
    others = ", ".join(part.store.name for part in parts if not part.mine)
    if not mine:
        return _("%(n)s units come from %(stores)s.") % {"n": number(units), "stores": others}
    text = ngettext(
        "%(mine)s of %(n)s units is yours; the rest comes from %(stores)s.",
        "%(mine)s of %(n)s units are yours; the rest comes from %(stores)s.",
        mine,
    )
    return text % {"mine": number(mine), "n": number(units), "stores": others}


def marks(who: Who, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """For a list of orders: a few words at each that is split; one statement."""
    said: dict[UUID, str] = {}
    for order, stores in orders.shares(who.brand.id, ids).items():
        units = sum(stores.values())
        mine = sum(n for store, n in stores.items() if who.stores is not None and store in who.stores)
        if mine and mine < units:
            said[order] = _("split: %(mine)s of %(n)s units yours") % {"mine": number(mine), "n": number(units)}
        elif not mine:
            said[order] = _("split over %(n)s stores") % {"n": number(len(stores))}
    return said


def ours(who: Who, stores: Sequence[tuple[Any, int]], split: bool) -> int | None:
    """How many of a line's units come from the reader's stores; None where that is no question."""
    if not split or who.stores is None:
        return None
    return sum(units for store, units in stores if store in who.stores)
