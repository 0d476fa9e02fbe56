"""What a store decision costs when SQL is asked: one prepared statement each that does the rules' work.

The nearest 64 places within the rule's distance from a GiST index, those that trade, are under their limit and have all
lines, scored by distance, load and depth of stock. Hours, areas, channels and splits are left out, as are row-level
security and a second try when the units have gone. One connection; the backend's CPU and this process's together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import psycopg

from datong.brand.types import Store
from datong.orders.sourcing.types import Demand
from datong.site.bench.figures import cpu_s

SCHEMA = """
    CREATE TEMPORARY TABLE ask_store (id uuid PRIMARY KEY, place point, trading bool, load int, most int);
    CREATE TEMPORARY TABLE ask_stock (store uuid, item uuid, free int, PRIMARY KEY (store, item));
"""
BEST = """
    WITH near AS (
        SELECT *, 111.2 * sqrt(((place[0] - %(lon)s) * cosd(%(lat)s)) ^ 2 + (place[1] - %(lat)s) ^ 2) AS km
          FROM (SELECT * FROM ask_store ORDER BY place <-> point(%(lon)s, %(lat)s) LIMIT 64) s
         WHERE trading AND load < most
    )
    SELECT n.id
      FROM near n
      JOIN unnest(%(items)s::uuid[], %(units)s::int[]) w(item, units) ON true
      JOIN ask_stock k ON k.store = n.id AND k.item = w.item AND k.free >= w.units
     WHERE n.km <= 30
     GROUP BY n.id, n.km, n.load, n.most HAVING count(*) = %(lines)s
     ORDER BY 60 * (1 - n.km / 30) + 20 * (1 - n.load / least(n.most, 200.0))
              + 20 * min(least(k.free / (w.units * 4.0), 1)) DESC LIMIT 1
"""
LEAST_S = 0.5


def decisions_per_cpu_s(stores: Sequence[Store], items: Sequence[object], demands: Sequence[Demand]) -> float:
    """Decisions a CPU second of both processes, over as many of the demands as take half a second."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1) as connection:
        connection.execute(SCHEMA)
        with connection.cursor().copy("COPY ask_store FROM STDIN") as copy:
            for store in stores:
                copy.write_row((store.id, f"({store.place.lon},{store.place.lat})", True, 0, 2**31 - 1))
        with connection.cursor().copy("COPY ask_stock FROM STDIN") as copy:
            for store in stores:
                for item in items:
                    copy.write_row((store.id, item, 1_000_000))
        connection.execute("CREATE INDEX ON ask_store USING gist (place)")
        connection.execute("ANALYZE ask_store")
        connection.execute("ANALYZE ask_stock")
        backend = [connection.info.backend_pid]
        theirs, ours, done = cpu_s(backend), time.process_time(), 0
        while (cpu_s(backend) - theirs) + (time.process_time() - ours) < LEAST_S and done < 100_000:
            for demand in demands[:100]:
                assert demand.place is not None
                key = {"lon": demand.place.lon, "lat": demand.place.lat, "lines": len(demand.lines)}
                columns = {
                    "items": [line.item_id for line in demand.lines],
                    "units": [one.units for one in demand.lines],
                }
                found = connection.execute(BEST, key | columns).fetchone()
                assert found is not None
                done += 1
        return done / ((cpu_s(backend) - theirs) + (time.process_time() - ours))
