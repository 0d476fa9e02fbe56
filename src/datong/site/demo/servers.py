"""The server and the worker as processes of their own, as they run in production."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from datong.kernel.errors import Unavailable

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 15.0


@contextmanager
def servers(port: int, slug: str, log: Path, *, embedded: bool) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`datong serve` on 127.0.0.1:port and `datong worker`; both are stopped at the end of the block.

    The worker runs the jobs of this run's brand only: those of earlier runs would take their time too.
    What they write goes to `log`: what the day does wrong on purpose would fill the screen with warnings.
    """
    children: list[subprocess.Popen[bytes]] = []
    file = log.open("wb")
    try:
        serve = ("serve", "--port", str(port), "--workers", "1", "--no-migrate")
        children.append(_start(*serve, log=file, embedded=embedded))
        children.append(_start("worker", "--brand", slug, log=file, embedded=embedded))
        yield children
    finally:
        file.close()
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _start(*arguments: str, log: IO[bytes], embedded: bool) -> subprocess.Popen[bytes]:
    """Each holds the embedded database itself, so that none loses it when another ends."""
    environment = dict(os.environ)
    if embedded:
        environment.pop("DATABASE_URL", None)
    watch = f"from datong.site.demo.child import end_with; end_with({os.getpid()})"
    code = f"{watch}; from datong.site.cli import main; main()"
    # Ctrl-C is the demo's to handle: it stops its children in order.
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        start_new_session=True,
    )


def check_running(children: list[subprocess.Popen[bytes]], log: Path) -> None:
    """Raises Unavailable when one of them has ended."""
    for child in children:
        if child.poll() is not None:
            raise Unavailable(f"a process of the demo ended with code {child.returncode}; see {log}")


def wait_until_open(port: int, children: list[subprocess.Popen[bytes]], log: Path) -> None:
    """Until the console answers. Raises Unavailable when a process ended or the time is up."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        check_running(children, log)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise Unavailable(f"the server did not answer within {READY_WITHIN_S:.0f} s; see {log}")
