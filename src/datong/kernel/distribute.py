"""The plan by which this schema grows past one machine: Citus, distributed by brand_id.

Tables are distributed in dependency order, parents first; the brand table is a reference table; the key to it comes
last. Citus takes a foreign key of a partitioned table only when the table is made, so those keep the keys they were
born with, which are inline, and get none to the brand; the plan says so of each. Printed from the catalogue, so that
the plan is of the schema that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter

from datong.kernel.catalogue import Table

REFERENCE = ("brand_brand",)


def plan(tables: Sequence[Table], global_tables: frozenset[str]) -> list[str]:
    """SQL statements in the order to run them; partitions follow their parents by themselves."""
    tenant = {t.name: t for t in tables if t.name not in global_tables and not t.partition_of}
    parents = {name: {k.target for k in t.foreign_keys if k.target in tenant} for name, t in tenant.items()}
    order = list(TopologicalSorter({name: sorted(p) for name, p in sorted(parents.items())}).static_order())
    local = sorted(t.name for t in tables if t.name in global_tables and t.name not in REFERENCE)
    return [
        "CREATE EXTENSION IF NOT EXISTS citus;",
        *(f"SELECT create_reference_table('{name}');" for name in REFERENCE),
        *(f"SELECT create_distributed_table('{name}', 'brand_id'{_with(name, order)});" for name in order),
        *(
            f"ALTER TABLE {name} ADD CONSTRAINT {name}_brand_fk FOREIGN KEY (brand_id) REFERENCES brand_brand (id);"
            for name in order
            if not tenant[name].partitioned
        ),
        *(
            f"-- no key to brand_brand, which cannot be added to a partitioned table: {name}"
            for name in order
            if tenant[name].partitioned
        ),
        *(f"-- stays on the coordinator: {name}" for name in local),
    ]


def _with(name: str, order: Sequence[str]) -> str:
    """All tables share their shards, so that one brand's rows are on one node."""
    return "" if name == order[0] else f", colocate_with => '{order[0]}'"
