"""A process of the demo ends when the demo is gone, however that ended."""

from __future__ import annotations

import os
import signal
import threading

LOOK_EVERY_S = 1.0


def end_with(parent: int) -> None:
    """From now on, terminate this process, in order, once `parent` is not its parent any more."""

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_EVERY_S):
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return

    threading.Thread(target=watch, name="demo-parent", daemon=True).start()
