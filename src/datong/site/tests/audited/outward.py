"""What goes out to channels, what stands beside today's systems, pictures, and the last of orders and purchasing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from datong.access import api as access
from datong.catalog import api as catalog
from datong.catalog.tests.test_pictures import drawn
from datong.kernel.db import execute, in_brand
from datong.orders import api as orders
from datong.purchasing import api as purchasing
from datong.risk import api as risk
from datong.risk.types import Decision, Limit, LimitKind
from datong.shadow import api as shadow
from datong.shadow.types import SystemKind, Tolerances
from datong.site.tests.audited.goods import product
from datong.site.tests.audited.people import user
from datong.site.tests.audited.stock import ordered, supplier
from datong.site.tests.audited.world import BY, VERBS, World, verb
from datong.sync import api as sync
from datong.sync.types import Listing, Ref

KEYS = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}


def linked(w: World) -> UUID:
    web = w.house.channels["web"]
    sync.connect(w.brand, web, "woocommerce", "http://127.0.0.1:1", secrets=KEYS, **BY)
    return web


def learned(w: World) -> UUID:
    web = linked(w)
    sync.apply_listings(w.brand, web, [Listing(Ref("1", "2"), "CUP")], **BY)
    return web


def picture(w: World) -> Any:
    return catalog.add_picture(w.brand, product(w), drawn(), **BY)


def project(w: World) -> UUID:
    return shadow.open_project(w.brand, "Today", **BY).id


VERBS |= {
    "catalog.add_picture": picture,
    "catalog.arrange_pictures": lambda w: catalog.arrange_pictures(
        w.brand, "MUG", [(picture(w).id, {"en": "A"})], **BY
    ),
    "catalog.remove_picture": lambda w: catalog.remove_picture(w.brand, "MUG", picture(w).id, **BY),
    "purchasing.order_proposed": lambda w: purchasing.order_proposed(w.brand, w.near, supplier(w), {w.cup: 12}, **BY),
    "shadow.connect": lambda w: shadow.connect(w.brand, project(w), "shop", SystemKind.SHOP, **BY),
    "shadow.delete_project": lambda w: shadow.delete_project(w.brand, project(w), **BY),
    "shadow.open_project": project,
    "shadow.set_tolerances": lambda w: shadow.set_tolerances(w.brand, project(w), Tolerances(grace_s=60), **BY),
    "sync.apply_listings": learned,
    "sync.connect": linked,
    "sync.pause": lambda w: sync.pause(w.brand, linked(w), **BY),
    "sync.resume": lambda w: (sync.pause(w.brand, web := linked(w), **BY), sync.resume(w.brand, web, **BY)),
}


@verb("access.add_passkey")
def add_passkey(w: World) -> object:
    """Whether the browser's answer is right is allauth's to say; here it is."""
    auth = "allauth.mfa.webauthn.internal.auth"
    with (
        patch(f"{auth}.parse_registration_response"),
        patch(f"{auth}.complete_registration"),
        patch(f"{auth}.WebAuthn.add"),
    ):
        return access.add_passkey(SimpleNamespace(session={}), user(w), "phone", {})  # type: ignore[arg-type]


@verb("catalog.restore_picture")
def restore_picture(w: World) -> object:
    made = picture(w)
    catalog.remove_picture(w.brand, "MUG", made.id, **BY)
    return catalog.restore_picture(w.brand, "MUG", made.id, **BY)


@verb("orders.approve")
def approve(w: World) -> object:
    limit = Limit("big", LimitKind.ORDER_AMOUNT, 100, Decision.REVIEW, currency="USD")
    risk.put_limits(w.brand, [limit], reason="new", **BY)
    return orders.approve(w.brand, w.house.place().order_id, who="ann", reason="known")


@verb("purchasing.settle_claim")
def settle_claim(w: World) -> object:
    order = ordered(w)
    purchasing.receive_goods(w.brand, order.id, {w.cup: 12}, damaged={w.cup: 2}, **BY)
    (claim,) = purchasing.claims(w.brand, order_id=order.id)
    return purchasing.settle_claim(w.brand, claim.id, note="credited", **BY)


FOUND = patch("datong.shadow.actions.explain.finding", return_value=SimpleNamespace(mark="double:1"))


@verb("shadow.explain")
def explain(w: World) -> object:
    with FOUND:
        return shadow.explain(w.brand, project(w), w.cup, "a demonstration unit", **BY)


@verb("shadow.reopen")
def reopen(w: World) -> object:
    with FOUND:
        shadow.explain(w.brand, beside := project(w), w.cup, "a demonstration unit", **BY)
        return shadow.reopen(w.brand, beside, w.cup, **BY)


@verb("sync.accept_product")
def accept_product(w: World) -> object:
    web = learned(w)
    sync.apply_listings(w.brand, web, [Listing(Ref("1", "2"), "POT")], **BY)
    with patch("datong.sync.actions.learn.learn"):  # it asks the channel for its list again
        return sync.accept_product(w.brand, web, w.cup, **BY)


@verb("sync.resend")
def resend(w: World) -> object:
    web = learned(w)
    with in_brand(w.brand):
        execute("UPDATE sync_outward SET state = 'failed' WHERE brand_id = %s", [w.brand])
    return sync.resend(w.brand, web, all_failed=True, **BY)
