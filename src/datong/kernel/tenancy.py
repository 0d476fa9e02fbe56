"""What a tenant table is made of, read off its model: keys, partitions, row-level security, grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from datong.kernel.fields import TenantForeignKey, TenantKey
from datong.kernel.roles import role

BRAND = "NULLIF(current_setting('datong.brand', true), '')::uuid"
"""The brand of the transaction. A setting that was reset reads as '', which must match nothing, not fail."""

OWN_ROWS = "(brand_id = (NULLIF(current_setting('datong.brand'::text, true), ''::text))::uuid)"
"""The rows of BRAND as PostgreSQL's catalogue writes it back; what the policy of every table must say, and no more."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The tenancy of one table, all names as columns."""

    table: str
    key: tuple[str, ...]
    partition_key: str | None
    append_only: bool
    relay: bool
    parents: tuple[tuple[str, str, str], ...]
    """(column, parent table, parent column) of each foreign key."""


def shape_of(model: type[models.Model]) -> Shape | None:
    """The shape of a tenant model, or None when the model is global (its key does not start with brand_id)."""
    meta = model._meta
    pk = meta.pk
    key: tuple[str, ...]
    if isinstance(pk, models.CompositePrimaryKey):
        key = tuple(pk.columns)
        if key[0] != "brand_id":
            return None
    elif isinstance(pk, TenantKey):
        key = ("brand_id", str(pk.column))
    else:
        return None
    fields: list[Any] = list(meta.local_fields)
    marked = [f.column for f in fields if getattr(f, "partition_key", False)]
    return Shape(
        table=meta.db_table,
        key=key,
        partition_key=marked[0] if marked else None,
        append_only=any(getattr(f, "append_only", False) for f in fields),
        relay=any(getattr(f, "relay", False) for f in fields),
        parents=tuple(
            (f.column, f.remote_field.model._meta.db_table, f.target_field.column)
            for f in fields
            if isinstance(f, TenantForeignKey) and f.db_constraint
        ),
    )


def key_clauses(shape: Shape) -> list[str]:
    """The table constraints: primary key and foreign keys, each starting with brand_id, none deferred."""
    clauses = [] if len(shape.key) > 2 or shape.key[1] != "id" else ['PRIMARY KEY ("brand_id", "id")']
    return clauses + [foreign_key(shape.table, *parent) for parent in shape.parents]


def foreign_key(table: str, column: str, parent: str, parent_column: str) -> str:
    return (
        f'CONSTRAINT "{table}_{column}_fk" FOREIGN KEY ("brand_id", "{column}") '
        f'REFERENCES "{parent}" ("brand_id", "{parent_column}")'
    )


def security(shape: Shape) -> list[str]:
    """Row-level security and grants. The owner keeps all rows (data migrations, dumps), the application one brand's."""
    t, app, relay = f'"{shape.table}"', role("app"), role("relay")
    verbs = "SELECT, INSERT" if shape.append_only else "SELECT, INSERT, UPDATE, DELETE"
    statements = [
        f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner_all ON {t} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY brand_rows ON {t} TO {app} USING (brand_id = {BRAND}) WITH CHECK (brand_id = {BRAND})",
        f"GRANT {verbs} ON {t} TO {app}",
    ]
    if shape.relay:
        statements += [f"CREATE POLICY relay_reads ON {t} FOR SELECT TO {relay} USING (true)"]
        statements += [f"GRANT SELECT ON {t} TO {relay}"]
    return statements


def open_to_search(table: str) -> list[str]:
    """Let the owner of the search functions read `table`; those functions filter by brand themselves."""
    search = role("search")
    return [
        f'CREATE POLICY search_reads ON "{table}" FOR SELECT TO {search} USING (true)',
        f'GRANT SELECT ON "{table}" TO {search}',
    ]


def open_to_eraser(table: str, *columns: str) -> list[str]:
    """Let the role that erases change these columns of the brand's rows: words, never amounts. For migrations."""
    eraser = role("eraser")
    own = f"brand_id = {BRAND}"
    return [
        f'CREATE POLICY eraser_words ON "{table}" TO {eraser} USING ({own}) WITH CHECK ({own})',
        f'GRANT SELECT, UPDATE ({", ".join(columns)}) ON "{table}" TO {eraser}',
    ]


def global_grants(table: str) -> list[str]:
    return [f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {role("app")}']
