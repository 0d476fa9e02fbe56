"""Schemathesis over the whole API with every check, on a server and a database of its own that are gone afterwards.

What is given on the command line is handed on (`tools/api_fuzz.py --seed 7 --max-time 600`); its settings are in
schemathesis.toml. It fails also when the server called anything an error, when nothing was ever accepted (then only
refusals were tested), or when the books do not add up afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.site.runtime import ready

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
MAX_TIME_S = 120
START_S = 60
HANGZHOU = Point(120.1636, 30.2741)
SKUS = ("LONGJING", "JASMINE", "CUP")  # as in the examples of the schema and the words of schemathesis.toml
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> int:
    """Serve a new brand, with a key that may do everything, and let Schemathesis at it; its exit code."""
    with tempfile.TemporaryDirectory(prefix="datong-fuzz-") as folder:
        os.environ["DATONG_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        with ready(upgrade=True):
            brand_id, key = _brand_with_a_key()
            log = Path(folder) / "serve.log"  # a pipe that nobody reads would stop the server when it is full
            with log.open("w") as stderr:
                server = subprocess.Popen([BIN / "datong", "serve", "--port", "0"], stderr=stderr)
            try:
                code = _fuzz(_address(log), key)
            finally:
                server.terminate()
                server.wait(START_S)
            wrong = [*_errors(log), *_books(brand_id)]
            print(*wrong, sep="\n")
            return code or bool(wrong)


def _address(log: Path) -> str:
    """What the server says on its first line."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        for line in log.read_text().splitlines():
            if "http://" in line:
                return line.split()[3]
        time.sleep(0.1)
    raise SystemExit(f"datong serve did not start: {log.read_text()}")


def _errors(log: Path) -> Iterator[str]:
    """What the server itself calls an error; a refusal is none."""
    errors = [line for line in log.read_text().splitlines() if '"level": "error"' in line or "Traceback" in line]
    if errors:
        yield f"{len(errors)} errors in the server's log"
        yield from errors[:20]


def _books(brand_id: UUID) -> Iterator[str]:
    from datong.integration.api import inbox_counts
    from datong.inventory.api import audit
    from datong.ledger.api import check
    from datong.orders.api import BoardFilter, board, proof, summary

    taken = summary(brand_id, SINCE).orders
    states: dict[str, int] = {}
    for counts in inbox_counts(brand_id).values():
        for state, count in counts.items():
            states[state.value] = states.get(state.value, 0) + count
    print(f"orders taken: {taken}; deliveries: {states}")
    if not taken or not board(brand_id, BoardFilter(state="assigned")).rows:
        yield "no order was accepted and got a store: only refusals were tested"
    if not proof(brand_id).sound:
        yield f"the order book: {proof(brand_id)}"
    if not audit(brand_id).sound:
        yield f"the stock: {audit(brand_id)}"
    yield from (f"the ledger: {difference}" for difference in check(brand_id))


def _brand_with_a_key() -> tuple[UUID, str]:
    from datong.access.api import create_client
    from datong.access.types import Scope
    from datong.brand.api import always_open, create_brand, put_gazetteer, put_stores, register_channel
    from datong.brand.types import Channel, ChannelKind, Store
    from datong.catalog.api import put_items, put_prices
    from datong.catalog.types import Item, Price
    from datong.inventory.api import put_stock
    from datong.inventory.types import StockRow

    brand = create_brand(
        slug="fuzz", name="Fuzz", currency="CNY", locale="zh-CN", country="CN", timezone="Asia/Shanghai", tokens={}
    )
    put_gazetteer(brand.id, [("CN", "hangzhou", HANGZHOU)])
    stores = [
        Store(
            id=uuid7(),
            code=f"HZ-{n:02}",
            name=f"Store {n}",
            place=Point(HANGZHOU.lon + n / 100, HANGZHOU.lat),
            city="Hangzhou",
            hours=always_open(),
            timezone="Asia/Shanghai",
            serves_radius_m=30_000,
        )
        for n in range(1, 6)
    ]
    put_stores(brand.id, stores)
    items = [Item(uuid7(), sku, sku.capitalize()) for sku in SKUS]
    put_items(brand.id, items)
    put_prices(brand.id, [Price(sku, 3000, SINCE) for sku in SKUS])
    put_stock(brand.id, [StockRow(store.id, item.id, 10**6) for store in stores for item in items])
    channel = Channel(id=uuid7(), code="api", name="API", kind=ChannelKind.APP, role="every check")
    register_channel(brand.id, channel)
    return brand.id, create_client(brand.id, channel.id, "fuzz", list(Scope), by="api-fuzz").key


def _fuzz(address: str, key: str) -> int:
    command = [str(BIN / "schemathesis"), "run", f"{address}api/openapi.json", "--checks", "all"]
    options = ["--max-time", str(MAX_TIME_S), "--wait-for-schema", str(START_S), "--request-timeout", "30"]
    # The key is for this database only.
    command += [*options, "-H", f"Authorization: Bearer {key}", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
