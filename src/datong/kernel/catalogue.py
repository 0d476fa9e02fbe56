"""What the database itself says about its tables: the base of the tenancy tests, of `doctor` and of `db distribute`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datong.kernel.tenancy import OWN_ROWS


@dataclass(frozen=True, slots=True)
class Table:
    """One table as the catalogue knows it; columns in order. `unique` and `indexes` are key column lists."""

    name: str
    partitioned: bool
    partition_of: str | None
    partition_key: tuple[str, ...]
    columns: tuple[str, ...]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    indexes: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    row_security: bool
    forced: bool
    policies: tuple[Policy, ...]
    grants: tuple[tuple[str, str], ...]
    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    deferrable: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of row-level security; `verb` is '*' for all, else r, a, w or d. None: the expression is not there."""

    name: str
    roles: tuple[str, ...]
    verb: str
    permissive: bool
    using: str | None
    check: str | None


TABLES = """
    SELECT c.oid, c.relname, c.relkind = 'p', p.relname, c.relrowsecurity, c.relforcerowsecurity,
           coalesce((SELECT array_agg(a.attname::text ORDER BY k.n) FROM pg_partitioned_table t,
                       unnest(t.partattrs::int2[]) WITH ORDINALITY k(attnum, n)
                       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                      WHERE t.partrelid = c.oid), '{}'),
           (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
           ARRAY(SELECT coalesce(r.rolname, 'public') || '|' || x.privilege_type FROM aclexplode(c.relacl) x
                   LEFT JOIN pg_roles r ON r.oid = x.grantee ORDER BY 1),
           ARRAY(SELECT tgname::text FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
      LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
      LEFT JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relkind IN ('r', 'p') ORDER BY c.relname
"""
INDEXES = """
    SELECT x.indrelid, x.indisprimary, x.indisunique,
           (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(attnum, n)
              JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum WHERE k.n <= x.indnkeyatts)
      FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
"""
FOREIGN_KEYS = """
    SELECT k.conrelid, k.conname,
           (SELECT array_agg(a.attname::text ORDER BY u.n) FROM unnest(k.conkey) WITH ORDINALITY u(attnum, n)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
           t.relname,
           (SELECT array_agg(a.attname::text ORDER BY u.n) FROM unnest(k.confkey) WITH ORDINALITY u(attnum, n)
              JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum),
           k.condeferrable
      FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
      JOIN pg_namespace n ON n.oid = k.connamespace AND n.nspname = 'public'
     WHERE k.contype = 'f' AND k.conparentid = 0
"""
POLICIES = """
    SELECT polrelid, polname, CASE WHEN 0 = ANY(polroles) THEN ARRAY['public']
             ELSE ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY(polroles) ORDER BY 1) END,
           polcmd::text, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
      FROM pg_policy ORDER BY polname
"""


def tables(cursor: Any) -> list[Table]:
    """All tables of our schema, partitions too, read by any role."""
    indexes: dict[int, list[tuple[bool, bool, tuple[str, ...]]]] = {}
    cursor.execute(INDEXES)
    for oid, primary, unique, columns in cursor.fetchall():
        indexes.setdefault(oid, []).append((primary, unique, tuple(columns or ())))
    keys: dict[int, list[ForeignKey]] = {}
    cursor.execute(FOREIGN_KEYS)
    for oid, name, columns, target, target_columns, deferrable in cursor.fetchall():
        keys.setdefault(oid, []).append(ForeignKey(name, tuple(columns), target, tuple(target_columns), deferrable))
    policies: dict[int, list[Policy]] = {}
    cursor.execute(POLICIES)
    for oid, name, roles, *said in cursor.fetchall():
        policies.setdefault(oid, []).append(Policy(name, tuple(roles), *said))
    cursor.execute(TABLES)
    found = cursor.fetchall()
    return [_table(row, indexes.get(row[0], []), keys.get(row[0], []), policies.get(row[0], [])) for row in found]


