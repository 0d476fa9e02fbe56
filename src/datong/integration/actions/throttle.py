"""How often one sender may knock, counted in this process: a limit against floods, not an account."""

from __future__ import annotations

import math
import threading
import time

from datong.integration.rules import Bucket
from datong.integration.types import TooMany

RATE_PER_S, BURST = 200.0, 1_000.0
MAX_KEPT = 10_000

_buckets: dict[str, Bucket] = {}
_lock = threading.Lock()


def admit(key: str, rate_per_s: float = RATE_PER_S, burst: float = BURST) -> None:
    """Raise TooMany when `key` goes over its rate."""
    now = time.monotonic()
    with _lock:
        bucket = _buckets.get(key)
        if bucket is None:
            if len(_buckets) >= MAX_KEPT:
                _buckets.clear()  # everybody starts afresh: cheaper than a record of strangers without end
            bucket = _buckets[key] = Bucket(rate_per_s, burst, burst, now)
        bucket.rate, bucket.burst = rate_per_s, burst
        wait_s = bucket.take(now)
    if wait_s:
        raise TooMany("too many at once", retry_after_s=math.ceil(wait_s))
