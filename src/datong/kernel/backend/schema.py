"""Tenant tables are born with their keys: swapping them in a later operation breaks Django's own foreign keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.backends.postgresql import schema

from datong.kernel import tenancy
from datong.kernel.fields import TenantForeignKey, TenantKey


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Composite primary and foreign keys, PARTITION BY, row-level security and grants for every tenant model."""

    def table_sql(self, model: Any) -> tuple[str, list[Any]]:
        shape = tenancy.shape_of(model)
        if shape is None:
            return super().table_sql(model)
        waiting = len(self.deferred_sql)
        sql, params = super().table_sql(model)
        # Django puts off the foreign keys, which for us are inline and composite, and conditional unique constraints.
        later = [statement for statement in self.deferred_sql[waiting:] if not _is_foreign_key(statement)]
        self.deferred_sql[waiting:] = later
        clauses = tenancy.key_clauses(shape)
        if clauses:
            sql = f"{sql[:-1]}, {', '.join(clauses)})"
        if shape.partition_key:
            sql += f' PARTITION BY RANGE ("{shape.partition_key}")'
        return sql, params

    def create_model(self, model: Any) -> None:
        super().create_model(model)
        shape = tenancy.shape_of(model)
        table = model._meta.db_table
        for statement in tenancy.security(shape) if shape else tenancy.global_grants(table):
            self.execute(statement)

    def add_field(self, model: Any, field: Any) -> None:
        if not isinstance(field, TenantForeignKey) or not field.db_constraint:
            super().add_field(model, field)
            return
        field.db_constraint = False
        try:
            super().add_field(model, field)
        finally:
            field.db_constraint = True
        self.execute(self._create_fk_sql(model, field, ""))

    def _create_fk_sql(self, model: Any, field: Any, suffix: str) -> Any:
        if not isinstance(field, TenantForeignKey):
            return super()._create_fk_sql(model, field, suffix)
        to = field.remote_field.model._meta.db_table
        clause = tenancy.foreign_key(model._meta.db_table, str(field.column), to, str(field.target_field.column))
        return f'ALTER TABLE "{model._meta.db_table}" ADD {clause}'

    def _iter_column_sql(self, column_db_type: Any, params: Any, model: Any, field: Any, *rest: Any) -> Iterator[str]:
        parts = super()._iter_column_sql(column_db_type, params, model, field, *rest)
        if isinstance(field, TenantKey) and field.primary_key:
            return (part for part in parts if part != "PRIMARY KEY")
        return parts


def _is_foreign_key(statement: Any) -> bool:
    return "FOREIGN KEY" in str(statement)
