"""A marketplace's list, read as its mapping file says (section `[listing]`)."""

from __future__ import annotations

from datetime import datetime

from datong.integration import api as integration
from datong.integration.types import Listed, ListedPage
from datong.sync.types import Address


class MappedOrders:
    def __init__(self, address: Address, door: str) -> None:
        self.ordered = False
        self._door, self._base_url = door, address.base_url

    def page(self, since: datetime, until: datetime, cursor: str) -> ListedPage:
        return integration.list_by_mapping(self._door, since=since, until=until, cursor=cursor, base_url=self._base_url)

    def one(self, external_id: str) -> Listed | None:
        """A marketplace's list knows no single order; its next reading brings it."""
        return None

    def close(self) -> None:
        """Nothing is held open."""
