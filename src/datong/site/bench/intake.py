"""What an order costs from the HTTP request to the commit: CPU of the server and of PostgreSQL apart, rate, latency.

A server of its own, a database of its own with synchronous_commit on, 1,500 stores, three lines an order. In the same
run PostgreSQL's own price of the bare rows is measured (order, lines, stock, in one statement each), as the limit the
figures are a ratio of.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from datong.kernel import embedded
from datong.site.bench.bare import Bare
from datong.site.bench.figures import Figure, Report, cpu_s, percentile, resident_mib, tree
from datong.site.bench.world import World, open_world

ROUNDS = 5
SINGLES, CLIENTS = 400, 8
BATCHES, BATCH = 20, 100
START_S = 60


def run() -> Report:
    """Needs the embedded server (its processes are read from /proc)."""
    world = open_world()
    report = Report("intake")
    server = subprocess.Popen(
        [Path(sys.executable).parent / "datong", "serve", "--port", "0", "--workers", "1", "--threads", str(CLIENTS)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = _address(server)
        _measure(report, world, address, server.pid)
    finally:
        server.terminate()
        server.wait(START_S)
    return report


def _measure(report: Report, world: World, address: str, pid: int) -> None:
    numbers = iter(range(10**9))
    rounds: dict[str, list[float]] = {}

    def note(key: str, value: float) -> None:
        rounds.setdefault(key, []).append(value)

    _send(address, world, [_body(world, numbers, 1) for _ in range(50)], "/api/v1/orders")
    bare = Bare()
    for _ in range(ROUNDS):
        for kind, size, count, path in (
            ("single", 1, SINGLES, "/api/v1/orders"),
            ("batch", BATCH, BATCHES, "/api/v1/orders/batch"),
        ):
            bodies = [_body(world, numbers, size) for _ in range(count)]
            orders = size * count
            postgres, ours = tree(_postmaster()), tree(pid)
            before = cpu_s(ours), cpu_s(postgres), time.perf_counter()
            latencies = _send(address, world, bodies, path)
            elapsed = time.perf_counter() - before[2]
            note(f"{kind}_server_cpu_ms", (cpu_s(ours) - before[0]) / orders * 1000)
            note(f"{kind}_postgres_cpu_ms", (cpu_s(tree(_postmaster())) - before[1]) / orders * 1000)
            note(f"{kind}_orders_per_s", orders / elapsed)
            for share in (0.5, 0.95, 0.99):
                note(f"{kind}_latency_p{round(share * 100)}_ms", percentile(latencies, share) * 1000)
        for kind, size in (("single", 1), ("batch", BATCH)):
            note(f"{kind}_bare_cpu_ms", bare.cpu_ms(size))
            note(f"{kind}_ratio_to_bare", rounds[f"{kind}_postgres_cpu_ms"][-1] / rounds[f"{kind}_bare_cpu_ms"][-1])
    note("server_private_mib", resident_mib(tree(pid)))
    for key, values in rounds.items():
        report.figures[key] = Figure(tuple(values), _unit(key))
    report.notes = {"stores": len(world.stores), "lines": 3, "clients": CLIENTS, "batch": BATCH, "rounds": ROUNDS}


def _unit(key: str) -> str:
    return {"ms": "ms", "_s": "1/s", "ib": "MiB", "re": "1"}.get(key[-2:], "1")


def _body(world: World, numbers: object, size: int) -> bytes:
    orders = [world.order(next(numbers)) for _ in range(size)]  # type: ignore[call-overload]
    return json.dumps(orders[0] if size == 1 else {"orders": orders}).encode()


def _send(address: str, world: World, bodies: Sequence[bytes], path: str) -> list[float]:
    """Send all bodies over CLIENTS connections; seconds each took. Any answer but success stops the benchmark."""
    shares = [bodies[n::CLIENTS] for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        results = pool.map(lambda share: _client(address, world.key, share, path), shares)
        return [seconds for result in results for seconds in result]


def _client(address: str, key: str, bodies: Sequence[bytes], path: str) -> list[float]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    taken = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        taken.append(time.perf_counter() - start)
        if response.status >= 300:
            raise RuntimeError(f"{path} answered {response.status}: {answer[:300]!r}")
    connection.close()
    return taken


def _address(server: subprocess.Popen[str]) -> str:
    line = server.stderr.readline() if server.stderr else ""
    if "http://" not in line:
        raise RuntimeError(f"datong serve did not start: {line}")
    address = line.split()[3]
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}health", timeout=5):  # noqa: S310 - our own server
                return address
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("datong serve does not answer")


def _postmaster() -> int:
    pid = embedded.status(Path(os.environ["DATONG_HOME"])).pid
    if pid is None:
        raise RuntimeError("the embedded server is not running")
    return pid
