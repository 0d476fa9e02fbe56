"""A channel's products are read and laid beside ours, field by field; each is set right by the rule of its master."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.access.types import Machine
from datong.brand.api import get_brand, list_channels
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine, Item, Words
from datong.kernel import audit, clock, locks
from datong.kernel.db import current_brand, execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.sync.actions import apply_listings, mark_prices, mark_stock, mark_texts
from datong.sync.connectors.registry import connector_of, kinds_of
from datong.sync.masters import rules
from datong.sync.masters.queries import fields_of, masters_of, rivals_of
from datong.sync.masters.types import Compared, Field, FieldName, Master, Step
from datong.sync.queries import Counterpart, address_of, counterparts, list_links, texts_of
from datong.sync.rules import plain
from datong.sync.types import Kind, Listing, NotConnected

log = logging.getLogger(__name__)

MOST = 50_000
TITLE_MOST, DESCRIPTION_MOST = 120, 5_000
"""So much of a text a product of ours takes."""
KINDS = {FieldName.PRICE: Kind.PRICE, FieldName.STOCK: Kind.STOCK}


def read_products(brand_id: UUID, channel_id: UUID, *, by: str) -> Compared:
    """Ask the channel for its products, link them, compare them. Raises NotConnected, Unavailable, NotAllowed."""
    connector = connector_of(address_of(brand_id, channel_id))
    try:
        listings = []
        for listing in connector.listings():
            listings.append(listing)
            if len(listings) >= MOST:
                break
    finally:
        connector.close()
    apply_listings(brand_id, channel_id, listings, by=by)
    return compare(brand_id, channel_id, listings, by=by)


@dataclass(slots=True)
class _Pair:
    """One field of one product on both sides, and what is decided about it."""

    item: Item
    name: FieldName
    theirs: str
    ours: str
    pending: bool = False
    step: Step = Step.NOTHING
    fights: int = 0
    code: str = ""  # of the product whose title or description it is


def compare(brand_id: UUID, channel_id: UUID, listings: Sequence[Listing], *, by: str) -> Compared:
    """Lay what was read beside ours and act by the masters; one transaction, one at a time for a channel."""
    now = clock.now()
    with in_brand(brand_id):
        locks.take(f"fields {channel_id}")
        masters = masters_of(brand_id, channel_id)
        pairs = [*_pairs(brand_id, channel_id, listings), *_texts(brand_id, channel_id, listings, masters)]
        before = fields_of(brand_id, channel_id)
        rivals = _rivals(brand_id, channel_id, pairs, masters)
        for pair in pairs:
            pair.step, pair.fights = rules.decide(
                pair.name,
                masters[pair.name],
                pair.theirs,
                pair.ours,
                before.get((pair.item.id, pair.name)),
                pending=pair.pending,
                now=now,
                rivals=rivals.get((pair.item.id, pair.name), ()),
            )
        _push(brand_id, channel_id, [p for p in pairs if p.step is Step.PUSH], now)
        _take(brand_id, channel_id, [p for p in pairs if p.step is Step.TAKE], by)
        _keep(channel_id, pairs, before, now)
        steps = [p.step for p in pairs]
        agree = sum(p.theirs == p.ours for p in pairs)
        done = Compared(
            len(pairs),
            agree,
            steps.count(Step.PUSH),
            steps.count(Step.TAKE),
            steps.count(Step.STOP) + steps.count(Step.CONFLICT),
            len(pairs) - agree,
        )
        if done.pushed or done.taken or done.stopped:
            after = {"pushed": done.pushed, "taken": done.taken, "stopped": done.stopped}
            audit.record(brand=brand_id, actor=by, verb="fields.compare", subject=f"channel:{channel_id}", after=after)
    return done


SHOWN = """
    SELECT kind, subject, shown, state = 'waiting' FROM sync_outward
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND kind IN ('stock', 'price', 'text')
       AND place = '00000000-0000-0000-0000-000000000000'
