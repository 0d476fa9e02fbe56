"""A marketplace is asked for its own list of orders."""

from __future__ import annotations

from datetime import datetime

from datong.integration.actions.contexts import context_of
from datong.integration.queries import endpoint_of
from datong.integration.types import ListedPage
from datong.integration.wire.listing import listed


def list_by_mapping(
    token: str, *, since: datetime, until: datetime, cursor: str = "", base_url: str = ""
) -> ListedPage:
    """A page of the orders changed in [since, until) at the marketplace behind a door; outside of any transaction.

    Raises UnknownEndpoint, Unavailable, BadInput (the mapping declares no list, or the platform refuses).
    """
    endpoint, secrets = endpoint_of(token)
    context = context_of(endpoint.brand_id, endpoint.channel_id, secrets=secrets, settings=endpoint.settings)
    return listed(context, since=since, until=until, cursor=cursor, base_url=base_url)
