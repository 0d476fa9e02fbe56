from __future__ import annotations

from django.db import connections, transaction

from datong.catalog import api
from datong.catalog.types import Item
from datong.kernel.ids import uuid7
from datong.kernel.roles import role


def plan_as(name: str, brand_id: str) -> str:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"GRANT {role(name)} TO CURRENT_USER")
        cursor.execute(f"SET LOCAL ROLE {role(name)}")
        cursor.execute("SELECT set_config('datong.brand', %s, true)", [brand_id])
        cursor.execute(
            "EXPLAIN SELECT id FROM catalog_item WHERE brand_id = %s AND words LIKE %s", [brand_id, "%green tea 77%"]
        )
        plan = "\n".join(line for (line,) in cursor.fetchall() if "Index Cond" in line)
        transaction.set_rollback(True, using="owner")
    return plan


def test_search_has_a_role_of_its_own_because_row_level_security_keeps_trigrams_out_of_the_index(
    committed_db, make_brand
):
    brand = make_brand()
    api.put_items(brand.id, [Item(uuid7(), f"sku{n}", f"Green tea {n}") for n in range(5000)])
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_item")
    assert "words" in plan_as("search", str(brand.id))
    assert "words" not in plan_as("app", str(brand.id))
    assert [item.sku for item in api.search_items(brand.id, "tea 777", limit=1)] == ["sku777"]
