"""Codes in the windows of some stores and on tables, an account, the visits they brought; how sales are shared."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from datong.brand import api as brands
from datong.brand.types.entries import Entry, EntryType, Opens
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types.credit import CreditShares
from datong.site.demo.dice import dice
from datong.site.demo.load import BY, Loaded

STORES, TABLES, VISITORS = 4, 6, 40


def fill_entries(loaded: Loaded) -> None:
    """A few dozen rows: nothing of the day's orders waits for them."""
    brand, chinese = loaded.brand, loaded.brand.locale.startswith("zh")
    if brands.list_entries(brand.id, since=clock.now(), ended=True, limit=1):
        return
    begun, stores = clock.now() - timedelta(days=20), brands.list_stores(brand.id)[:STORES]
    window, table = ("橱窗", "桌") if chinese else ("Window", "Table")

    def entry(
        kind: EntryType, title: str, opens: Opens = Opens.SHOP, store: UUID | None = None, place: str = ""
    ) -> Entry:
        return Entry(uuid7(), "", kind, title, opens, begun, store_id=store, place=place)

    found = [entry(EntryType.STORE, f"{window} · {one.name}", Opens.STORE, one.id) for one in stores]
    found += [
        entry(EntryType.TABLE, f"{table} {n} · {one.name}", store=one.id, place=str(n))
        for one in stores[:1]
        for n in range(1, TABLES + 1)
    ]
    found += [entry(EntryType.SOCIAL, "公众号菜单" if chinese else "WeChat menu")]
    made = brands.make_entries(brand.id, found, by=BY)
    throws = dice("visits")
    for _one in range(VISITORS):
        visitor = uuid4()
        for _ in range(throws.choice((1, 1, 2))):
            brands.record_visit(brand.id, throws.choice(made).id, visitor)
    if not orders.credit_rules(brand.id):
        orders.put_credit_rule(brand.id, CreditShares(50, 40, 10), clock.now(), by=BY)
