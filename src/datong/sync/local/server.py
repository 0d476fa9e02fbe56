"""What the local platforms share: trouble on demand.

Troubles are taken one a call, in order, before the call is looked at:

- '429', '500', '503': refused, nothing is applied
- 'lost': the connection breaks, nothing is applied; 'drop': applied, the answer is lost
- '500_applied': applied, and still a 500
- 'late': the connection breaks now, and the call is applied when `release_late` is called: an answer out of order
- 'twice': the call arrives twice
- 'timeout': applied, and no answer within `silence_s`
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import Self

from datong.kernel.loopback import Answer, Call, Loopback
from datong.sync.local.orders import LocalOrders


class Server(Loopback):
    """A platform. Use as a context manager, or `start` and `stop`. `calls` counts by method and path,
    `heard` holds the last of them."""

    retry_after = "1"

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.troubles: deque[str] = deque()
        self.calls: Counter[str] = Counter()
        self.heard: deque[Call] = deque(maxlen=10_000)
        self.silence_s = 1.0
        self.latency_s = 0.0
        self.listed: LocalOrders
        self._late: list[Call] = []

    def start(self, port: int = 0) -> Self:
        super().start(port)
        if listed := getattr(self, "listed", None):
            listed.stands_at(self.url)
        return self

    def trouble(self, *names: str) -> None:
        with self.lock:
            self.troubles.extend(names)

    def release_late(self) -> int:
        """Apply what was held back, after everything that came meanwhile; how many calls."""
        with self.lock:
            late, self._late = self._late, []
            for call in late:
                self.answer(call)
            return len(late)

    def answer(self, call: Call) -> Answer:
        """What the platform says; called under the lock."""
        raise NotImplementedError

    def too_many(self) -> Answer:
        return Answer({"message": "Too Many Requests"}, 429, {"Retry-After": self.retry_after})

    def handle(self, call: Call) -> Answer | None:
        """The answer, after the trouble that was ordered; None: the connection breaks."""
        if self.latency_s:
            time.sleep(self.latency_s)
        with self.lock:
            self.calls[f"{call.method} {call.path}"] += 1
            self.heard.append(call)
            trouble = self.troubles.popleft() if self.troubles else ""
            if trouble == "429":
                return self.too_many()
            if trouble in ("500", "503"):
                return Answer({"message": "server error"}, int(trouble))
            if trouble == "lost":
                return None
            if trouble == "late":
                self._late.append(call)
                return None
            found = self.answer(call)
            if trouble == "twice":
                found = self.answer(call)
        if trouble == "timeout":
            time.sleep(self.silence_s)
        if trouble in ("drop", "timeout"):
            return None
        return Answer({"message": "server error"}, 500) if trouble == "500_applied" else found

    def list_orders(self, call: Call, query: Mapping[str, str] | None = None) -> Answer:
        """The platform's own list of orders."""
        return self.listed.answer(call.path, query or call.query, call.json)


__all__ = ["Answer", "Call", "Server"]
