"""Where a list of its own holds: a recorded policy, opened together with its list, ended by a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from datong.brand import api as brands
from datong.catalog import rules
from datong.catalog.actions.common import stamp
from datong.catalog.actions.prices import put_price_lists
from datong.catalog.events import CatalogPut
from datong.catalog.queries import list_rules
from datong.catalog.types import PriceList, PricePolicy
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound

PUT = """
    INSERT INTO catalog_pricepolicy (brand_id, id, price_list, channels, stores, regions, reason, by, made_at,
                                     valid_from, valid_to)
    VALUES (%(brand)s, %(id)s, %(list)s, %(channels)s::uuid[], %(stores)s::uuid[], %(regions)s::text[], %(reason)s,
            %(by)s, %(now)s, %(from)s, %(to)s)
"""


def open_policy(brand_id: UUID, policy: PricePolicy) -> PricePolicy:
    """Record why a list holds somewhere, and open the list when it is new (in the brand's currency and tax handling).

    The one price for everybody is the rule, so a list of its own holds nowhere without this. Raises BadValue: without
    reason, somebody or somewhere; for doors that are not the brand's; for doors that another policy has already.
    """
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        book = list_rules(brand_id)
        rules.check_policy(policy, book.policies)
        _check_doors(brand_id, policy)
        if policy.price_list not in book.lists:
            base = book.lists.get("") or PriceList("", brands.get_brand(brand_id).currency)
            put_price_lists(brand_id, [replace(base, code=policy.price_list)], by=policy.by)
        execute(
            PUT,
            {
                "brand": brand_id,
                "id": policy.id,
                "list": policy.price_list,
                "channels": sorted(policy.channels),
                "stores": sorted(policy.stores),
                "regions": sorted(policy.regions),
                "reason": policy.reason.strip()[:300],
                "by": policy.by[:120],
                "now": clock.now(),
                "from": policy.valid_from,
                "to": policy.valid_to,
            },
        )
        _record(brand_id, "price_policy.open", policy.price_list, policy.by, policy.reason)
    return policy


def _check_doors(brand_id: UUID, policy: PricePolicy) -> None:
    if policy.channels - {channel.id for channel in brands.list_channels(brand_id)}:
        raise BadValue("channels", len(policy.channels), "channels of the brand")
    if policy.stores - set(brands.stores_by_id(brand_id, policy.stores)):
        raise BadValue("stores", len(policy.stores), "stores of the brand")


END = """
    UPDATE catalog_pricepolicy SET valid_to = %(at)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND (valid_to IS NULL OR valid_to > %(at)s) AND valid_from < %(at)s
    RETURNING price_list
"""


def end_policy(brand_id: UUID, policy_id: UUID, *, by: str, reason: str = "", at: datetime | None = None) -> None:
    """Let a policy end at a moment (now): its doors sell by the brand's list again. NotFound when it has ended."""
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        found = rows(END, {"brand": brand_id, "id": policy_id, "at": at or clock.now()})
        if not found:
            raise NotFound(f"no price policy {policy_id} that still holds")
        _record(brand_id, "price_policy.end", found[0][0], by, reason)


def _record(brand_id: UUID, verb: str, price_list: str, by: str, reason: str) -> None:
    outbox.emit(CatalogPut(brand_id, "price_policies", 1, by))
    audit.record(brand=brand_id, actor=by, verb=verb, subject=f"price list {price_list}", reason=reason)
