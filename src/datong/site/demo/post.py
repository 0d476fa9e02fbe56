"""Send messages like so many shops, tills and platforms: a few connections kept open, and another try when it fails."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from datong.integration.types import Request
from datong.site.demo.native import Gate, request_of
from datong.site.demo.types import Sending

CONNECTIONS = 4
TRIES = 5
TIMEOUT_S = 30.0
AGAIN = {408, 429, 500, 502, 503, 504}


@dataclass(slots=True)
class Answered:
    """What the senders heard: by channel and status, seconds each message took, numbers acknowledged by channel."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return sum(self.statuses.values()) + len(self.failed)


def post_all(
    sendings: Iterable[Sending],
    gates: dict[str, Gate],
    address: tuple[str, int],
    *,
    on_sent: Callable[[Sending, int], None] | None = None,
    connections: int = CONNECTIONS,
) -> Answered:
    """Send everything in order over `connections` parallel connections; what they heard.

    A message that is not answered, or answered with a passing trouble, is sent again like real senders do, at most
    TRIES times in all; one that never gets through is in `failed`.
    """
    queue = iter(sendings)
    lock = threading.Lock()
    answered = Answered()

    def work() -> None:
        connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
        try:
            for sending in _taken(queue, lock):
                gate = gates[sending.order.channel]
                started = time.perf_counter()
                status = _send(connection, request_of(sending, gate), gate.path)
                with lock:
                    _note(answered, sending, status, time.perf_counter() - started)
                if on_sent:
                    on_sent(sending, status)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, name=f"sender-{n}", daemon=True) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def _taken(queue: Iterator[Sending], lock: threading.Lock) -> Iterator[Sending]:
    while True:
        with lock:
            sending = next(queue, None)
        if sending is None:
            return
        yield sending


def _note(answered: Answered, sending: Sending, status: int, seconds: float) -> None:
    if not status:
        answered.failed.append(sending.order.number)
        return
    answered.statuses[sending.order.channel, status] += 1
    answered.seconds.append(seconds)
    if status < 300:
        answered.acknowledged[sending.order.channel] += 1


def _send(connection: http.client.HTTPConnection, request: Request, path: str) -> int:
    """The status in the end, 0 when nobody answered."""
    where = f"{path}?{urlencode(request.query)}" if request.query else path
    status = 0
    for attempt in range(TRIES):
        if attempt:
            time.sleep(0.2 * 2**attempt)
        try:
            connection.request("POST", where, request.body, dict(request.headers))
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        if status and status not in AGAIN:
            return status
    return status
