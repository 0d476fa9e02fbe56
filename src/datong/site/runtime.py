"""What a command needs under its feet: the database up and Django set up, for as long as it runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import InterfaceError, OperationalError, connections

from datong.kernel import embedded
from datong.site.bootstrap import prepare

log = logging.getLogger(__name__)

WATCH_EVERY_S = 1.0
STARTS = 3


def is_embedded() -> bool:
    """Whether the database is our own, not one that DATABASE_URL names."""
    return not os.environ.get("DATABASE_URL")


@contextmanager
def ready(*, upgrade: bool = False) -> Iterator[None]:
    """Run a command with its database and Django; an embedded server that nobody else uses is stopped at the end."""
    with ExitStack() as stack:
        ours = is_embedded()
        if ours:
            stack.enter_context(embedded.hold())
        _prepare(upgrade, ours)
        yield


def _prepare(upgrade: bool, ours: bool) -> None:
    """Nobody starts the process again when its database dies while it starts: our own is brought back up instead."""
    for _ in range(STARTS - 1 if ours else 0):
        try:
            prepare(upgrade=upgrade)
        except (OperationalError, InterfaceError):
            log.warning("PostgreSQL went away while this started; trying again", exc_info=True)
            connections.close_all()
            embedded.join()
        else:
            return
    prepare(upgrade=upgrade)


def keep_alive(*, database: bool, parent: int | None = None) -> None:
    """Watch, in the background, over what a long-running process stands on.

    A database server of ours that was killed is started again. When `parent` (a process id) is gone, so are we: a
    worker must not go on serving an address that a new server believes to be its own.
    """

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(WATCH_EVERY_S):
            if parent is not None and os.getppid() != parent:
                os._exit(1)
            if database:
                try:
                    if embedded.revive():
                        log.warning("PostgreSQL had died and was started again")
                except (embedded.DatabaseDownError, OSError):
                    log.exception("PostgreSQL does not start")

    threading.Thread(target=watch, name="datong-watch", daemon=True).start()
