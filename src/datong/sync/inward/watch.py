"""A channel that is only watched: its orders and products are read for whoever looks on, and nothing is kept or sent.

Only a channel that is paused and whose list is not taken into the order book can be watched: what is told to it and
what of it becomes an order of ours would otherwise be decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from datong.brand.api import list_stores
from datong.integration.types import ListedPage
from datong.kernel.errors import Conflict, Problem
from datong.sync.connectors.registry import check_settings, connector_of
from datong.sync.inward.types import OrderSource
from datong.sync.inward.way import Way, source_of, way_to
from datong.sync.queries import get_link
from datong.sync.types import Address, Listing

MAX_PAGES = 400
MAX_LISTINGS = 200_000


@dataclass(frozen=True, slots=True)
class Watched:
    """What can be read of a channel. `places`: their location -> our store's code; `ordered`: pages come by change."""

    connector: str
    settings: Mapping[str, object]
    currency: str
    places: Mapping[str, str]
    ordered: bool
    source: OrderSource
    address: Address

    def orders(self, since: datetime, until: datetime) -> Iterator[ListedPage]:
        """Page by page to the end. Raises Unavailable, NotAllowed, BadInput, Conflict (there is no end)."""
        cursor = ""
        for _ in range(MAX_PAGES):
            page = self.source.page(since, until, cursor)
            yield page
            cursor = page.next
            if not cursor:
                return
        raise Conflict(f"the channel's list has more than {MAX_PAGES} pages", Problem("channel", "too_long", "a file"))

    def goods(self) -> Sequence[Listing]:
        """The products with stock and price, as far as the channel shows them: none where a mapping has no way to ask.

        Raises as `orders`.
        """
        if check_settings(self.address.platform, self.address.settings):
            return ()
        client = connector_of(self.address)
        try:
            return list(islice(client.listings(), MAX_LISTINGS))
        finally:
            client.close()


@contextmanager
def watch(brand_id: UUID, channel_id: UUID) -> Iterator[Watched]:
    """The channel, open for reading. Raises NotConnected, and Conflict where it is live."""
    way = way_to(brand_id, channel_id)
    link = get_link(brand_id, channel_id)
    _refuse(way, paused=link.paused_at is not None)
    stores = {str(store.id): store.code for store in list_stores(brand_id)}
    places = {ref: stores[store] for store, ref in (link.settings.get("places") or {}).items() if store in stores}
    source = source_of(way, to_take=False)
    try:
        yield Watched(
            way.address.platform.value,
            way.address.settings,
            way.address.currency,
            places,
            source.ordered,
            source,
            way.address,
        )
    finally:
        source.close()


def _refuse(way: Way, *, paused: bool) -> None:
    taken = way.door is not None and bool(way.address.settings.get("pull", True))
    if not paused or taken:
        what = "its orders are taken into the order book" if paused else "stock and prices are sent to it"
        fix = "connect it with --watch-only: nothing is sent to it then, and its orders are not taken"
        raise Conflict(f"the channel is live: {what}", Problem("channel", "live", fix))
