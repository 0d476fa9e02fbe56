"""What a transfer costs, how fast a hot account is, and how long an authorisation takes.

Beside each figure stands what it is compared with, measured in the same run on the same server: the same rows as a bare
INSERT with a balance upsert, once into the ledger's own tables (partitions, row-level security) as the application's
role, once into plain tables with the same indexes; and the textbook's way of a hot account, SELECT FOR UPDATE of its
balance for each transfer.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connections

from datong.kernel import bulk, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.types import Account, Hold, Transfer, purse_account
from datong.site.bench.figures import Figure, Goal, Report, cpu_s, percentile

ROUNDS, BATCHES, BATCH, PURSES = 5, 20, 1000, 2000
THREADS, HOT_S = 8, 3.0
LOAD, HOLDS_S = 0.7, 8.0
DAY = date(2026, 11, 22)
CASH, SALES = Account("asset:cash", "CNY"), Account("income:sales", "CNY")
TILL = Account("clearing:wallet", "CNY")

BARE = """
    DROP TABLE IF EXISTS bare_transfer, bare_balance;
    CREATE TABLE bare_transfer (brand_id uuid, id uuid, debit_id uuid, credit_id uuid, amount_minor bigint,
        currency varchar(3), kind varchar(40), subject_id uuid, business_date date, dimensions jsonb,
        posted_at timestamptz, PRIMARY KEY (brand_id, id));
    CREATE INDEX ON bare_transfer (brand_id, subject_id, id);
    CREATE INDEX ON bare_transfer (brand_id, posted_at);
    CREATE INDEX ON bare_transfer (brand_id, debit_id, business_date, id);
    CREATE INDEX ON bare_transfer (brand_id, credit_id, business_date, id);
    CREATE TABLE bare_balance (brand_id uuid, account_id uuid, minor bigint, PRIMARY KEY (brand_id, account_id));
"""
INSERT = """
    INSERT INTO bare_transfer
    SELECT %s, t.*, now() FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::text[],
                                      %s::uuid[], %s::date[], %s::jsonb[]) t
"""
UPSERT = """
    INSERT INTO bare_balance SELECT %s, a, sum(m) FROM unnest(%s::uuid[], %s::bigint[]) u(a, m) GROUP BY a ORDER BY a
    ON CONFLICT (brand_id, account_id) DO UPDATE SET minor = bare_balance.minor + excluded.minor
"""
OWN = """
    INSERT INTO ledger_transfer (brand_id, id, debit_id, credit_id, amount_minor, currency, kind, subject_id,
                                 business_date, dimensions, posted_at)
    SELECT %s, t.*, now() FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::text[],
                                      %s::uuid[], %s::date[], %s::jsonb[]) t
"""
OWN_UPDATE = """
    UPDATE ledger_balance b SET debits_minor = b.debits_minor + u.m
      FROM (SELECT a, sum(m)::bigint FROM unnest(%s::uuid[], %s::bigint[]) v(a, m) GROUP BY a) u(a, m)
     WHERE b.brand_id = %s AND b.account_id = u.a
