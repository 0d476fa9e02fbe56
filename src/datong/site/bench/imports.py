"""How long a file of 100,000 products with prices takes, from its bytes to the last commit, from CSV and from Excel.

Reading, checking (the dry run) and letting in are measured apart, and the whole of them is the goal. Then the same
CSV again (nothing changes), and its undo.
"""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from openpyxl import Workbook

from datong.brand.api import create_brand
from datong.brand.types import Brand
from datong.imports.api import ask_check, ask_start, ask_undo, get_run, receive, work
from datong.imports.types import Run, RunState
from datong.kernel import embedded
from datong.site.bench.figures import Figure, Goal, Report, cpu_s, tree

ROWS = 100_000
GOAL_S = 60
HEADINGS = ("sku", "title", "price", "kind", "category", "gtin", "tax_class", "active")


def run() -> Report:
    """One round of each: a file of this size is read once in a brand's life."""
    report = Report("import")
    rows = [_row(n) for n in range(ROWS)]
    for kind, data in (("csv", _csv(rows)), ("xlsx", _xlsx(rows))):
        brand = make_brand(kind)
        file = f"products.{kind}"
        kept = timed(report, f"{kind}_read_s", lambda d=data, f=file, b=brand: _receive(b, f, d))  # type: ignore[misc]
        ask_check(brand.id, kept.id)
        checked = timed(report, f"{kind}_check_s", lambda b=brand, r=kept: work_off(b.id, r.id))  # type: ignore[misc]
        _expect(checked, RunState.CHECKED, new=ROWS)
        ask_start(brand.id, kept.id)
        done = timed(report, f"{kind}_put_s", lambda b=brand, r=kept: work_off(b.id, r.id))  # type: ignore[misc]
        _expect(done, RunState.DONE, new=ROWS)
        whole = sum(report.figures[f"{kind}_{part}_s"].values[0] for part in ("read", "check", "put"))
        report.figures[f"{kind}_whole_s"] = Figure((whole,), "s")
        cpu = sum(report.figures[f"{kind}_{part}_cpu_s"].values[0] for part in ("read", "check", "put"))
        report.figures[f"{kind}_whole_cpu_s"] = Figure((cpu,), "s")
        report.figures[f"{kind}_rows_per_s"] = Figure((ROWS / whole,), "1/s")
        report.goals[f"100,000 rows of products and prices from {kind}, seconds"] = Goal(f"{kind}_whole_s", GOAL_S)
        report.notes[f"{kind}_mib"] = round(len(data) / 2**20, 1)
        if kind == "csv":
            again = receive(brand.id, "products", file, data, by="bench", again=True)
            ask_check(brand.id, again.id)
            same = timed(report, "same_file_check_s", lambda b=brand, r=again: work_off(b.id, r.id))  # type: ignore[misc]
            if same.counts.same != ROWS:
                raise RuntimeError(f"the same file differs: {same.counts}")
            ask_undo(brand.id, kept.id, by="bench")
            gone = timed(report, "undo_s", lambda b=brand, r=kept: work_off(b.id, r.id))  # type: ignore[misc]
            _expect(gone, RunState.UNDONE)
    report.notes |= {"rows": ROWS, "columns": len(HEADINGS)}
    return report


def timed(report: Report, key: str, what: Callable[[], Run]) -> Run:
    start, cpu = time.perf_counter(), _cpu_s()
    found = what()
    report.figures[key] = Figure((time.perf_counter() - start,), "s")
    report.figures[key.removesuffix("_s") + "_cpu_s"] = Figure((_cpu_s() - cpu,), "s")
    return found


def _cpu_s() -> float:
    """Of this process and of PostgreSQL: what is left of the figure when others use the machine too."""
    postmaster = embedded.status(Path(os.environ["DATONG_HOME"])).pid
    return time.process_time() + (cpu_s(tree(postmaster)) if postmaster else 0)


def _receive(brand: Brand, name: str, data: bytes) -> Run:
    return receive(brand.id, "products", name, data, by="bench")


def work_off(brand_id: UUID, run_id: UUID) -> Run:
    for _ in work(brand_id, run_id):
        pass
    return get_run(brand_id, run_id)


def _expect(found: Run, state: RunState, new: int | None = None) -> None:
    if found.state is not state or found.counts.bad or found.left or (new is not None and found.counts.new != new):
        raise RuntimeError(f"{found.state}: {found.counts}, {found.left} left, {found.message}")


def make_brand(name: str) -> Brand:
    return create_brand(f"bench-{name}", f"Bench {name}", "USD", "en-US", "US", "America/Chicago", {})


def _row(number: int) -> tuple[Any, ...]:
    digits = f"40063{number:07}"
    check = -sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))) % 10
    category = f"Category {number % 200}"
    price = f"{number % 500 + 1}.{number % 100:02}"
    return (
        f"SKU-{number:06}",
        f"Product number {number}",
        price,
        "goods",
        category,
        f"{digits}{check}",
        "standard",
        "yes",
    )


def _csv(rows: list[tuple[Any, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return out.getvalue().encode()


def _xlsx(rows: list[tuple[Any, ...]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append([*row[:2], float(row[2]), *row[3:]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
