"""The crash test's own brand, opened and recounted in processes of their own.

`open HOME`, then `recount HOME BRAND BANK`.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

from datong.site.runtime import ready
from datong.site.tests import bank_world


def open_it() -> dict[str, Any]:
    from datong.brand.api import register_channel
    from datong.brand.types import Channel, ChannelKind
    from datong.integration.api import create_endpoint
    from datong.kernel.ids import uuid7
    from datong.site.bench.world import open_world

    world = open_world(stores=40, skus=10)
    bank_world.open_bank(world.brand.id)
    shop = Channel(uuid7(), "web", "Web shop", ChannelKind.SITE, role="sell")
    register_channel(world.brand.id, shop)
    door = create_endpoint(
        world.brand.id, shop.id, "shopify", secrets={"secret": "crash"}, settings={"rate_per_s": 1000}
    )
    return {
        "brand": str(world.brand.id),
        "key": world.key,
        "api_channel": str(world.channel),
        "web_channel": str(shop.id),
        "token": door.token,
        "orders": [world.order(n) for n in range(400)],
    }


def recount(brand: str, bank: str) -> dict[str, Any]:
    from datong.integration.api import inbox_counts
    from datong.inventory.api import audit
    from datong.kernel.db import in_brand, rows
    from datong.ledger.api import check
    from datong.orders.api import proof

    brand_id, inbox = UUID(brand), Counter[str]()
    for of_channel in inbox_counts(brand_id).values():  # before the orders: what is written then is in them
        inbox.update({state.value: count for state, count in of_channel.items()})
    with in_brand(brand_id):
        found = rows("SELECT channel_id, external_id FROM orders_order WHERE brand_id = %s", [brand_id])
    return {
        "orders": [[str(channel), external] for channel, external in found],
        "inbox": dict(inbox),
        "stock": audit(brand_id).sound,
        "book": proof(brand_id).sound,
        "ledger": [str(difference) for difference in check(brand_id)],
        "bank": bank_world.recount(brand_id, Path(bank)),
    }


if __name__ == "__main__":
    os.environ["DATONG_HOME"] = sys.argv[2]
    os.environ.pop("DATABASE_URL", None)
    with ready(upgrade=sys.argv[1] == "open"):
        print(json.dumps(open_it() if sys.argv[1] == "open" else recount(*sys.argv[3:5])))