"""
ACCOUNTS = "SELECT id, code, currency FROM ledger_account WHERE brand_id = %s"
ONE = "INSERT INTO bare_transfer VALUES (%s, %s, %s, %s, %s, 'CNY', 'sale', %s, %s, '{}', now())"
LOCK = "SELECT minor FROM bare_balance WHERE brand_id = %s AND account_id = %s FOR UPDATE"
ADD = "UPDATE bare_balance SET minor = %s WHERE brand_id = %s AND account_id = %s"


class Bank:
    """A brand with funded purses, and the bare tables beside it."""

    def __init__(self) -> None:
        from datong.brand.api import create_brand

        place = {"currency": "CNY", "locale": "zh-Hans-CN", "country": "CN", "timezone": "Asia/Shanghai"}
        self.brand: UUID = create_brand(slug="bank", name="Bank", tokens={}, **place).id
        self.purses = [purse_account(uuid7(), "principal", "CNY") for _ in range(PURSES)]
        api.post([self.move(CASH, purse, 10**9) for purse in self.purses], brand=self.brand)
        self.url = os.environ["DATABASE_URL"]
        self.bare = psycopg.connect(self.url, autocommit=True, prepare_threshold=1)
        for statement in filter(str.strip, BARE.split(";")):
            self.bare.execute(statement)
        api.post([self.move(TILL, SALES, 1)], brand=self.brand)
        with in_brand(self.brand):
            self.ids = {Account(code, currency): id for id, code, currency in rows(ACCOUNTS, [self.brand])}

    def move(self, debit: Account, credit: Account, amount: int) -> Transfer:
        return Transfer(uuid7(), debit, credit, amount, "spend", uuid7(), DAY, {"store": "12", "channel": "till"})

    def post(self, batch: list[Transfer]) -> None:
        api.post(batch, brand=self.brand)

    def insert(self, batch: list[Transfer]) -> None:
        """The same rows and the same balances, without a rule, a check or a key that is looked at."""
        debits, rest = self._columns(batch)
        with self.bare.transaction():
            self.bare.execute(INSERT, [self.brand, *rest])
            self.bare.execute(UPSERT, [self.brand, debits, bulk.array(str(-t.amount_minor) for t in batch)])

    def insert_own(self, batch: list[Transfer]) -> None:
        """As `insert`, into the tables that `post` writes to."""
        debits, rest = self._columns(batch)
        with in_brand(self.brand):
            execute(OWN, [self.brand, *rest])
            execute(OWN_UPDATE, [debits, bulk.array(str(t.amount_minor) for t in batch), self.brand])

    def _columns(self, batch: list[Transfer]) -> tuple[str, list[str]]:
        debits = bulk.array(str(self.ids[t.debit]) for t in batch)
        credits = bulk.array(str(self.ids[t.credit]) for t in batch)
        return debits, [
            bulk.array(str(t.id) for t in batch), debits, credits, bulk.array(str(t.amount_minor) for t in batch),
            bulk.array(t.debit.currency for t in batch), bulk.array(t.kind for t in batch),
            bulk.array(str(t.subject_id) for t in batch), bulk.array(t.business_date.isoformat() for t in batch),
            bulk.array(msgspec.json.encode(t.dimensions).decode() for t in batch),
        ]  # fmt: skip


def run() -> Report:
    """Three figures, each beside what it is compared with."""
    report, bank = Report("ledger"), Bank()
    _batches(report, bank)
    _hot(report, bank)
    _authorisations(report, bank)
    report.notes |= {"batch": BATCH, "threads": THREADS, "load": LOAD, "load_average": os.getloadavg()[0]}
    return report


def _batches(report: Report, bank: Bank) -> None:
    """CPU of our process and of the backend, per 1,000 transfers that each spend from a purse."""
    own = [os.getpid(), rows("SELECT pg_backend_pid()")[0][0]]
    bare = [os.getpid(), bank.bare.info.backend_pid]
    ways = {"post": (own, bank.post), "own_tables": (own, bank.insert_own), "plain_tables": (bare, bank.insert)}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (pids, work) in ways.items():
            batches = [[bank.move(bank.purses[i % PURSES], TILL, 5) for i in range(BATCH)] for _ in range(BATCHES)]
            found[name].append(_cpu(pids, batches, work) / BATCHES * 1000)
    for name, spent in found.items():
        report.figures[f"{name}_1000_cpu"] = Figure(tuple(spent), "ms")
        if name != "post":
            ratios = tuple(ours / theirs for ours, theirs in zip(found["post"], spent, strict=True))
            report.figures[f"against_{name}"] = Figure(ratios, "ratio")
    report.goals["against_own_tables"] = Goal("against_own_tables", 1.5)


def _cpu(pids: list[int], batches: list[list[Transfer]], work: Callable[[list[Transfer]], None]) -> float:
    before = cpu_s(pids)
    for batch in batches:
        work(batch)
    return cpu_s(pids) - before


def _hot(report: Report, bank: Bank) -> None:
    """Transfers a second of 8 threads that all post to the brand's revenue account, and the textbook's way."""
    bank.bare.execute("INSERT INTO bare_balance VALUES (%s, %s, 0) ON CONFLICT DO NOTHING", [bank.brand, uuid7()])
    hot = bank.ids[SALES]
    bank.bare.execute("INSERT INTO bare_balance VALUES (%s, %s, 0) ON CONFLICT DO NOTHING", [bank.brand, hot])

    def post() -> int:
        return api.post([bank.move(CASH, SALES, 1) for _ in range(100)], brand=bank.brand)

    def post_one() -> int:
        return api.post([bank.move(CASH, SALES, 1)], brand=bank.brand)

    def textbook() -> int:
        with _bare(bank.url) as connection, connection.transaction():
            ((minor,),) = connection.execute(LOCK, [bank.brand, hot]).fetchall()
            connection.execute(ONE, [bank.brand, uuid7(), bank.ids[CASH], hot, 1, uuid7(), DAY])
            connection.execute(ADD, [minor + 1, bank.brand, hot])
        return 1

    found: dict[str, list[float]] = {"hot_batches_of_100": [], "hot_single": [], "select_for_update": []}
    for _ in range(3):
        for name, work in zip(found, (post, post_one, textbook), strict=True):
            found[name].append(_rate(work))
    for name, rates in found.items():
        report.figures[name] = Figure(tuple(rates), "transfers/s")
    ratio = [a / b for a, b in zip(found["hot_batches_of_100"], found["select_for_update"], strict=True)]
    report.figures["hot_against_select_for_update"] = Figure(tuple(ratio), "times")
    report.goals["hot_against_select_for_update"] = Goal("hot_against_select_for_update", 10, at_least=True)


_kept = threading.local()


def _bare(url: str) -> Any:
    """This thread's own plain connection, left open."""
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
    return _Open(_kept.connection)


