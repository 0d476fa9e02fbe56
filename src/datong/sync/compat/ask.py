"""The facts of a check are gathered: what we hold, and a trial call to the other side, outside of any transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand, list_channels, list_stores
from datong.catalog import api as catalog
from datong.integration import api as integration
from datong.integration.types import Endpoint
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput, DatongError, NotFound
from datong.sync.compat import rules, store
from datong.sync.compat.types import Area, Check, Facts, Goods, Level, Mismatch
from datong.sync.connectors.registry import connector_of
from datong.sync.erp.mapping import ErpMapping, erp_mapping
from datong.sync.erp.odoo import Odoo
from datong.sync.erp.run import run_erp
from datong.sync.erp.store import get_erp, set_live
from datong.sync.erp.types import Erp
from datong.sync.inward.sources.shopify import VERSION
from datong.sync.inward.way import Way, source_of, ways
from datong.sync.queries import address_of

MOST_ITEMS = 100_000
MOST_LISTINGS = 20_000

ITEMS = "SELECT sku, tax_class FROM catalog_item WHERE brand_id = %(brand)s AND active LIMIT %(most)s"
CURRENCIES = "SELECT DISTINCT currency FROM sync_theirs WHERE brand_id = %(brand)s AND channel_id = %(channel)s"
REUSED = """
    SELECT found FROM sync_counterpart WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND fault = 'reused'
     LIMIT 20
"""


def check_channel(brand_id: UUID, channel_id: UUID, *, by: str) -> Check:
    """Look at a channel's connection from both sides; what was found is kept. Raises NotFound."""
    channel = next((c for c in list_channels(brand_id) if c.id == channel_id), None)
    if channel is None:
        raise NotFound(f"no channel {channel_id}")
    way = next((w for w in ways(brand_id) if w.channel_id == channel_id), None)
    doors = [d for d in integration.list_endpoints(brand_id) if d.channel_id == channel_id and d.active]
    about = {"brand": brand_id, "channel": channel_id, "most": MOST_ITEMS}
    with in_brand(brand_id):
        items = rows(ITEMS, about)
        currencies = frozenset(code for (code,) in rows(CURRENCIES, about))
        reused = [text for (text,) in rows(REUSED, about)]
    book = catalog.list_rules(brand_id)
    settings = way.address.settings if way else {}
    trouble, listed = _tried(brand_id, channel_id, way)
    facts = Facts(
        platform=way.address.platform.value if way else "",
        today=clock.now().date(),
        has_door=bool(doors),
        has_link=way is not None,
        trouble=trouble,
        lists_orders=_lists_orders(way),
        api_version=str(settings.get("api_version", VERSION)),
        currency=get_brand(brand_id).currency,
        their_currencies=currencies | ({way.address.currency} if way else set()),
        places=dict(settings.get("places") or {}),
        by_location=settings.get("mode") == "location",
        stores={str(s.id): s.code for s in list_stores(brand_id)},
        named_stores=_named_stores(settings),
        tax_classes=frozenset(tax for _, tax in items),
        tax_rates=book.taxes.classes,
        named_choices=_named_choices(doors),
        choices=frozenset(catalog.choice_names(brand_id)),
        goods=None if listed is None else Goods(listed, frozenset(sku for sku, _ in items), reused),
    )
    return store.keep(brand_id, channel_id, channel.code, rules.check(facts), by=by)


def _named_stores(settings: Mapping[str, Any]) -> frozenset[str]:
    """Store codes the settings of a door name: pickup places and warehouses."""
    maps = [settings.get(name) for name in ("stores", "warehouses")]
    return frozenset(str(code) for each in maps if isinstance(each, dict) for code in each.values() if code)


def _named_choices(doors: Sequence[Endpoint]) -> frozenset[str]:
    """What the mappings of a channel's doors translate its options to."""
    found: set[str] = set()
    for door in doors:
        try:
            mapping = integration.mapping_in(door.settings) if door.connector == "marketplace" else None
        except DatongError:
            mapping = None
        if mapping and mapping.order.lines.options:
            found |= {str(code) for code in mapping.order.lines.options.map.values()}
    return frozenset(found)


def _lists_orders(way: Way | None) -> bool:
    if way is None or way.door is None or way.address.platform.value != "marketplace":
        return True
    try:
        return integration.mapping_in(way.door.settings).listing is not None
    except DatongError:
        return False


def without_list(brand_id: UUID) -> list[UUID]:
    """Channels with a mapped door whose platform's list of orders cannot be read: what they lose nobody finds."""
    found = []
    for door in integration.list_endpoints(brand_id):
        if door.active and door.connector == "marketplace":
            try:
                listed = integration.mapping_in(door.settings).listing is not None
            except DatongError:
                listed = False
            if not listed and door.channel_id not in found:
                found.append(door.channel_id)
    return found


