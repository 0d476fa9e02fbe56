"""Shopify's list of orders, in the shape its webhooks have.

Sources: https://shopify.dev/docs/api/admin-rest/latest/resources/order (GET orders.json with status=any,
updated_at_min, limit up to 250; the last 60 days unless the app may read all),
https://shopify.dev/docs/api/usage/pagination-rest (the next page is the Link header's rel="next", whose page_info
stands alone with limit), https://shopify.dev/docs/api/usage/limits (429 with Retry-After). The REST list is used, as
long as it stands, because its orders are byte for byte what the connector of the webhooks reads.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from datong.integration.types import Listed, ListedPage, Pulled
from datong.kernel.errors import BadValue
from datong.kernel.money import minor_of
from datong.sync.inward.calls import Calls
from datong.sync.types import Address

VERSION = "2026-07"
LIMIT = 250
PAID = {"paid", "partially_refunded", "refunded"}
NEXT = re.compile(r'<([^>]+)>;\s*rel="?next"?')


class ShopifyOrders:
    def __init__(self, address: Address) -> None:
        self.ordered = True
        self._calls = Calls(
            "Shopify", address.base_url, headers={"X-Shopify-Access-Token": address.secrets.get("access_token", "")}
        )
        self._root = f"/admin/api/{address.settings.get('api_version', VERSION)}"
        self._currency = address.currency

    def page(self, since: datetime, until: datetime, cursor: str) -> ListedPage:
        asked: dict[str, Any] = {"limit": LIMIT}
        if cursor:
            asked["page_info"] = cursor
        else:
            asked |= {"status": "any", "updated_at_min": since.astimezone(UTC).isoformat(), "order": "updated_at asc"}
        answer = self._calls.ask("GET", f"{self._root}/orders.json", params=asked)
        found, faults = [], {}
        for order in self._calls.json(answer).get("orders", []):
            try:
                found.append(self._listed(order))
            except (BadValue, KeyError, TypeError, ValueError) as error:
                faults[str(order.get("id", "?"))[:120]] = str(error)[:300]
        return ListedPage(tuple(found), _next(answer.headers.get("link", "")), faults)

    def one(self, external_id: str) -> Listed | None:
        if not external_id.isdecimal():
            return None
        answer = self._calls.ask("GET", f"{self._root}/orders/{external_id}.json", missing_ok=True)
        return self._listed(self._calls.json(answer)["order"]) if answer.status_code == 200 else None

    def close(self) -> None:
        self._calls.close()

    def _listed(self, order: dict[str, Any]) -> Listed:
        cancelled = order.get("cancelled_at") is not None
        paid = order.get("financial_status") in PAID
        currency = str(order.get("currency") or self._currency)
        topic = "orders/cancelled" if cancelled else "orders/create"
        headers = {"content-type": "application/json", "x-shopify-topic": topic}
        created = datetime.fromisoformat(order["created_at"])
        return Listed(
            Pulled(str(order["id"]), msgspec.json.encode(order), headers),
            created,
            datetime.fromisoformat(order.get("updated_at") or order["created_at"]),
            minor_of(str(order["total_price"]), currency),
            currency,
            paid=paid,
            cancelled=cancelled,
        )


def _next(link: str) -> str:
    """The page_info of the next page, '' on the last."""
    found = NEXT.search(link)
    return parse_qs(urlsplit(found[1]).query).get("page_info", [""])[0] if found else ""
