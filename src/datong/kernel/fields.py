"""Columns that carry tenancy. A table whose key starts with `brand_id` belongs to one brand's rows at a time."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import Func

from datong.kernel.ids import uuid7


class TenantKey(models.UUIDField):
    """The `id` of a tenant table: Django sees it as the primary key, the database keys on (brand_id, id).

    partitioned: the table is split by month of this id. append_only: the application may insert and read, never
    change. relay: the relay role may read all brands' rows (work discovery).
    """

    def __init__(
        self, *args: Any, partitioned: bool = False, append_only: bool = False, relay: bool = False, **kwargs: Any
    ) -> None:
        self.partitioned, self.append_only, self.relay = partitioned, append_only, relay
        kwargs.setdefault("primary_key", True)
        kwargs.setdefault("default", uuid7)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @property
    def partition_key(self) -> bool:
        return self.partitioned

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for flag in ("partitioned", "append_only", "relay"):
            if getattr(self, flag):
                kwargs[flag] = True
        return name, path, args, kwargs


class TenantForeignKey(models.ForeignKey):
    """A key (brand_id, this) to (brand_id, id) of another tenant table, checked at once; it never leaves the brand.

    No index of its own (every index starts with brand_id and is declared), no way back. partition_key: the table is
    split by month of the parent's id. append_only as in TenantKey, for tables that have no id of their own.
    """

    def __init__(self, *args: Any, partition_key: bool = False, append_only: bool = False, **kwargs: Any) -> None:
        self.partition_key, self.append_only = partition_key, append_only
        kwargs["db_index"] = False
        kwargs["related_name"] = "+"
        kwargs.setdefault("on_delete", models.DO_NOTHING)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for flag in ("partition_key", "append_only"):
            if getattr(self, flag):
                kwargs[flag] = True
        return name, path, args, kwargs


class KeyPart(models.UUIDField):
    """A UUID column of a table with a natural key; it can carry the marks that TenantKey carries elsewhere."""

    def __init__(self, *args: Any, append_only: bool = False, relay: bool = False, **kwargs: Any) -> None:
        self.append_only, self.relay = append_only, relay
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for flag in ("append_only", "relay"):
            if getattr(self, flag):
                kwargs[flag] = True
        return name, path, args, kwargs


class Xid8(models.Field):
    """PostgreSQL's 64-bit transaction id (xid8), read as an integer."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


class UuidList(models.Field):
    """An array of UUIDs."""

    def db_type(self, connection: Any) -> str:
        return "uuid[]"


class CurrentXid(Func):
    """The id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    arity = 0
    output_field = Xid8()