"""


def _pairs(brand_id: UUID, channel_id: UUID, listings: Sequence[Listing]) -> list[_Pair]:
    """Price and stock where both sides have them. Ours of the stock is what they were last told."""
    shown = _linked(brand_id, channel_id, listings)
    items = catalog.items_by_sku(brand_id, [counterpart.sku for _, counterpart in shown])
    told = {(k, subject): (value, waits) for k, subject, value, waits in rows(SHOWN, _about(channel_id))}
    prices = _prices(brand_id, channel_id, [c.sku for _, c in shown if c.sku in items])
    pairs = []
    for one, counterpart in shown:
        item = items.get(counterpart.sku)
        if item is None:
            continue
        price, (_, waits) = prices.get(item.sku), told.get((Kind.PRICE, item.id), (None, False))
        if one.price_minor is not None and price is not None:
            pairs.append(_Pair(item, FieldName.PRICE, str(one.price_minor), str(price), waits))
        units, waits = told.get((Kind.STOCK, item.id), (None, False))
        if one.units is not None and units is not None:
            pairs.append(_Pair(item, FieldName.STOCK, str(one.units), str(units), waits))
    return pairs


def _linked(brand_id: UUID, channel_id: UUID, listings: Sequence[Listing]) -> list[tuple[Listing, Counterpart]]:
    linked = {(c.product_ref, c.variant_ref): c for c in counterparts(brand_id, channel_id, limit=MOST) if not c.fault}
    return [(one, linked[key]) for one in listings if (key := (one.ref.product, one.ref.variant)) in linked]


def _texts(
    brand_id: UUID, channel_id: UUID, listings: Sequence[Listing], masters: Mapping[FieldName, Master]
) -> list[_Pair]:
    """Titles and descriptions, once a product of theirs, under the first of its SKUs. What is several products of ours
    there, or several items without a product, has no one title. A description nobody leads is not looked at."""
    found: dict[str, list[tuple[Listing, Counterpart]]] = {}
    for one, counterpart in _linked(brand_id, channel_id, listings):
        found.setdefault(one.ref.product, []).append((one, counterpart))
    skus = [counterpart.sku for several in found.values() for _, counterpart in several]
    items, ours = catalog.items_by_sku(brand_id, skus), texts_of(brand_id, skus)
    waits = {subject for kind, subject, _, waiting in rows(SHOWN, _about(channel_id)) if kind == Kind.TEXT and waiting}
    pairs = []
    for several in found.values():
        known = sorted(((c.sku, one) for one, c in several if c.sku in items), key=lambda pair: pair[0])
        codes = {ours[sku].code for sku, _ in known}
        if not known or len(codes) > 1 or (codes == {""} and len(known) > 1):
            continue
        sku, one = known[0]
        mine, most = ours[sku], TITLE_MOST if ours[sku].code else 200
        pending = items[sku].id in waits
        if title := plain(one.name or one.title)[:most].strip():
            pairs.append(_Pair(items[sku], FieldName.TITLE, title, mine.title, pending, code=mine.code))
        if None not in (one.description, mine.description) and masters[FieldName.DESCRIPTION] is not Master.NOBODY:
            theirs = (one.description or "")[:DESCRIPTION_MOST].strip()
            pairs.append(
                _Pair(items[sku], FieldName.DESCRIPTION, theirs, mine.description or "", pending, code=mine.code)
            )
    return pairs


def _rivals(
    brand_id: UUID, channel_id: UUID, pairs: Sequence[_Pair], masters: Mapping[FieldName, Master]
) -> dict[tuple[UUID, FieldName], list[str]]:
    """What other channels say that lead the same field of the same product, in the form ours is kept in. Prices of
    channels with a list of their own are not the same field."""
    lists = {channel.id: channel.price_list for channel in list_channels(brand_id)}
    found: dict[tuple[UUID, FieldName], list[str]] = {}
    for name in (name for name in FieldName if masters[name] is Master.CHANNEL):
        mine = {pair.item.id: pair for pair in pairs if pair.name is name and pair.theirs != pair.ours}
        for item, others in rivals_of(brand_id, channel_id, name, list(mine)).items():
            pair = mine[item]
            for other, said in others:
                if name is not FieldName.PRICE or lists.get(other) == lists.get(channel_id):
                    same = said is not None and said == rules.excerpts(pair.theirs, pair.ours)[0]
                    found.setdefault((item, name), []).append(pair.theirs if same else (said or pair.ours))
    return found


def _prices(brand_id: UUID, channel_id: UUID, skus: Sequence[str]) -> dict[str, int]:
    """What one of each costs at the channel now, before promotions."""
    if not skus:
        return {}
    currency, now = address_of(brand_id, channel_id).currency, clock.now()
    asks = [Ask(channel_id, currency, now, (AskLine(1, sku, 1),)) for sku in skus]
    quotes = catalog.quote(asks, brand=brand_id)
    return {sku: q.lines[0].unit_minor for sku, q in zip(skus, quotes, strict=True) if q.lines and not q.problems}


BELIEVE = """
    UPDATE sync_outward o SET shown = r.theirs
      FROM unnest(%(items)s::uuid[], %(theirs)s::bigint[]) AS r(item, theirs)
     WHERE o.brand_id = %(brand)s AND o.channel_id = %(channel)s AND o.kind = %(kind)s AND o.subject = r.item
