"""WooCommerce's list of orders, in the shape its webhooks have.

Sources: https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders (modified_after, dates_are_gmt,
orderby, order, per_page up to 100, page; X-WP-TotalPages), its authentication by consumer key and secret over HTTPS.

Pages by number shift while orders change: one that is changed moves to the end, those behind it move up, and one of
them is never seen. So a reading does not count pages: it asks for what changed after the last order it has seen, and
counts pages only among orders changed in the same second.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from datong.integration.types import Listed, ListedPage, Pulled
from datong.kernel.errors import BadValue
from datong.kernel.money import minor_of
from datong.sync.inward.calls import Calls
from datong.sync.types import Address

LIMIT = 100
ROOT = "/wp-json/wc/v3"
SECOND = timedelta(seconds=1)
CANCELLED = {"cancelled", "failed", "trash", "refunded"}
DRAFTS = {"checkout-draft", "auto-draft"}


class WooCommerceOrders:
    def __init__(self, address: Address) -> None:
        self.ordered = True
        keys = (address.secrets.get("consumer_key", ""), address.secrets.get("consumer_secret", ""))
        self._calls = Calls("WooCommerce", address.base_url, headers={}, auth=keys)
        self._currency = address.currency

    def page(self, since: datetime, until: datetime, cursor: str) -> ListedPage:
        after, number = _read(cursor, since)
        asked = {
            "modified_after": after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "per_page": LIMIT,
            "page": number,
            "status": "any",
        }
        answer = self._calls.ask("GET", f"{ROOT}/orders", params=asked)
        found, faults = [], {}
        orders, pages = self._calls.json(answer), int(answer.headers.get("x-wp-totalpages") or 0)
        for order in orders:
            try:
                if order.get("status") not in DRAFTS:
                    found.append(self._listed(order))
            except (BadValue, KeyError, TypeError, ValueError) as error:
                faults[str(order.get("id", "?"))[:120]] = str(error)[:300]
        return ListedPage(tuple(found), _following(found, pages > number, after, number), faults)

    def one(self, external_id: str) -> Listed | None:
        if not external_id.isdecimal():
            return None
        answer = self._calls.ask("GET", f"{ROOT}/orders/{external_id}", missing_ok=True)
        return self._listed(self._calls.json(answer)) if answer.status_code == 200 else None

    def close(self) -> None:
        self._calls.close()

    def _listed(self, order: dict[str, Any]) -> Listed:
        cancelled = order.get("status") in CANCELLED
        currency = str(order.get("currency") or self._currency)
        created = _gmt(order["date_created_gmt"])
        topic = "order.updated" if cancelled else "order.created"
        return Listed(
            Pulled(str(order["id"]), msgspec.json.encode(order), {"x-wc-webhook-topic": topic}),
            created,
            _gmt(order.get("date_modified_gmt") or order["date_created_gmt"]),
            minor_of(str(order["total"]), currency),
            currency,
            paid=bool(order.get("date_paid_gmt") or order.get("date_paid")),
            cancelled=cancelled,
        )


def _following(found: list[Listed], more: bool, after: datetime, number: int) -> str:
    """After the last change seen; the next page only where a whole page is of one second."""
    if not more:
        return ""
    newest = max((each.updated_at for each in found), default=after) - SECOND
    return f"{newest.isoformat()} 1" if newest > after else f"{after.isoformat()} {number + 1}"


def _read(cursor: str, since: datetime) -> tuple[datetime, int]:
    if not cursor:
        return since - SECOND, 1  # "after" leaves the moment itself out
    moment, _, number = cursor.partition(" ")
    return datetime.fromisoformat(moment), int(number)


def _gmt(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
