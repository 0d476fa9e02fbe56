"""A delivery comes in: believed, kept, acknowledged. Nothing else happens while its sender waits."""

from __future__ import annotations

from datong.integration.actions.contexts import context_of
from datong.integration.actions.keep import Row, keep
from datong.integration.actions.throttle import BURST, RATE_PER_S, admit
from datong.integration.queries import endpoint_of
from datong.integration.rules import kept_headers
from datong.integration.types import (
    MAX_BODY_BYTES,
    Connector,
    Endpoint,
    InboxState,
    Piece,
    Receipt,
    Reply,
    Request,
    TooLarge,
    UnknownEndpoint,
)
from datong.integration.wire.registry import connector_of
from datong.kernel.db import in_brand


def receive(token: str, request: Request) -> Receipt:
    """Verify, keep, and say what the sender wants to hear; committed before it returns.

    Raises UnknownEndpoint, BadSignature (nothing is kept), TooLarge, TooMany. A repeat is kept and acknowledged like
    the first: a sender that hears a refusal gives up on us (Shopify drops the subscription).
    """
    endpoint, secrets = endpoint_of(token)
    _admit(endpoint)
    if len(request.body) > MAX_BODY_BYTES:
        raise TooLarge(f"{len(request.body)} bytes; at most {MAX_BODY_BYTES} are taken")
    connector = connector_of(endpoint.connector, endpoint.settings)
    context = context_of(endpoint.brand_id, endpoint.channel_id, secrets=secrets, settings=endpoint.settings)
    connector.verify(request, context)
    headers = kept_headers(request.headers)
    pieces = connector.unpack(request, context)
    found = [_row(piece, endpoint, connector, headers) for piece in pieces]
    with in_brand(endpoint.brand_id):
        keep(found)
    return Receipt(tuple(row.id for row in found), connector.reply)


def greet(token: str, request: Request) -> Reply:
    """The GET by which a platform checks an address. Raises UnknownEndpoint where no platform does so."""
    endpoint, secrets = endpoint_of(token)
    _admit(endpoint)
    connector = connector_of(endpoint.connector, endpoint.settings)
    if connector.greet is None:
        raise UnknownEndpoint("this door takes POST only")
    context = context_of(endpoint.brand_id, endpoint.channel_id, secrets=secrets, settings=endpoint.settings)
    return connector.greet(request, context)


def _row(piece: Piece, endpoint: Endpoint, connector: Connector, headers: dict[str, str]) -> Row:
    return Row(
        channel_id=endpoint.channel_id,
        connector=endpoint.connector,
        body=piece.body,
        door=endpoint.token,
        vouches=bool(endpoint.settings.get("vouches")),
        external_id=piece.external_id,
        headers=headers,
        state=InboxState.PENDING if piece.orders else InboxState.IGNORED,
        awaits=piece.orders and connector.fetch is not None,
    )


def _admit(endpoint: Endpoint) -> None:
    rate = float(endpoint.settings.get("rate_per_s", RATE_PER_S))
    admit(f"door {endpoint.token}", rate, float(endpoint.settings.get("burst", max(BURST, rate))))