"""


def _push(brand_id: UUID, channel_id: UUID, pairs: Sequence[_Pair], now: datetime) -> None:
    """What the channel shows is what it is believed to show from now on; so ours goes there again."""
    if texts := {pair.item.id for pair in pairs if pair.name in rules.TEXTS}:
        mark_texts(brand_id, texts, at=now, channel_id=channel_id)
    for name, mark in ((FieldName.STOCK, mark_stock), (FieldName.PRICE, mark_prices)):  # the order of the locks
        mine = [pair for pair in pairs if pair.name is name]
        if not mine:
            continue
        items = [pair.item.id for pair in mine]
        mark(brand_id, items, at=now)
        believed = {"kind": KINDS[name].value, "items": items, "theirs": [int(pair.theirs) for pair in mine]}
        execute(BELIEVE, {**_about(channel_id), **believed})


def _take(brand_id: UUID, channel_id: UUID, pairs: Sequence[_Pair], by: str) -> None:
    """The channel leads: its value becomes ours."""
    channel = next((c for c in list_channels(brand_id) if c.id == channel_id), None)
    code = channel.code if channel else ""
    titles = [pair for pair in pairs if pair.name is FieldName.TITLE and not pair.code]
    if titles:
        catalog.put_items(brand_id, [replace(p.item, title=p.theirs) for p in titles], by=f"channel {code}")
    if texts := [pair for pair in pairs if pair.name in rules.TEXTS and pair.code]:
        _take_texts(brand_id, texts, f"channel {code}")
    for pair in pairs:
        if pair.name is FieldName.PRICE:
            why = f"the channel {code} leads the price"
            price_list = channel.price_list if channel else ""
            asker = Machine(channel_id, brand_id, f"channel {code}")
            catalog.change_price(
                brand_id, pair.item.sku, int(pair.theirs), None, by=asker, reason=why, price_list=price_list
            )


def _take_texts(brand_id: UUID, pairs: Sequence[_Pair], by: str) -> None:
    """Their words become the product's, in the brand's language; a product that cannot take them stays as it is and
    differs."""
    language = get_brand(brand_id).locale
    products = catalog.products_by_code(brand_id, {pair.code for pair in pairs})
    for code, product in sorted(products.items()):
        said = {pair.name: pair.theirs for pair in pairs if pair.code == code}
        words = product.texts.get(language, Words())
        title = said.get(FieldName.TITLE, product.title)
        if FieldName.TITLE in said and words.title:
            words = replace(words, title=title)
        words = replace(words, description=said.get(FieldName.DESCRIPTION, words.description))
        texts = {**product.texts, language: words} if words != Words() else product.texts
        try:
            with savepoint():
                catalog.put_products(
                    brand_id,
                    [replace(product, title=title, texts=texts)],
                    by=by,
                    reason=f"the {by} leads it",
                    expected={code: product.version},
                )
        except (BadInput, Conflict) as error:
            log.warning("a product did not take a channel's words", extra={"product": code, "why": str(error)})


KEEP = """
    INSERT INTO sync_fieldvalue AS f (brand_id, channel_id, item_id, field, sku, theirs, ours, state, fights, since, at)
    SELECT %(brand)s, %(channel)s, r.item, r.field, r.sku, r.theirs, r.ours, r.state, r.fights, %(now)s, %(now)s
      FROM unnest(%(items)s::uuid[], %(fields)s::text[], %(skus)s::text[], %(theirs)s::text[], %(ours)s::text[],
                  %(states)s::text[], %(fights)s::smallint[]) AS r(item, field, sku, theirs, ours, state, fights)
    ON CONFLICT (brand_id, channel_id, item_id, field) DO UPDATE
       SET sku = excluded.sku, theirs = excluded.theirs, ours = excluded.ours, state = excluded.state,
           since = CASE WHEN f.state = 'agrees' THEN excluded.since ELSE f.since END,
           at = CASE WHEN excluded.fights > f.fights OR excluded.state <> 'agrees' THEN excluded.at ELSE f.at END,
           fights = excluded.fights