def _table(
    row: Any, indexes: list[tuple[bool, bool, tuple[str, ...]]], keys: list[ForeignKey], policies: list[Policy]
) -> Table:
    _, name, partitioned, parent, secured, forced, partition_key, columns, grants, triggers = row
    return Table(
        name=name,
        partitioned=partitioned,
        partition_of=parent,
        partition_key=tuple(partition_key),
        columns=tuple(columns),
        primary_key=next((cols for primary, _, cols in indexes if primary), ()),
        unique=tuple(cols for primary, unique, cols in indexes if unique and not primary),
        indexes=tuple(cols for _, unique, cols in indexes if not unique),
        foreign_keys=tuple(keys),
        row_security=secured,
        forced=forced,
        policies=tuple(policies),
        grants=tuple((g, v) for g, _, v in (text.partition("|") for text in grants)),
        triggers=tuple(triggers),
    )


SEQUENCES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     WHERE c.relkind = 'S'
"""


def sequences(cursor: Any) -> list[str]:
    cursor.execute(SEQUENCES)
    return [name for (name,) in cursor.fetchall()]


def faults(table: Table, everything: dict[str, Table], global_tables: frozenset[str], app: str) -> list[str]:
    """What is wrong with a table by the rules of tenancy and of Citus; empty when nothing is.

    A table is global only if the one list says so. A partition inherits its keys; the application must not reach it
    past its parent.
    """
    if table.name in global_tables:
        return []
    if table.partition_of:
        return [f"{table.name}: {app} has {v} on a partition" for role, v in table.grants if role == app]
    found = []
    if not table.columns or table.columns[0] != "brand_id":
        return [f"{table.name}: no brand_id as its first column, and not in the list of global tables"]
    for kind, keys in (("primary key", [table.primary_key]), ("unique", table.unique), ("index", table.indexes)):
        found += [
            f"{table.name}: {kind} {key} does not start with brand_id" for key in keys if key[:1] != ("brand_id",)
        ]
    for key in table.foreign_keys:
        found += _key_faults(table, key, everything)
    if not (table.row_security and table.forced):
        found.append(f"{table.name}: row-level security is not forced")
    found += _policy_faults(table, app)
    if any(role == app and verb in ("TRUNCATE", "TRIGGER", "REFERENCES") for role, verb in table.grants):
        found.append(f"{table.name}: {app} may do more than read and write rows")
    if any(role == "public" for role, _ in table.grants):
        found.append(f"{table.name}: granted to everybody")
    found += [f"{table.name}: trigger {trigger}" for trigger in table.triggers]
    if table.partitioned and not set(table.partition_key) <= set(table.primary_key):
        found.append(f"{table.name}: the partition key is not part of the primary key")
    return found


def _policy_faults(table: Table, app: str) -> list[str]:
    """Policies that allow are joined by OR: a second one for the application, or for everybody, opens the table."""
    mine = [policy for policy in table.policies if {app, "public"} & set(policy.roles)]
    found = [f"{table.name}: policy {p.name} lets {app} see more" for p in mine if p.name != "brand_rows"]
    wanted = Policy("brand_rows", (app,), "*", True, OWN_ROWS, OWN_ROWS)
    if wanted not in mine:
        found.append(f"{table.name}: no policy that limits {app} to a brand's rows")
    return found


def _key_faults(table: Table, key: ForeignKey, everything: dict[str, Table]) -> list[str]:
    found: list[str] = []
    if key.target == "brand_brand":
        return found
    if key.columns[:1] != ("brand_id",) or key.target_columns[:1] != ("brand_id",):
        found.append(f"{table.name}: foreign key {key.name} leaves the brand")
    if key.deferrable:
        found.append(f"{table.name}: foreign key {key.name} is deferred")
    target = everything.get(key.target)
    # Rule 7: a partition cannot be detached while an unpartitioned table refers to it.
    if target and target.partitioned and not (table.partitioned and table.partition_key == key.columns[1:]):
        found.append(f"{table.name}: {key.name} refers to a partitioned table but is not partitioned by that key")
    return found
