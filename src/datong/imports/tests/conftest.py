"""A brand with two stores, and short ways to send files."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from openpyxl import Workbook

from datong.brand import api as brands
from datong.brand.types import Brand, Store
from datong.imports import api as imports
from datong.imports.types import Fault, Mode, Run, RunState
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7


def xlsx(*rows: Sequence[Any], merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class Desk:
    """Sends files for one brand."""

    brand: Brand

    def send(self, kind: str, data: bytes | str, *, name: str = "", **more: Any) -> Run:
        raw = data.encode() if isinstance(data, str) else data
        return imports.receive(self.brand.id, kind, name or f"{kind}.csv", raw, by="ann", **more)

    def check(self, kind: str, data: bytes | str, **more: Any) -> Run:
        run = self.send(kind, data, **more)
        imports.ask_check(self.brand.id, run.id)
        return self.finish(run)

    def take(self, kind: str, data: bytes | str, mode: Mode = Mode.GOOD, **more: Any) -> Run:
        run = self.check(kind, data, **more)
        imports.ask_start(self.brand.id, run.id, mode=mode)
        return self.finish(run)

    def undo(self, run: Run, *, partial: bool = False) -> Run:
        imports.ask_undo(self.brand.id, run.id, by="ann", partial=partial)
        return self.finish(run)

    def finish(self, run: Run) -> Run:
        for _ in imports.work(self.brand.id, run.id):
            pass
        return imports.get_run(self.brand.id, run.id)

    def faults(self, run: Run) -> list[Fault]:
        return imports.list_faults(self.brand.id, run.id)

    def told(self, run: Run) -> list[tuple[int, str, str]]:
        return [(fault.line, fault.column, fault.code) for fault in self.faults(run)]


@pytest.fixture
def desk(brand: Brand) -> Desk:
    stores = [
        Store(uuid7(), code, name, Point(-93.2, 44.9), "Minneapolis", brands.always_open(), "America/Chicago", "MN")
        for code, name in (("0001", "Main Street"), ("0002", "Lake Street"))
    ]
    brands.put_stores(brand.id, stores)
    return Desk(brand)


Send = Callable[..., Run]
__all__ = ["Desk", "RunState", "desk", "xlsx"]