class _Open:
    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def __enter__(self) -> psycopg.Connection:
        return self.connection

    def __exit__(self, *error: object) -> None:
        """The connection stays."""


def _rate(work: Callable[[], int]) -> float:
    def one() -> int:
        try:
            done = 0
            while time.monotonic() < end:
                done += work()
            return done
        finally:
            connections.close_all()

    start = time.monotonic()
    end = start + HOT_S
    with ThreadPoolExecutor(THREADS) as pool:
        done = sum(future.result() for future in [pool.submit(one) for _ in range(THREADS)])
    return done / (time.monotonic() - start)


def _authorisations(report: Report, bank: Bank) -> None:
    """Single holds, each on a purse of its own, sent at 70 per cent of the rate that four threads can keep up."""
    count = iter(range(10**9))

    def hold() -> int:
        purse = bank.purses[next(count) % PURSES]
        until = clock.now() + timedelta(minutes=15)
        return api.hold([Hold(uuid7(), purse, TILL, 5, "spend", uuid7(), DAY, until)], brand=bank.brand)

    most = _rate(hold)
    every, start, taken = THREADS / (most * LOAD), time.monotonic() + 0.1, []

    def one(at: int) -> list[float]:
        times, due = [], start + every * at / THREADS
        try:
            while due < start + HOLDS_S:
                time.sleep(max(0.0, due - time.monotonic()))
                hold()
                times.append((time.monotonic() - due) * 1000)  # waiting for a late sender counts
                due += every
            return times
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(one, at) for at in range(THREADS)]:
            taken += future.result()
    report.figures["holds_most"] = Figure((most,), "holds/s")
    report.figures["hold_p50"] = Figure((percentile(taken, 0.5),), "ms")
    report.figures["hold_p99"] = Figure((percentile(taken, 0.99),), "ms")
    report.goals["hold_p99"] = Goal("hold_p99", 15)
