"""PostgreSQL's own price of an order: the rows and nothing else, as the limit to compare with.

One order, three lines, three stock counters; as one statement each in one transaction, prepared, no foreign keys, no
row-level security, no partitions, over one connection.
"""

from __future__ import annotations

import os
import random
from uuid import UUID

import psycopg

from datong.kernel.ids import uuid7
from datong.site.bench.figures import cpu_s

SCHEMA = """
    DROP TABLE IF EXISTS bare_order, bare_line, bare_stock;
    CREATE TABLE bare_order (brand_id uuid, id uuid, total bigint, at timestamptz DEFAULT now(),
                             PRIMARY KEY (brand_id, id));
    CREATE TABLE bare_line (brand_id uuid, order_id uuid, n smallint, item uuid, units int, unit bigint,
                            PRIMARY KEY (brand_id, order_id, n));
    CREATE TABLE bare_stock (brand_id uuid, item uuid, reserved int, PRIMARY KEY (brand_id, item));
"""
ORDER = "INSERT INTO bare_order (brand_id, id, total) SELECT %s, id, 100 FROM unnest(%s::uuid[]) id"
LINES = """
    INSERT INTO bare_line SELECT %s, o, n, i, 1, 500 FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[]) l(o, n, i)
"""
STOCK = """
    UPDATE bare_stock s SET reserved = reserved + w.n
      FROM (SELECT i, count(*) AS n FROM unnest(%s::uuid[]) i GROUP BY 1 ORDER BY 1) w
     WHERE s.brand_id = %s AND s.item = w.i
"""
REPEATS_S = 0.6


class Bare:
    """Tables of its own beside ours, in the same server."""

    def __init__(self) -> None:
        self.brand = uuid7()
        self.items = [uuid7() for _ in range(10_000)]
        self.rnd = random.Random(1)  # noqa: S311 - repeatable, not secret
        self.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1)
        for statement in filter(str.strip, SCHEMA.split(";")):
            self.connection.execute(statement)
        self.connection.execute("INSERT INTO bare_stock SELECT %s, unnest(%s::uuid[]), 0", [self.brand, self.items])
        self._batch(1)

    def cpu_ms(self, size: int) -> float:
        """CPU milliseconds of the backend an order, in transactions of `size` orders."""
        backend = [self.connection.info.backend_pid]
        before, orders = cpu_s(backend), 0
        while cpu_s(backend) - before < REPEATS_S and orders < 100_000:
            for _ in range(max(1, 500 // size)):
                self._batch(size)
                orders += size
        return (cpu_s(backend) - before) / orders * 1000

    def _batch(self, size: int) -> None:
        orders: list[UUID] = [uuid7() for _ in range(size)]
        lines = [(order, n, self.rnd.choice(self.items)) for order in orders for n in range(3)]
        with self.connection.transaction():
            self.connection.execute(ORDER, [self.brand, orders])
            columns = [list(column) for column in zip(*lines, strict=True)]
            self.connection.execute(LINES, [self.brand, *columns])
            self.connection.execute(STOCK, [columns[2], self.brand])
