"""Orders that were asked for come in by the same door as those that were delivered: kept in the same inbox, read by the
same connector, once-only by the same claim. What tells them apart is a header of ours."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.integration.actions.contexts import context_of
from datong.integration.actions.keep import Row, keep
from datong.integration.queries import endpoint_of
from datong.integration.rules import PULLED, kept_headers
from datong.integration.types import MAX_BODY_BYTES, InboxState, Piece, Pulled, Request, UnknownEndpoint
from datong.integration.wire.registry import connector_of


def keep_pulled(brand_id: UUID, token: str, found: Sequence[Pulled], *, why: str) -> list[UUID]:
    """Keep what a pull brought into the open transaction; the ids of its entries, in order.

    `why` is written beside them ('recent', 'full', 'asked'). Nothing is verified: we have asked, over an authenticated
    connection. Raises UnknownEndpoint. A payload over the limit of size is left out and has a nil id.
    """
    endpoint, secrets = endpoint_of(token)
    if endpoint.brand_id != brand_id:
        raise UnknownEndpoint("no door of this brand has this address")
    connector = connector_of(endpoint.connector, endpoint.settings)
    context = context_of(brand_id, endpoint.channel_id, secrets=secrets, settings=endpoint.settings)
    kept: list[Row] = []
    ids: list[UUID] = []
    for each in found:
        if max(len(each.body), len(each.details)) > MAX_BODY_BYTES:
            ids.append(UUID(int=0))
            continue
        if each.details:
            pieces = [Piece(each.body, each.external_id)]
        else:
            pieces = connector.unpack(Request(each.body, each.headers), context)
        rows = [
            Row(
                channel_id=endpoint.channel_id,
                connector=endpoint.connector,
                body=piece.body,
                door=endpoint.token,
                vouches=bool(endpoint.settings.get("vouches")),
                external_id=piece.external_id or each.external_id,
                headers=kept_headers(each.headers) | {PULLED: why},
                fetched=each.details or None,
                state=InboxState.PENDING if piece.orders else InboxState.IGNORED,
                awaits=piece.orders and connector.fetch is not None and not each.details,
            )
            for piece in pieces
        ]
        kept.extend(rows)
        ids.append(rows[0].id)
    keep(kept)
    return ids
