"""Tills: registered, taken back; what they told and somebody looked at; their shifts."""

from __future__ import annotations

from uuid import UUID

from datong.access.api import client_of
from datong.books import api as books
from datong.books.types import DrawerKind, DrawerMove, Till
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.site.tests.audited.world import BY, VERBS, World
from datong.tills import api as tills
from datong.tills.types import Fact, FactKind, NewDevice


def made(w: World) -> NewDevice:
    return tills.register(w.brand, w.near, "Counter", **BY)


def till(w: World) -> Till:
    return Till(uuid7(), "Counter", w.near, "till")


def refused(w: World) -> UUID:
    """Cash of a shift that the fact does not name."""
    new = made(w)
    client = client_of(new.key)
    assert client
    said = {"kind": "drop", "amount_minor": 5, "reason": "x"}
    [told] = tills.take(client, new.device, clock.now(), [Fact(uuid7(), FactKind.CASH, clock.now(), "kim", body=said)])
    return told.id


def spent(w: World) -> DrawerMove:
    return DrawerMove(uuid7(), uuid7(), DrawerKind.PAID_OUT, -5, clock.now(), "ann", "milk")


VERBS |= {
    "tills.register": made,
    "tills.revoke": lambda w: tills.revoke(w.brand, made(w).device.id, **BY),
    "tills.ask_discount": lambda w: tills.ask_discount(w.brand, w.near, "b", 500, by=w.owner),
    "tills.close_fact": lambda w: tills.close_fact(w.brand, refused(w), note="seen", **BY),
    "tills.try_again": lambda w: tills.try_again(w.brand, refused(w), **BY),
    "books.open_shift": lambda w: books.open_shift(w.brand, till(w), uuid7(), float_minor=5, at=clock.now(), **BY),
    "books.move_cash": lambda w: books.move_cash(w.brand, till(w), spent(w)),
    "books.close_shift": lambda w: books.close_shift(w.brand, till(w), uuid7(), {}, at=clock.now(), **BY),
}
