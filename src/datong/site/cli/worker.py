"""`datong worker`: delivers events and does what is due."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from datong.kernel import telemetry
from datong.kernel.bulk import settled
from datong.site.runtime import is_embedded, keep_alive, ready
from datong.site.screen import err


def worker(
    brand: Annotated[
        list[str] | None, typer.Option(help="Run the jobs of this brand (slug) only; may be given again.")
    ] = None,
) -> None:
    """Deliver the outbox and run the jobs until interrupted; what is under way is finished."""
    stop = threading.Event()
    ours = is_embedded()
    with ready(upgrade=ours):
        telemetry.start()
        from datong.site.wiring import worker as wired  # Django is set up by now

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        keep_alive(database=ours)
        err.print("Working (Ctrl-C stops it)")
        work = wired(brand or ())
        settled()
        work.run(stop)
