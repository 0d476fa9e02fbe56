"""SC-23: the modes are not alone: one customer goes through several, and it is one chain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.access.types import Role
from datong.brand.types.entries import EntryType
from datong.customers.types import Identity, IdentityKind
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.types import Side
from datong.orders.types.ways import Loop
from datong.site.tests.scenarios.conftest import Doors

pytestmark = pytest.mark.django_db
PHONE = "+16125550123"
ON, OFF = Side.ONLINE, Side.OFFLINE


@pytest.mark.requirement("SC-23", "S-167", "S-168", "S-169", "S-21", "S-155", "S-266", "S-181")
def test_sc_23_one_customer_through_several_modes_is_one_chain(doors: Doors) -> None:
    begun = clock.now() - timedelta(minutes=1)
    customer = doors.logged_in(PHONE)
    # mode 1: found online, ordered online, fetched in the store
    social = doors.entry(EntryType.SOCIAL, "WeChat menu", store_id=None)
    customer.get(f"/q/{social.code}", follow=True)
    customer.post(f"{doors.home}place/", {"store": "NEAR"})
    first = doors.hand_over(doors.buy(customer, phone=PHONE))
    # mode 4: scanned in the store, ordered online, not fetched yet
    shelf = doors.entry(EntryType.STORE, "Counter")
    customer.get(f"/q/{shelf.code}", follow=True)
    second = doors.buy(customer, phone=PHONE)
    # and at the till, where nobody says who they are, and then with their phone
    nobody = doors.sale()
    doors.sale(identities=(Identity(IdentityKind.PHONE, PHONE, verified=True),))
    alone = doors.entry(EntryType.LINK, "Blog", store_id=None)
    doors.logged_in("+16125550199").get(f"/q/{alone.code}", follow=True)

    # one chain, in which the modes follow each other
    touches = orders.touches(doors.brand, [first.customer_id])
    sides = [(touch.what, touch.side) for touch in touches]
    assert sides[:5] == [("visit", ON), ("order", ON), ("use", OFF), ("visit", OFF), ("order", ON)]
    assert sides[-1] == ("order", OFF)
    plain = [touch.side for touch in touches]
    assert orders.turns(plain) == (ON, OFF, ON, OFF)
    assert orders.crossings(plain) == {(ON, OFF): 2, (OFF, ON): 1}
    assert [orders.mode_of(orders.turns(plain)[:n]) for n in (2, 3, 4)] == [
        "online_to_offline",
        "online_offline_online",
        "offline_online_offline",
    ]
    page = doors.staff(Role.AGENT).get(f"/flows/customers/{first.customer_id}/").content.decode()
    assert "online → offline → online → offline" in page and "Crossed between online and offline 3 times." in page

    # the ways of all orders, the loops, and what came of the doors today
    later = clock.now() + timedelta(minutes=1)
    ways = {way.sides: (way.mode, way.orders, way.closed) for way in orders.ways(doors.brand, begun, later)}
    assert ways == {
        (ON, OFF): ("online_to_offline", 1, 1),
        (OFF, ON, OFF): ("offline_online_offline", 1, 0),
        (OFF,): ("", 2, 1),
    }
    open_loops = {row.number: row.loop for row in orders.loops(doors.brand, begun, later)}
    assert open_loops == {second.number: Loop.OPEN, nobody.number: Loop.UNTRACKED}
    assert first.number in {row.number for row in orders.loops(doors.brand, begun, later, loop=Loop.CLOSED)}
    effect = orders.effect(doors.brand, begun, later)
    assert (effect.visits, effect.orders, effect.used) == (3, 4, 3)
    assert [(g.title, g.orders) for g in orders.guides(doors.brand, begun, later) if not g.orders] == [("Blog", 0)]
    shown = doors.staff().get("/flows/").content.decode()
    assert second.number in shown and nobody.number in shown and first.number not in shown and "Blog" in shown
    mine = doors.staff(Role.MANAGER).get("/flows/").content.decode()
    assert second.number in mine and "Blog" not in mine
