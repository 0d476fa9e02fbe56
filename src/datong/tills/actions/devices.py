"""A till is registered on its device and taken back."""

from __future__ import annotations

from uuid import UUID

from datong.access.api import create_client, revoke_client
from datong.access.types import Scope
from datong.brand.api import list_channels, stores_by_id
from datong.brand.types import Channel, ChannelKind
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadInput, BadValue, NotFound, Problem
from datong.tills.queries import get_device
from datong.tills.types import Device, NewDevice

SCOPES = (Scope.TILLS_USE, Scope.CARDS_SCAN, Scope.WALLET_PAY, Scope.VOUCHERS_REDEEM)
"""What a till's key opens: its own addresses, and what a counter needs of members. No list of anybody."""
PUT = """
    INSERT INTO tills_device (brand_id, id, store_id, channel_id, name, created_by, created_at, version, marks)
    VALUES (%(brand)s, %(id)s, %(store)s, %(channel)s, %(name)s, %(by)s, %(now)s, '', '{}')
"""


def register(brand: UUID, store_id: UUID, name: str, *, by: str, channel_code: str = "") -> NewDevice:
    """A till of a store, with a key of its own that is told this once.

    It sells by the brand's store channel, or the one named. Raises BadValue for the name, BadInput when no channel is a
    store's, NotFound for the store.
    """
    if not 0 < len(name.strip()) <= 80 or not name.isprintable():
        raise BadValue("name", name[:80], "1 to 80 characters by which staff know the till")
    if not stores_by_id(brand, [store_id]):
        raise NotFound(f"no store {store_id}")
    channel = _channel(brand, channel_code)
    with in_brand(brand):
        made = create_client(brand, channel.id, f"Till {name.strip()}", SCOPES, by=by)
        key = {"brand": brand, "id": made.client.id, "store": store_id, "channel": channel.id}
        execute(PUT, {**key, "name": name.strip(), "by": by[:120], "now": clock.now()})
        audit.record(
            brand=brand, actor=by, verb="till.register", subject=f"till {name.strip()}", store_id=store_id,
            after={"till": str(made.client.id), "channel": channel.code},
        )  # fmt: skip
        return NewDevice(get_device(brand, made.client.id), made.key)


def _channel(brand: UUID, code: str) -> Channel:
    doors = sorted((c for c in list_channels(brand) if c.kind is ChannelKind.STORE and c.open), key=lambda c: c.code)
    if code:
        doors = [door for door in doors if door.code == code]
    if not doors:
        fix = "a channel of the kind store: register one under Channels"
        raise BadInput("there is no channel that tills sell by", Problem("channel", "no_channel", fix, code))
    return doors[0]


REVOKE = """
    UPDATE tills_device SET revoked_at = %(now)s WHERE brand_id = %(brand)s AND id = %(id)s AND revoked_at IS NULL
"""


def revoke(brand: UUID, device_id: UUID, *, by: str, reason: str = "") -> Device:
    """Take a till's key back: its next call is refused. The same again changes nothing."""
    with in_brand(brand):
        device = get_device(brand, device_id)
        if execute(REVOKE, {"brand": brand, "id": device_id, "now": clock.now()}):
            revoke_client(brand, device_id, by=by, reason=reason)
            audit.record(
                brand=brand, actor=by, verb="till.revoke", subject=f"till {device.name}", reason=reason,
                store_id=device.store_id,
            )  # fmt: skip
        return get_device(brand, device_id)
