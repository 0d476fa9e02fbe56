"""The worker's part: channels and ERPs that are due are read beside the round, so that a slow one holds up nobody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

from django.db import connections

from datong.brand.api import list_brands
from datong.kernel.errors import DatongError
from datong.kernel.jobs import Job
from datong.sync.erp.run import run_due
from datong.sync.inward.pull import pull_due
from datong.sync.masters.compare import read_products
from datong.sync.queries import counterparts, list_links
from datong.sync.reconcile.make import make_due

log = logging.getLogger(__name__)

EVERY_S = 5.0
THREADS = 2
PRODUCTS_S = 3600.0


class Puller:
    """Looks every few seconds which lists are due; one round a brand and process, leases keep processes apart."""

    def __init__(self, *also: Callable[[UUID], object]) -> None:
        """`also`: whatever else of a brand is read from outside, by modules above this one."""
        self._also = also
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[UUID, Future[None]] = {}
        self._lock = threading.Lock()
        self._next = 0.0

    def __call__(self) -> int:
        """Start the brands that are not under way; 0, since nothing of it is this round's work."""
        now = time.monotonic()
        with self._lock:
            if now < self._next:
                return 0
            self._next = now + EVERY_S
            if self._pool is None:
                self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pull")
            for brand in list_brands():
                under_way = self._running.get(brand.id)
                if under_way is None or under_way.done():
                    self._running[brand.id] = self._pool.submit(_round, brand.id, self._also)
        return 0


def _round(brand_id: UUID, also: Sequence[Callable[[UUID], object]]) -> None:
    works: tuple[Callable[[UUID], object], ...] = (pull_due, run_due, _products, *also)
    try:
        for work in works:
            try:
                work(brand_id)
            except Exception:
                log.exception("a brand's channels or ERPs could not be read", extra={"brand": str(brand_id)})
    finally:
        connections.close_all()


_products_at: dict[tuple[UUID, UUID], float] = {}


def _products(brand_id: UUID) -> None:
    """Each channel's products once an hour and process; the lock of a comparison keeps processes apart."""
    for link in list_links(brand_id):
        key, now = (brand_id, link.channel_id), time.monotonic()
        if (
            link.paused_at is not None
            or _products_at.get(key, 0.0) > now
            or not counterparts(brand_id, link.channel_id)
        ):
            continue
        _products_at[key] = now + PRODUCTS_S
        try:
            read_products(brand_id, link.channel_id, by="worker")
        except DatongError as error:
            log.warning("a channel's products could not be read", extra={"channel": str(key[1]), "why": str(error)})


def compute_days(brand_id: UUID) -> None:
    """The last days of every channel against ours, from the rows."""
    make_due(brand_id)


JOBS = (Job("sync.reconcile", 900.0, compute_days, long=True),)
