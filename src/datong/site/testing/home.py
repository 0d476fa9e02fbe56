"""Where the tests' own server keeps its data: in memory where there is room, else beside the checkout's caches.

A test that commits has a database of its own, and a database is a thousand files: made in 20 ms in memory, in 800 ms
on some disks. Never the user's own data.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

CHECKOUT = Path(__file__).parents[4]
ROOM_BYTES = 4 * 1024**3


def in_memory() -> Path | None:
    """A folder of this user and checkout in memory; None where memory is scarce (containers give 64 MB)."""
    memory = Path("/dev/shm")  # noqa: S108 - the kernel's, and the server's folder is closed to others
    try:
        roomy = shutil.disk_usage(memory).free >= ROOM_BYTES and os.access(memory, os.W_OK | os.X_OK)
    except OSError:
        return None
    whose = hashlib.sha256(f"{os.getuid()} {CHECKOUT}".encode()).hexdigest()[:12]
    return memory / f"datong-test-{whose}" if roomy else None


HOMES = [home for home in (in_memory(), CHECKOUT / ".cache" / "test-home") if home]
TEST_HOME = HOMES[0]


def clean() -> None:
    """Stop the server and remove its data, wherever it is (make clean)."""
    from datong.kernel.embedded import stop

    for home in HOMES:
        if home.exists():
            stop(home, throwaway=True)
            shutil.rmtree(home)


if __name__ == "__main__":
    clean()
