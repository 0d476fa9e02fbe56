"""The bank workload of Jepsen's tests: purses that pay each other without end, readers that add them all up.

A process of its own: `bank_world run HOME BRAND FILE SEED` (also `open HOME`, `recount HOME BRAND FILE`). Each line of
FILE is the id of an acknowledged transfer, written after its commit, or what a reader saw that must not be. The sum
over all purses is the same at every moment.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from datong.site.runtime import ready

PURSES, EACH = 8, 1000
PAYERS = 4
PAUSE_S = 0.01 if os.environ.get("DATONG_LONG") else 0.1
DAY = date(2026, 11, 22)


def purses() -> list[Any]:
    from datong.ledger.types import purse_account

    return [purse_account(UUID(int=n + 1), "deposit", "CNY") for n in range(PURSES)]


def open_bank(brand: UUID) -> None:
    from datong.kernel.ids import uuid7
    from datong.ledger.api import post
    from datong.ledger.types import Account, Transfer

    cash = Account("asset:cash", "CNY")
    post([Transfer(uuid7(), cash, purse, EACH, "top_up", uuid7(), DAY) for purse in purses()], brand=brand)


def total(brand: UUID) -> int:
    """What all purses have at one moment, by one statement."""
    from datong.ledger.api import available

    return sum(found.posted_minor for found in available(brand, purses()).values())


def pay(brand: UUID, file: int, dice: random.Random) -> None:
    """Pay without end; a payment whose outcome is not known is sent again until it is."""
    from django.db import Error, connection

    from datong.kernel import clock
    from datong.kernel.ids import uuid7
    from datong.ledger import api
    from datong.ledger.types import Capture, Hold, InsufficientBalance, Release, Transfer

    while True:
        payer, payee = dice.sample(purses(), 2)
        amount, held = dice.randint(1, 300), dice.random() < 0.3
        transfer = Transfer(uuid7(), payer, payee, amount, "pay", uuid7(), DAY)
        hold = Hold(uuid7(), payer, payee, amount + 5, "pay", uuid7(), DAY, clock.now() + timedelta(hours=1))
        capture, release = Capture(transfer.id, hold.id, amount), Release(uuid7(), hold.id)
        while True:
            try:
                if held:
                    api.hold([hold], brand=brand)
                    api.capture([capture], brand=brand)
                    api.release([release], brand=brand)
                else:
                    api.post([transfer], brand=brand)
                os.write(file, f"{transfer.id}\n".encode())
                break
            except InsufficientBalance:
                break
            except Error:
                connection.close()
                time.sleep(0.1)
        time.sleep(PAUSE_S)


def read(brand: UUID, file: int) -> None:
    from django.db import Error, connection

    while True:
        try:
            seen = total(brand)
            if seen != PURSES * EACH:
                os.write(file, f"saw {seen}\n".encode())
        except Error:
            connection.close()
            time.sleep(0.1)
        time.sleep(PAUSE_S)


def recount(brand: UUID, file: Path) -> dict[str, Any]:
    """What was acknowledged and is not there, what readers saw, and whether the books are sound."""
    from datong.ledger.api import transfers_by_id, verify

    lines = file.read_text().splitlines()
    wrong = [line for line in lines if line.startswith("saw")]
    ids = [UUID(line) for line in lines if len(line) == 36]
    there = {posted.transfer.id for posted in transfers_by_id(brand, ids)}
    found = verify(brand).differences
    return {
        "total": total(brand),
        "wrong": wrong,
        "acknowledged": len(ids),
        "lost": [str(id) for id in ids if id not in there],
        "found": [str(difference) for difference in found if difference.what != "clearing_open"],
    }


def run(brand: UUID, path: str, seed: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    threads = [threading.Thread(target=pay, args=(brand, file, random.Random(seed + n))) for n in range(PAYERS)]
    threads.append(threading.Thread(target=read, args=(brand, file)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def new_bank() -> str:
    """A brand with a bank and nothing else; its id."""
    from datong.brand.api import create_brand

    place = {"currency": "CNY", "locale": "zh-Hans-CN", "country": "CN", "timezone": "Asia/Shanghai"}
    brand = create_brand(slug="bank", name="Bank", tokens={}, **place)
    open_bank(brand.id)
    return str(brand.id)


if __name__ == "__main__":
    what, home, *rest = sys.argv[1:]
    os.environ["DATONG_HOME"] = home
    os.environ.pop("DATABASE_URL", None)
    with ready(upgrade=what == "open"):
        if what == "open":
            print(json.dumps(new_bank()))
        elif what == "recount":
            print(json.dumps(recount(UUID(rest[0]), Path(rest[1]))))
        else:
            run(UUID(rest[0]), rest[1], int(rest[2]))
