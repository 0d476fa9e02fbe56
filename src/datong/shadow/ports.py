"""What shadow mode needs from outside to look at a connected channel by itself. The site binds it when it starts.

Whoever implements it stands beside, holds the credential, and only reads: there is no verb here that could write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from datong.integration.types import ListedPage


class Good(Protocol):
    """A product as the channel shows it. `by_place`: units by their location; `units` None: not counted there."""

    @property
    def sku(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def price_minor(self) -> int | None: ...
    @property
    def units(self) -> int | None: ...
    @property
    def by_place(self) -> Mapping[str, int]: ...


class Shown(Protocol):
    """A channel open for reading. `connector` reads its orders with `settings`; `places`: their location -> our
    store's code; `ordered`: pages of orders come by time of change."""

    @property
    def connector(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, object]: ...
    @property
    def currency(self) -> str: ...
    @property
    def places(self) -> Mapping[str, str]: ...
    @property
    def ordered(self) -> bool: ...

    def orders(self, since: datetime, until: datetime) -> Iterator[ListedPage]: ...
    def goods(self) -> Sequence[Good]: ...


class Watch(Protocol):
    """Open a channel for reading. Raises Conflict where the channel is live, NotFound where it is not connected."""

    def __call__(self, brand_id: UUID, channel_id: UUID) -> AbstractContextManager[Shown]: ...
