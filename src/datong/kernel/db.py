"""The one way to the database: inside a brand. Rows of another brand do not exist there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connections, transaction

Params = Mapping[str, Any] | Sequence[Any] | None

_brand: ContextVar[UUID | None] = ContextVar("datong_brand", default=None)
_alias: ContextVar[str] = ContextVar("datong_alias", default="default")


@contextmanager
def in_brand(brand_id: UUID, *, may_fail: bool = False) -> Iterator[None]:
    """A transaction that sees and writes this brand's rows only; nests within itself, never across brands.

    Everything in the block commits together or not at all. An inner block that `may_fail` can be tried again without
    giving the outer one up.
    """
    outer = _brand.get()
    if outer is not None and outer != brand_id:
        raise RuntimeError(f"already inside brand {outer}; one transaction is one brand's")
    connection = connections["default"]
    nested = outer is not None
    with transaction.atomic(savepoint=may_fail or not nested):
        if nested:
            yield
            return
        _set_brand(connection, str(brand_id))
        token = _brand.set(brand_id)
        try:
            yield
        finally:
            _brand.reset(token)
        # Inside somebody's open transaction (a test's) the setting would outlive the block. After an error the
        # savepoint takes it back.
        if connection.savepoint_ids:
            _set_brand(connection, "")


@contextmanager
def as_relay() -> Iterator[None]:
    """Reads of every brand's outbox, inbox and cursors as the relay role: to find work, never to do it."""
    token = _alias.set("relay")
    try:
        yield
    finally:
        _alias.reset(token)


def current_brand() -> UUID:
    """The brand of the open transaction; an error outside of in_brand."""
    brand = _brand.get()
    if brand is None:
        raise RuntimeError("not inside a brand: wrap the call in kernel.db.in_brand(brand_id)")
    return brand


def inside() -> UUID | None:
    """The brand of the open transaction, None outside of in_brand."""
    return _brand.get()


def rows(sql: str, params: Params = None) -> list[tuple[Any, ...]]:
    """Run a statement and fetch all its rows. Parameters only; `sql` is a constant."""
    with connections[_alias.get()].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def execute(sql: str, params: Params = None) -> int:
    """Run a statement; the number of rows it touched."""
    with connections[_alias.get()].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


@contextmanager
def savepoint() -> Iterator[None]:
    """Part of a transaction that may fail alone."""
    with transaction.atomic():
        yield


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """The SQL statements run in the block, in order; transaction control is not counted."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note):
        yield seen


def _set_brand(connection: Any, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('datong.brand', %s, true)", [value])
