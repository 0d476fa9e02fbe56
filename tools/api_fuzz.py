"""Schemathesis over the whole API with every check, on a server and a database of its own that are gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from datong.kernel.ids import uuid7
from datong.site.runtime import ready

BIN = Path(sys.executable).parent
MAX_TIME_S = 240
START_S = 60


def main() -> int:
    """Serve a new brand, with a key that may do everything, and let Schemathesis at it; its exit code."""
    with tempfile.TemporaryDirectory(prefix="datong-fuzz-") as folder:
        os.environ["DATONG_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        with ready(upgrade=True):
            key = _brand_with_a_key()
            log = Path(folder) / "serve.log"  # a pipe that nobody reads would stop the server when it is full
            with log.open("w") as stderr:
                server = subprocess.Popen([BIN / "datong", "serve", "--port", "0"], stderr=stderr)
            try:
                return _fuzz(_address(log), key)
            finally:
                server.terminate()
                server.wait(START_S)
                _show_errors(log)


def _address(log: Path) -> str:
    """What the server says on its first line."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        for line in log.read_text().splitlines():
            if "http://" in line:
                return line.split()[3]
        time.sleep(0.1)
    raise SystemExit(f"datong serve did not start: {log.read_text()}")


def _show_errors(log: Path) -> None:
    """What the server itself calls an error; a refusal is none."""
    errors = [line for line in log.read_text().splitlines() if '"level": "error"' in line]
    print(f"{len(errors)} errors in the server's log", *errors[:20], sep="\n")


def _brand_with_a_key() -> str:
    from datong.access.api import create_client
    from datong.access.types import Scope
    from datong.brand.api import create_brand, register_channel
    from datong.brand.types import Channel, ChannelKind

    brand = create_brand(
        slug="fuzz", name="Fuzz", currency="USD", locale="en-US", country="US", timezone="America/Chicago", tokens={}
    )
    channel = Channel(id=uuid7(), code="api", name="API", kind=next(iter(ChannelKind)), role="every check")
    register_channel(brand.id, channel)
    return create_client(brand.id, channel.id, "fuzz", list(Scope), by="api-fuzz").key


def _fuzz(address: str, key: str) -> int:
    command = [str(BIN / "schemathesis"), "run", f"{address}api/openapi.json", "--checks", "all"]
    options = ["--max-time", str(MAX_TIME_S), "--wait-for-schema", str(START_S), "--request-timeout", "30"]
    # Its own settings where there are any (schemathesis.toml); the key is for this database only.
    return subprocess.run([*command, *options, "-H", f"Authorization: Bearer {key}"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