"""
FORGET = """
    DELETE FROM sync_fieldvalue
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND state = 'agrees' AND at < %(old)s
"""


def _keep(channel_id: UUID, pairs: Sequence[_Pair], before: dict[tuple[UUID, FieldName], Field], now: datetime) -> None:
    """Only what differs, or has lately, needs a row."""
    kept = [p for p in pairs if p.theirs != p.ours or p.fights or (p.item.id, p.name) in before]
    execute(FORGET, {**_about(channel_id), "old": now - rules.FORGET})
    if not kept:
        return
    states = [rules.state_of(p.step, same=p.theirs == p.ours, pending=p.pending).value for p in kept]
    columns: dict[str, list[Any]] = {
        "items": [p.item.id for p in kept],
        "fields": [p.name.value for p in kept],
        "skus": [p.item.sku for p in kept],
        "theirs": [rules.excerpts(p.theirs, p.ours)[0] for p in kept],
        "ours": [rules.excerpts(p.theirs, p.ours)[1] for p in kept],
        "states": states,
        "fights": [p.fights for p in kept],
    }
    execute(KEEP, {**_about(channel_id), "now": now, **columns})


def _about(channel_id: UUID) -> dict[str, Any]:
    return {"brand": current_brand(), "channel": channel_id}


LEAD = """
    INSERT INTO sync_fieldmaster (brand_id, channel_id, field, master, by, at)
    VALUES (%(brand)s, %(channel)s, %(field)s, %(master)s, %(by)s, %(now)s)
    ON CONFLICT (brand_id, channel_id, field) DO UPDATE SET master = excluded.master, by = excluded.by, at = excluded.at
"""
AGAIN = """
    UPDATE sync_fieldvalue SET state = 'differs', fights = 0
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND field = %(field)s
       AND (%(item)s::uuid IS NULL OR item_id = %(item)s::uuid)
"""


def set_master(brand_id: UUID, channel_id: UUID, name: FieldName, master: Master, *, by: str) -> None:
    """Declare who leads a field at a channel; what was stopped may be set right again. Raises BadValue, NotFound."""
    if channel_id not in {channel.id for channel in list_channels(brand_id)}:
        raise NotFound(f"no channel {channel_id}")
    if master not in rules.ALLOWED[name]:
        raise BadValue("master", master.value, f"one of {', '.join(rules.ALLOWED[name])} for the {name}")
    if name in rules.TEXTS and master in (Master.DATONG, Master.ERP) and not _can_say(brand_id, channel_id):
        raise BadValue("master", master.value, f"channel or nobody: this platform takes no {name} back")
    with in_brand(brand_id):
        locks.take(f"fields {channel_id}")
        before = masters_of(brand_id, channel_id)[name]
        about = {**_about(channel_id), "field": name.value}
        execute(LEAD, {**about, "master": master.value, "by": by[:120], "now": clock.now()})
        execute(AGAIN, {**about, "item": None})
        if name in KINDS:
            _tell(brand_id, channel_id, KINDS[name], ours=master is not Master.CHANNEL)
        audit.record(
            brand=brand_id,
            actor=by,
            verb="fields.lead",
            subject=f"channel:{channel_id} {name}",
            before={"master": before.value},
            after={"master": master.value},
        )


def _can_say(brand_id: UUID, channel_id: UUID) -> bool:
    """Whether the channel can be told titles at all; before it is connected nobody knows."""
    try:
        return Kind.TEXT in kinds_of(address_of(brand_id, channel_id))
    except NotConnected:
        return True


def leaders(brand_id: UUID, channel_id: UUID) -> dict[FieldName, tuple[Master, ...]]:
    """Who may lead each field at this channel."""
    mute = set() if _can_say(brand_id, channel_id) else {Master.DATONG, Master.ERP}
    return {
        name: tuple(one for one in able if name not in rules.TEXTS or one not in mute)
        for name, able in rules.ALLOWED.items()
    }


TELL = "UPDATE sync_link SET settings = %(settings)s::jsonb WHERE brand_id = %(brand)s AND channel_id = %(channel)s"
SKIP = """
    WITH mine AS (
        SELECT id FROM sync_outward
         WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND kind = %(kind)s AND state = 'waiting'
         ORDER BY subject, place FOR UPDATE)
    UPDATE sync_outward o SET state = 'skipped', why = 'the channel leads this field'
      FROM mine WHERE o.brand_id = %(brand)s AND o.id = mine.id
"""


def _tell(brand_id: UUID, channel_id: UUID, kind: Kind, *, ours: bool) -> None:
    """What the channel leads it is not told: nothing of it waits, and no change of ours is sent."""
    link = next((link for link in list_links(brand_id) if link.channel_id == channel_id), None)
    if link is None or (kind in link.kinds) == ours:
        return
    kinds = sorted(k.value for k in (link.kinds | {kind} if ours else link.kinds - {kind}))
    if not ours:
        execute(SKIP, {**_about(channel_id), "kind": kind.value})
    execute(TELL, {**_about(channel_id), "settings": json.dumps({**link.settings, "kinds": kinds})})


def try_again(brand_id: UUID, channel_id: UUID, item_id: UUID, name: FieldName, *, by: str) -> None:
    """A person says that both sides may try once more; the next reading sets the field right."""
    with in_brand(brand_id):
        execute(AGAIN, {**_about(channel_id), "field": name.value, "item": item_id})
        audit.record(brand=brand_id, actor=by, verb="fields.retry", subject=f"item:{item_id} {name}")
