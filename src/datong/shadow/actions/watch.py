"""A connected channel is read by itself: its orders, and its products with stock and price, become observations.

No network inside a transaction; each page is kept in one, with the place it reached. A reading that fails leaves what
it read and its reason; the next one goes on a little before the newest change that was seen.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from datong.brand.api import list_stores
from datong.integration.api import connector_of
from datong.integration.types import Listed, ListedPage, NotAnOrder, NotYet
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, DatongError, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.shadow.actions.feed import context_of
from datong.shadow.actions.keep import cancel_orders, keep_orders, keep_prices, keep_stock
from datong.shadow.ports import Good, Shown, Watch
from datong.shadow.queries import list_projects, project_of
from datong.shadow.reading.intents import seen_of
from datong.shadow.reading.kinds import Read
from datong.shadow.types import MAX_PROBLEMS, FeedKind, PriceSeen, Project, StockSeen, System, Watching

log = logging.getLogger(__name__)

EVERY_S = 300
FIRST_DAYS = 7
OVERLAP = timedelta(minutes=10)

_bound: list[Watch] = []


def bind(watch: Watch) -> None:
    """Say how channels are opened for reading; once, when the process starts."""
    _bound[:] = [watch]


def opens(brand_id: UUID, channel_id: UUID) -> None:
    """Whether a channel can be watched. Raises as `Watch` does; asks the platform nothing."""
    with _watch()(brand_id, channel_id):
        pass


def _watch() -> Watch:
    if not _bound:
        raise NotFound("this process opens no channels")
    return _bound[0]


CLAIM = """
    UPDATE shadow_system SET settings = settings || jsonb_build_object('read_at', %(now)s::text)
     WHERE brand_id = %(brand)s AND id = %(system)s
       AND coalesce((settings->>'read_at')::timestamptz, '-infinity') <= %(before)s
"""


def read_channels(brand_id: UUID, *, every_s: int = EVERY_S) -> list[Watching]:
    """Read the channels of the brand's projects that are due; several processes may ask at the same time."""
    done = []
    for project in list_projects(brand_id):
        for system in project.systems:
            if system.channel_id is None:
                continue
            now = clock.now()
            due = {"now": now.isoformat(), "before": now - timedelta(seconds=every_s)}
            with in_brand(brand_id):
                mine = execute(CLAIM, {"brand": brand_id, "system": system.id, **due})
            if mine:
                done.append(read_channel(brand_id, project.id, system.code))
    return done


def read_channel(brand_id: UUID, project_id: UUID, code: str) -> Watching:
    """Read one system's channel now. What the channel does wrong is in the answer's `problem` and with the system.

    Raises NotFound (no such system), BadInput (it names no channel).
    """
    system = project_of(brand_id, project_id).system(code)
    if system is None:
        raise NotFound(f"no system {code!r}")
    if system.channel_id is None:
        fix = "a system that was connected with a channel; others are given files"
        raise BadInput(f"{code} names no channel", Problem("system", "no_channel", fix, code))
    reading = _Reading(brand_id, project_id, system)
    try:
        with _watch()(brand_id, system.channel_id) as shown:
            reading.orders(shown)
            reading.goods(shown)
    except DatongError as error:
        fixes = "; ".join(problem.fix for problem in error.problems if problem.fix)
        reading.problem = (f"{error} ({fixes})" if fixes else str(error))[:500]
    except Exception as error:
        log.exception("a watched channel could not be read", extra={"system": str(system.id)})
        reading.problem = type(error).__name__
    with in_brand(brand_id):
        _note(system, error=reading.problem, read_at=clock.now().isoformat())
    return Watching(code, reading.listed, reading.refused, reading.stock, reading.prices, reading.problem)


TOLD = """
    UPDATE shadow_system SET settings = settings || %(told)s::jsonb WHERE brand_id = %(brand)s AND id = %(system)s
"""


def _note(system: System, **told: str) -> None:
    params = {"brand": current_brand(), "system": system.id, "told": msgspec.json.encode(told).decode()}
    execute(TOLD, params)


class _Reading:
    def __init__(self, brand_id: UUID, project_id: UUID, system: System) -> None:
        self.brand_id, self.project_id, self.system = brand_id, project_id, system
        self.listed = self.refused = self.stock = self.prices = 0
        self.problem = ""
        self.problems: list[Problem] = []

    def orders(self, shown: Shown) -> None:
        now, told = clock.now(), str(self.system.settings.get("reach") or "")
        reach = datetime.fromisoformat(told) if told else None
        since = reach - OVERLAP if reach else now - timedelta(days=FIRST_DAYS)
        for page in shown.orders(since, now):
            newest = max((min(each.updated_at, now) for each in page.orders), default=None)
            reach = max((at for at in (reach, newest) if at is not None), default=None)
            self._page(shown, page, reach if shown.ordered else None)
        with in_brand(self.brand_id):
            _note(self.system, reach=(reach or since + OVERLAP).isoformat())

    def _page(self, shown: Shown, page: ListedPage, reach: datetime | None) -> None:
        latest = {each.pulled.external_id: each for each in page.orders if each.counts}
        with in_brand(self.brand_id):
            project = project_of(self.brand_id, self.project_id)
            found = _seen(project, self.system, shown, list(latest.values()))
            for number, why in page.faults.items():
                found.rows += 1
                found.refuse([Problem(number, "not_read", why)])
            self.listed += found.rows
            self.refused += found.refused
            self.problems = (self.problems + found.problems)[:MAX_PROBLEMS]
            feed = _feed(project, self.system, FeedKind.ORDERS, self.listed, self.refused, self.problems)
            keep_orders(project, self.system, feed, found.seen)  # type: ignore[arg-type]
            cancel_orders(project, self.system, [key for key, each in latest.items() if each.cancelled])
            if reach is not None:
                _note(self.system, reach=reach.isoformat())

    def goods(self, shown: Shown) -> None:
        """Stock and price as they are now; what stands as it was last seen is not kept once more."""
        goods, at = [good for good in shown.goods() if good.sku], clock.now()
        stores = [store.code for store in list_stores(self.brand_id)]
        alone = stores[0] if len(stores) == 1 else ""
        with in_brand(self.brand_id):
            project = project_of(self.brand_id, self.project_id)
            stock = _changed_stock(project, self.system, _stock(goods, shown.places, alone, at))
            prices = _changed_prices(project, self.system, _prices(goods, shown.currency, at))
            self.stock, self.prices = len(stock), len(prices)
            for kind, count in ((FeedKind.STOCK, self.stock), (FeedKind.PRICES, self.prices)):
                _feed(project, self.system, kind, count, 0, [])
            keep_stock(project, self.system, stock)
            keep_prices(project, self.system, prices)


