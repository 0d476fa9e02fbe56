"""The power goes while money moves: what was acknowledged is there when it comes back.

PostgreSQL's data is on a file system of its own, in a file (a loop device). Its shutdown ioctl throws away what was not
yet written, as a power cut does; then it is mounted again and the database recovers. DATONG_POWER_CUT=1, as root.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from datong.kernel import embedded

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
NO_FLUSH = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH: not even the journal is written
CUTS = 3


def command(*args: str) -> None:
    done = subprocess.run(args, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, (args, done.stderr)


def bank(home: Path, *args: str) -> subprocess.Popen[bytes]:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DATONG_ROLE_PREFIX")}
    world = [sys.executable, "-W", "ignore", "-m", "datong.site.tests.bank_world", args[0], str(home), *args[1:]]
    return subprocess.Popen(world, env={**env, "DATONG_HOME": str(home)}, stdout=subprocess.PIPE)


def answer(process: subprocess.Popen[bytes]) -> object:
    out, _ = process.communicate(timeout=180)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


def cut(disk: Path, home: Path) -> None:
    """The power goes: nothing that was not written is ever written."""
    postmaster = embedded.status(home).pid
    folder = os.open(disk, os.O_RDONLY)
    try:
        fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NO_FLUSH))
    finally:
        os.close(folder)
    end = time.monotonic() + 30
    while postmaster and Path(f"/proc/{postmaster}").exists() and time.monotonic() < end:
        os.kill(postmaster, signal.SIGKILL)
        time.sleep(0.2)


def unmount(disk: Path) -> None:
    """Once the last process of the dead server has left."""
    for _ in range(100):
        if subprocess.run(["umount", str(disk)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    command("umount", str(disk))


@pytest.mark.skipif(not os.environ.get("DATONG_POWER_CUT"), reason="takes a minute: DATONG_POWER_CUT=1")
@pytest.mark.skipif(os.geteuid() != 0, reason="cutting the power of a file system needs root")
@pytest.mark.requirement("S-200")
def test_no_acknowledged_transfer_is_lost_when_the_power_goes(tmp_path: Path) -> None:
    image, disk, book = tmp_path / "disk.img", tmp_path / "disk", tmp_path / "book"
    home = disk / "home"
    command("truncate", "-s", "2G", str(image))
    command("mkfs.ext4", "-q", str(image))
    clients: list[subprocess.Popen[bytes]] = []
    disk.mkdir()
    command("mount", "-o", "loop", str(image), str(disk))
    try:
        brand = str(answer(bank(home, "open")))
        counted: dict[str, object] = {}
        for number in range(CUTS):
            clients.append(client := bank(home, "run", brand, str(book), str(number * 100)))
            end, before = time.monotonic() + 60, lines(book)
            while lines(book) < before + 300 and time.monotonic() < end:
                time.sleep(0.05)
            cut(disk, home)
            client.kill()
            client.wait(20)
            unmount(disk)
            command("mount", "-o", "loop", str(image), str(disk))
            counted = answer(bank(home, "recount", brand, str(book)))  # type: ignore[assignment]
            print("power cut", number + 1, "acknowledged", counted["acknowledged"], "lost", counted["lost"])
            assert (counted["total"], counted["wrong"], counted["lost"], counted["found"]) == (8000, [], [], [])
        assert int(str(counted["acknowledged"])) >= 200
    finally:
        for client in clients:
            client.kill()
            client.wait(20)
        with suppress(OSError, embedded.DatabaseDownError):  # the disk may be off
            embedded.stop(home)
        unmount(disk)


def lines(book: Path) -> int:
    return book.read_bytes().count(b"\n") if book.exists() else 0
