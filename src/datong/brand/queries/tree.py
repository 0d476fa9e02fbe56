"""Reads of the tree: regions, companies, and which stores they come to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.brand.models import Company as CompanyRow
from datong.brand.models import Region as RegionRow
from datong.brand.types import Company, Region, Sharing, Tree, Veil
from datong.kernel.db import in_brand, rows

BELONGINGS = "SELECT store_id, region_id, company_id FROM brand_belonging WHERE brand_id = %(brand)s ORDER BY store_id"


def tree(brand_id: UUID) -> Tree:
    """All regions and companies by name, each with its own stores; three statements."""
    regions: dict[UUID, list[UUID]] = {}
    companies: dict[UUID, list[UUID]] = {}
    with in_brand(brand_id):
        for store, region, company in rows(BELONGINGS, {"brand": brand_id}):
            if region:
                regions.setdefault(region, []).append(store)
            if company:
                companies.setdefault(company, []).append(store)
        return Tree(
            tuple(
                Region(row.id, row.name, row.parent_id, tuple(regions.get(row.id, ())))
                for row in RegionRow.objects.filter(brand_id=brand_id).order_by("name")
            ),
            tuple(
                Company(
                    row.id,
                    row.name,
                    row.legal_id,
                    Sharing(row.sharing),
                    row.contact,
                    tuple(companies.get(row.id, ())),
                )
                for row in CompanyRow.objects.filter(brand_id=brand_id).order_by("name")
            ),
        )


UNDER = """
    WITH RECURSIVE under(id, depth) AS (
        SELECT r.id, 1 FROM brand_region r WHERE r.brand_id = %(brand)s AND r.id = ANY(%(regions)s::uuid[])
        UNION
        SELECT r.id, u.depth + 1 FROM brand_region r JOIN under u ON r.parent_id = u.id
         WHERE r.brand_id = %(brand)s AND u.depth < 8)
    SELECT DISTINCT b.store_id FROM brand_belonging b JOIN under u ON u.id = b.region_id WHERE b.brand_id = %(brand)s
"""


def stores_in_regions(brand_id: UUID, regions: Collection[UUID]) -> frozenset[UUID]:
    """The stores of these regions and of all regions within them; one statement."""
    with in_brand(brand_id):
        return frozenset(store for (store,) in rows(UNDER, {"brand": brand_id, "regions": sorted(regions)}))


RUN_BY = """
    SELECT store_id FROM brand_belonging WHERE brand_id = %(brand)s AND company_id = ANY(%(companies)s::uuid[])
"""


def stores_of_companies(brand_id: UUID, companies: Collection[UUID]) -> frozenset[UUID]:
    """The stores these companies run; one statement."""
    with in_brand(brand_id):
        return frozenset(store for (store,) in rows(RUN_BY, {"brand": brand_id, "companies": sorted(companies)}))


COMPANY_OF = """
    SELECT store_id, company_id FROM brand_belonging
     WHERE brand_id = %(brand)s AND store_id = ANY(%(stores)s::uuid[]) AND company_id IS NOT NULL
"""


def companies_of_stores(brand_id: UUID, stores: Collection[UUID]) -> dict[UUID, UUID]:
    """Store -> the company that runs it; a store of the brand's own is not among them. One statement."""
    if not stores:
        return {}
    with in_brand(brand_id):
        return dict(rows(COMPANY_OF, {"brand": brand_id, "stores": sorted(stores)}))


VEIL = """
    SELECT b.store_id, c.sharing FROM brand_company c
      JOIN brand_belonging b ON b.brand_id = c.brand_id AND b.company_id = c.id
     WHERE c.brand_id = %(brand)s AND c.sharing <> 'full'
"""


def veil(brand_id: UUID) -> Veil:
    """What the contracts keep from the brand; one statement."""
    with in_brand(brand_id):
        found = rows(VEIL, {"brand": brand_id})
    return Veil(
        frozenset(store for store, sharing in found if sharing == Sharing.NONE),
        frozenset(store for store, sharing in found if sharing == Sharing.MASKED),
    )
