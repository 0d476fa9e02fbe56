"""Orders of our own API: read, kept and placed in the same moment, through the gathering queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from datong.access.types import Client
from datong.brand.types import ChannelKind
from datong.integration.actions.contexts import channel_of, context_of
from datong.integration.actions.gather import Answer, take, unread
from datong.integration.actions.keep import Row
from datong.integration.rules import kept_headers
from datong.integration.types import Context
from datong.integration.wire import native, pos, till
from datong.kernel.errors import BadInput, Problem
from datong.orders.types import OrderIntent

OWN_DOORS = {ChannelKind.SITE, ChannelKind.APP, ChannelKind.STORE, ChannelKind.SERVICE_CENTRE, ChannelKind.SOCIAL}
"""Channels the brand runs itself: their log-in may vouch for who somebody is; a partner's may not."""


def take_native(client: Client, bodies: Sequence[bytes], headers: Mapping[str, str]) -> Answer:
    """Orders in Datong's own format; what cannot be read is kept and refused, the others are not held up."""
    return _take(client, bodies, headers, "native", native.parse)


def take_till(client: Client, bodies: Sequence[bytes], headers: Mapping[str, str]) -> Answer:
    """Sales of a till."""
    return _take(client, bodies, headers, "pos", pos.parse)


def take_sales(client: Client, bodies: Sequence[bytes], headers: Mapping[str, str]) -> Answer:
    """Sales of a till of ours, in the words of `wire/till.py`."""
    return _take(client, bodies, headers, "till", till.parse)


def split_batch(body: bytes) -> list[bytes]:
    """The orders of a batch. Raises BadInput when it is none."""
    return native.split(body)


def split_till(body: bytes) -> list[bytes]:
    """One upload a sale. Raises BadInput when it is none: the till has it still, and sends it again."""
    return pos.split(body)


def _take(
    client: Client,
    bodies: Sequence[bytes],
    headers: Mapping[str, str],
    connector: str,
    parse: Callable[[bytes, Context], list[OrderIntent]],
) -> Answer:
    context = context_of(
        client.brand_id,
        client.channel_id,
        vouches=channel_of(client.brand_id, client.channel_id).kind in OWN_DOORS,
        received_by=f"client {client.name}"[:80],
    )
    found: list[Row] = []
    intents: list[OrderIntent | None] = []
    for body in bodies:
        row = Row(
            channel_id=client.channel_id,
            connector=connector,
            body=body,
            door=f"client:{client.name}"[:80],
            vouches=context.vouches,
            headers=kept_headers(headers),
        )
        row, intent = _read(row, body, context, parse)
        found.append(row)
        intents.append(intent)
    return take(client.brand_id, found, intents, actor=f"client {client.name}"[:80])


def _read(
    row: Row, body: bytes, context: Context, parse: Callable[[bytes, Context], list[OrderIntent]]
) -> tuple[Row, OrderIntent | None]:
    try:
        intents = parse(body, replace(context, inbox_id=row.id))
    except BadInput as error:
        return unread(row, error), None
    if len(intents) != 1:
        problem = Problem("/orders", "one_order", "one order here; send several to the batch address", len(intents))
        return unread(row, BadInput("one order is wanted", problem)), None
    return replace(row, external_id=intents[0].external_id), replace(intents[0], trace=row.trace)
