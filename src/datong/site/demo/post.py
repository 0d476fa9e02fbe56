"""Send messages like so many shops, tills and platforms: a few connections kept open, and another try when it fails."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from datong.integration.types import Request
from datong.site.demo.native import Gate, batch_of, request_of
from datong.site.demo.types import Door, Sending, Trouble

CONNECTIONS = 12
TRIES = 5
TIMEOUT_S = 30.0
AGAIN = {408, 429, 500, 502, 503, 504}
BUNDLE = 10
"""The app's server sends so many orders in one call; whatever goes wrong on purpose is sent alone."""


@dataclass(slots=True)
class Answered:
    """What the senders heard: by channel and status, seconds each call took, numbers acknowledged by channel."""

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
    on_sent: Callable[[int], None] | None = None,
    connections: int = CONNECTIONS,
) -> Answered:
    """Send everything in order over `connections` parallel connections; what they heard.

    A call that is not answered, or answered with a passing trouble, is made again like real senders do, at most
    TRIES times in all; what never gets through is in `failed`.
    """
    queue = bundles(sendings, gates)
    lock = threading.Lock()
    answered = Answered()

    def work() -> None:
        connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
        try:
            for bundle in _taken(queue, lock):
                gate = gates[bundle[0].order.channel]
                alone = len(bundle) == 1
                request = request_of(bundle[0], gate) if alone else batch_of(bundle, gate)
                started = time.perf_counter()
                status, body = _send(connection, request, gate.path if alone else f"{gate.path}/batch")
                statuses = [status] if alone or status != 200 else _statuses(body)
                with lock:
                    answered.seconds.append(time.perf_counter() - started)
                    _note(answered, bundle, statuses)
                if on_sent:
                    on_sent(len(bundle))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, name=f"sender-{n}", daemon=True) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def bundles(sendings: Iterable[Sending], gates: dict[str, Gate]) -> Iterator[tuple[Sending, ...]]:
    """The app's whole orders by BUNDLE, everything else one by one; what concerns an order never overtakes it."""
    gathered: list[Sending] = []
    for sending in sendings:
        by_app = gates[sending.order.channel].channel.door is Door.JSON_API
        if by_app and sending.trouble is Trouble.NONE and sending.order.note != "race":
            gathered.append(sending)
            if len(gathered) < BUNDLE:
                continue
        elif sending.order.number not in {each.order.number for each in gathered}:
            yield (sending,)
            continue
        yield tuple(gathered)
        if gathered[-1] is not sending:
            yield (sending,)
        gathered = []
    if gathered:
        yield tuple(gathered)


def _taken(queue: Iterator[tuple[Sending, ...]], lock: threading.Lock) -> Iterator[tuple[Sending, ...]]:
    while True:
        with lock:
            bundle = next(queue, None)
        if bundle is None:
            return
        yield bundle


def _statuses(body: bytes) -> list[int]:
    """What a single call would have been answered, for each order of a batch."""
    return [int(result["status"]) for result in msgspec.json.decode(body)["results"]]


def _note(answered: Answered, bundle: Sequence[Sending], statuses: Sequence[int]) -> None:
    if len(statuses) != len(bundle):
        statuses = [statuses[0] if statuses else 0] * len(bundle)
    for sending, status in zip(bundle, statuses, strict=True):
        if not status:
            answered.failed.append(sending.order.number)
            continue
        answered.statuses[sending.order.channel, status] += 1
        answered.acknowledged[sending.order.channel] += status < 300


def _send(connection: http.client.HTTPConnection, request: Request, path: str) -> tuple[int, bytes]:
    """The status and body in the end, 0 when nobody answered."""
    where = f"{path}?{urlencode(request.query)}" if request.query else path
    status, body = 0, b""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(0.2 * 2**attempt)
        try:
            connection.request("POST", where, request.body, dict(request.headers))
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        if status and status not in AGAIN:
            break
    return status, body
