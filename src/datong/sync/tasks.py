"""What the worker does for sync: tell every channel that has something due, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections

from datong.kernel import clock
from datong.kernel.jobs import Job
from datong.sync import api

log = logging.getLogger(__name__)

MAX_THREADS = 8


class Sender:
    """Sends in the background of the worker's round, so that a slow channel holds up neither the others nor the
    outbox. One thread a channel and process; the leases keep processes apart."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="sync")
        self._busy: set[tuple[UUID, UUID]] = set()
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """Start what is due and not under way; how much was started."""
        started = 0
        for brand, channel in api.channels_with_work():
            with self._lock:
                if (brand, channel) in self._busy or len(self._busy) >= MAX_THREADS:
                    continue
                self._busy.add((brand, channel))
            self._pool.submit(self._run, brand, channel)
            started += 1
        return started

    def _run(self, brand: UUID, channel: UUID) -> None:
        try:
            api.send_round(brand, channel)
        except Exception:
            log.exception("a channel could not be told", extra={"brand": str(brand), "channel": str(channel)})
        finally:
            connections.close_all()
            with self._lock:
                self._busy.discard((brand, channel))


def look_at_prices(brand_id: UUID) -> None:
    """Prices that ended, lists that changed: every product is looked at; only a price that differs is sent."""
    api.mark_prices(brand_id, None, at=clock.now())


JOBS = (Job("sync.prices", 3600.0, look_at_prices, long=True),)