def _seen(project: Project, system: System, shown: Shown, listed: Sequence[Listed]) -> Read:
    """The orders as the wire format of their webhooks reads them; one that is called off there is not read again."""
    connector = connector_of(shown.connector, shown.settings)
    context = context_of(project, replace(system, settings={**shown.settings, **system.settings}), {})
    found = Read(rows=len(listed))
    for each in listed:
        try:
            said = each.pulled.details or each.pulled.body  # a notice only names its order
            found.seen += [seen_of(intent) for intent in connector.parse(said, context)]
        except (NotAnOrder, NotYet):
            continue
        except BadInput as error:
            told = error.problems or (Problem("", error.code, str(error)),)
            found.refuse([replace(p, field=f"{each.pulled.external_id}, {p.field}") for p in told])
    return found


def _stock(goods: Sequence[Good], places: Any, alone: str, at: datetime) -> list[StockSeen]:
    """A location is our store where the channel's places say so, else what it is called there; without locations the
    figure is of the brand's only store, of the shop as a whole where there are several."""
    found = []
    for good in goods:
        if good.by_place:
            for ref, units in good.by_place.items():
                store = places.get(ref) or (alone if len(good.by_place) == 1 else "") or ref
                found.append(StockSeen(good.sku, store[:60], units, at, title=good.title[:200]))
        elif good.units is not None:
            found.append(StockSeen(good.sku, alone, good.units, at, title=good.title[:200]))
    return found


def _prices(goods: Sequence[Good], currency: str, at: datetime) -> list[PriceSeen]:
    return [
        PriceSeen(good.sku, good.price_minor, currency, at, title=good.title[:200])
        for good in goods
        if good.price_minor is not None
    ]


LAST_STOCK = """
    SELECT DISTINCT ON (store, sku) store, sku, units FROM shadow_stock
     WHERE brand_id = %(brand)s AND project_id = %(project)s AND system_id = %(system)s
     ORDER BY store, sku, at DESC
"""
LAST_PRICES = """
    SELECT DISTINCT ON (sku) sku, minor, currency FROM shadow_price
     WHERE brand_id = %(brand)s AND project_id = %(project)s AND system_id = %(system)s AND store = ''
     ORDER BY sku, since DESC
"""


def _changed_stock(project: Project, system: System, seen: Sequence[StockSeen]) -> list[StockSeen]:
    key = {"brand": current_brand(), "project": project.id, "system": system.id}
    last = {(store, sku): units for store, sku, units in rows(LAST_STOCK, key)}
    return [row for row in seen if last.get((row.store, row.sku)) != row.units]


def _changed_prices(project: Project, system: System, seen: Sequence[PriceSeen]) -> list[PriceSeen]:
    key = {"brand": current_brand(), "project": project.id, "system": system.id}
    last = {sku: (minor, currency) for sku, minor, currency in rows(LAST_PRICES, key)}
    return [row for row in seen if last.get(row.sku) != (row.minor, row.currency)]


FEED = """
    INSERT INTO shadow_feed (brand_id, id, project_id, system_id, kind, door, name, sha256, received_at, rows, taken,
                             refused, problems, body)
    VALUES (%(brand)s, %(id)s, %(project)s, %(system)s, %(kind)s, 'pull', %(name)s, %(sha)s, %(at)s, %(rows)s,
            %(taken)s, %(refused)s, %(problems)s::jsonb, NULL)
    ON CONFLICT (brand_id, project_id, system_id, kind, sha256) DO UPDATE
       SET received_at = excluded.received_at, rows = excluded.rows, taken = excluded.taken,
           refused = excluded.refused, problems = excluded.problems
    RETURNING id
"""


def _feed(project: Project, system: System, kind: FeedKind, count: int, refused: int, told: list[Problem]) -> UUID:
    """One row a system and kind says what the latest reading brought."""
    params = {
        "brand": current_brand(),
        "id": uuid7(),
        "project": project.id,
        "system": system.id,
        "kind": kind.value,
        "name": f"{system.name}: {kind.value}"[:200],
        "sha": hashlib.sha256(b"pull").digest(),
        "at": clock.now(),
        "rows": count,
        "taken": count - refused,
        "refused": refused,
        "problems": msgspec.json.encode(told, enc_hook=str).decode(),
    }
    ((found,),) = rows(FEED, params)
    return UUID(str(found))