def _tried(
    brand_id: UUID, channel_id: UUID, way: Way | None
) -> tuple[tuple[str, str, str] | None, list[tuple[str, str, int | None]] | None]:
    """A trial reading of its orders and products: what failed, and the products it lists."""
    if way is None or way.door is None:
        return None, None
    try:
        if _lists_orders(way):
            source = source_of(way)
            try:
                source.page(clock.now() - timedelta(minutes=1), clock.now(), "")
            finally:
                source.close()
        connector = connector_of(address_of(brand_id, channel_id))
        try:
            listed = []
            for one in connector.listings():
                listed.append((one.sku, one.title, one.price_minor))
                if len(listed) >= MOST_LISTINGS:
                    break
        finally:
            connector.close()
    except DatongError as error:
        fix = next((p.fix for p in error.problems), "Check its address and key, then check again.")
        return (error.code, str(error)[:300], fix), None
    return None, listed


# ERPs ----------------------------------------------------------------------------------------------------------------


def check_erp(brand_id: UUID, code: str, *, by: str) -> Check:
    """Look at an ERP's connection: its mapping, the way there, its version, and a dry run over what is waiting."""
    erp = get_erp(brand_id, code)
    found: list[Mismatch] = []
    try:
        mapping = erp_mapping(erp.mapping, str(erp.settings.get("mapping_toml", "")))
        found += _erp_way(erp, mapping)
        if not any(m.level is Level.BLOCKING for m in found):
            found += _dry(brand_id, erp)
    except BadInput as error:
        fix = next((p.fix for p in error.problems), "Correct the mapping.")
        found.append(Mismatch(Area.FIELDS, Level.BLOCKING, error.code, str(error)[:300], fix))
    return store.keep(brand_id, erp.id, code, found, by=by)


def _erp_way(erp: Erp, mapping: ErpMapping) -> list[Mismatch]:
    if mapping.protocol == "files":
        folder = Path(str(erp.settings["folder"]))
        missing = [name for name in ("in", "processed", "failed", "out") if not (folder / name).is_dir()]
        if missing:
            fix = "Make them, and let the worker write there."
            return [
                Mismatch(Area.WAY, Level.BLOCKING, "no_folder", "The exchange folder lacks a part.", fix, missing[0])
            ]
        return [Mismatch(Area.WAY, Level.FINE, "folder", "The exchange folder is there.")]
    client = Odoo(erp, mapping.protocol)
    try:
        version = client.version()
        found = [*_erp_version(version, mapping)]
        for words in mapping.feeds:
            client.call(words.model, "search_read", {"domain": [], "fields": words.fields, "limit": 1})
        lacking = {
            rest
            for words in mapping.out
            for value in words.values.values()
            for kind, _, rest in [str(value).partition(":")]
            if kind == "setting" and rest not in erp.settings
        }
        if lacking:
            what, fix = "Settings for what goes out are missing.", "Set each to the record's id in the ERP."
            found.append(Mismatch(Area.FIELDS, Level.BLOCKING, "no_setting", what, fix, ", ".join(sorted(lacking))))
        return found
    except DatongError as error:
        fix = next((p.fix for p in error.problems), "Check its address and key, then check again.")
        return [Mismatch(Area.WAY, Level.BLOCKING, error.code, str(error)[:300], fix)]
    finally:
        client.close()


def _erp_version(version: str, mapping: ErpMapping) -> list[Mismatch]:
    known = any(version.startswith(each) for each in mapping.versions)
    if known or not mapping.versions:
        return [Mismatch(Area.VERSION, Level.FINE, "version", f"Version {version} is one the mapping was written for.")]
    what = f"Version {version or 'unknown'} is not one the mapping was written for."
    fix = f"It was written for {', '.join(mapping.versions)}: try it dry, then name the version in the mapping."
    return [Mismatch(Area.VERSION, Level.WARNING, "other_version", what, fix, version)]


def _dry(brand_id: UUID, erp: Erp) -> list[Mismatch]:
    """What a dry round says; nothing is changed while the connection is not live."""
    if erp.live:
        return []
    done = run_erp(brand_id, erp.code)
    if done.problem:
        fix = "Mend this, then check again."
        return [Mismatch(Area.WAY, Level.BLOCKING, "dry_run", done.problem[:300], fix)]
    found = []
    for taken in done.taken:
        if taken.problems:
            first, none = taken.problems[0], not taken.changed and not taken.same
            level, code = (Level.BLOCKING, "rows_none") if none else (Level.WARNING, "rows_partly")
            what = f"No row of {taken.name} can be taken." if none else f"Some values of {taken.name} cannot be taken."
            place = f"{taken.name}{first.field}" + (f": {first.value}" if first.value is not None else "")
            found.append(Mismatch(Area.FIELDS, level, code, what, first.fix, place))
        else:
            what = f"{taken.name}: {taken.rows} rows fit."
            found.append(Mismatch(Area.FIELDS, Level.FINE, "rows", what))
    if not done.taken:
        what = "Nothing is waiting to be read, so the rows could not be tried."
        found.append(
            Mismatch(Area.FIELDS, Level.WARNING, "nothing", what, "Put a file into the folder and check again.")
        )
    return found


def erp_live(brand_id: UUID, code: str, *, live: bool, by: str) -> Erp:
    """Check, then let what the ERP tells change things; or stop it. Raises Conflict with every blocking mismatch."""
    blocking = store.problems(check_erp(brand_id, code, by=by)) if live else []
    return set_live(brand_id, code, live=live, blocking=blocking, by=by)
