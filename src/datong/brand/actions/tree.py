"""Writes of the tree: regions, companies, and which stores are theirs. One at a time in a brand, by a named lock."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError

from datong.brand import rules
from datong.brand.events import StoresChanged
from datong.brand.models import Company as CompanyRow
from datong.brand.models import Region as RegionRow
from datong.brand.models import Store as StoreRow
from datong.brand.queries.tree import tree
from datong.brand.types import Company, Region, Sharing
from datong.kernel import audit, locks, outbox
from datong.kernel.db import execute, in_brand, savepoint
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7


def put_region(brand_id: UUID, name: str, *, by: str, parent_id: UUID | None = None, id: UUID | None = None) -> Region:
    """Make a region, or rename and move the one of this id; at most five deep, never within itself."""
    name = _name(name)
    with in_brand(brand_id):
        locks.take(f"brand tree {brand_id}")
        known = {region.id: region for region in tree(brand_id).regions}
        before = known.get(id) if id else None
        if id and before is None:
            raise NotFound(f"no region {id}")
        region = Region(id or uuid7(), name, parent_id, before.stores if before else ())
        rules.check_regions([*(r for r in known.values() if r.id != region.id), region])
        row = RegionRow(brand_id=brand_id, id=region.id, name=name, parent_id=parent_id)
        try:
            with savepoint():
                row.save(force_insert=before is None, force_update=before is not None)
        except IntegrityError:
            raise BadValue("name", name, "a name that no other region has", code="taken") from None
        audit.record(
            brand=brand_id,
            actor=by,
            verb="region.put",
            subject=f"region {name}",
            before={"name": before.name, "parent": before.parent_id} if before else None,
            after={"name": name, "parent": parent_id},
        )
        return region


def drop_region(brand_id: UUID, region_id: UUID, *, by: str) -> None:
    """Take an empty region away; Conflict while stores or regions are in it."""
    with in_brand(brand_id):
        locks.take(f"brand tree {brand_id}")
        known = {region.id: region for region in tree(brand_id).regions}
        region = known.get(region_id)
        if region is None:
            raise NotFound(f"no region {region_id}")
        if region.stores or any(r.parent_id == region_id for r in known.values()):
            raise Conflict("the region is not empty: move its stores and regions first")
        RegionRow.objects.filter(brand_id=brand_id, id=region_id).delete()
        audit.record(brand=brand_id, actor=by, verb="region.drop", subject=f"region {region.name}")


def put_company(
    brand_id: UUID,
    name: str,
    *,
    by: str,
    legal_id: str = "",
    sharing: Sharing | str = Sharing.FULL,
    contact: str = "",
    id: UUID | None = None,
) -> Company:
    """Record a company that runs stores, or change the record of this id."""
    name = _name(name)
    try:
        sharing = Sharing(sharing)
    except ValueError:
        raise BadValue("sharing", sharing, "full, masked or none") from None
    with in_brand(brand_id):
        locks.take(f"brand tree {brand_id}")
        before = next((c for c in tree(brand_id).companies if c.id == id), None) if id else None
        if id and before is None:
            raise NotFound(f"no company {id}")
        company = Company(id or uuid7(), name, legal_id.strip()[:60], sharing, contact.strip()[:200])
        row = CompanyRow(brand_id=brand_id, id=company.id, name=name, legal_id=company.legal_id)
        row.sharing, row.contact = sharing.value, company.contact
        try:
            with savepoint():
                row.save(force_insert=before is None, force_update=before is not None)
        except IntegrityError:
            raise BadValue("name", name, "a name that no other company has", code="taken") from None
        audit.record(
            brand=brand_id,
            actor=by,
            verb="company.put",
            subject=f"company {name}",
            before=_company(before) if before else None,
            after=_company(company),
        )
        return company


CLEAR = {
    "region": "UPDATE brand_belonging SET region_id = NULL WHERE brand_id = %(brand)s AND region_id = %(to)s",
    "company": "UPDATE brand_belonging SET company_id = NULL WHERE brand_id = %(brand)s AND company_id = %(to)s",
}
PUT = {
    "region": """
        INSERT INTO brand_belonging (brand_id, store_id, region_id)
        SELECT %(brand)s, u, %(to)s FROM unnest(%(stores)s::uuid[]) u
        ON CONFLICT (brand_id, store_id) DO UPDATE SET region_id = excluded.region_id
    """,
    "company": """
        INSERT INTO brand_belonging (brand_id, store_id, company_id)
        SELECT %(brand)s, u, %(to)s FROM unnest(%(stores)s::uuid[]) u
        ON CONFLICT (brand_id, store_id) DO UPDATE SET company_id = excluded.company_id
    """,
}


def set_region_stores(brand_id: UUID, region_id: UUID, stores: Collection[UUID], *, by: str) -> None:
    """Say which stores are in a region itself; they leave the region they were in. NotFound for one unknown."""
    _set_stores(brand_id, "region", region_id, stores, by)


def set_company_stores(brand_id: UUID, company_id: UUID, stores: Collection[UUID], *, by: str) -> None:
    """Say which stores a company runs; they leave the company they were with. NotFound for one unknown."""
    _set_stores(brand_id, "company", company_id, stores, by)


def _set_stores(brand_id: UUID, what: str, of: UUID, stores: Collection[UUID], by: str) -> None:
    wanted = sorted(set(stores))
    with in_brand(brand_id):
        locks.take(f"brand tree {brand_id}")
        known = tree(brand_id)
        groups: dict[UUID, Region | Company] = {
            each.id: each for each in (known.regions if what == "region" else known.companies)
        }
        if of not in groups:
            raise NotFound(f"no {what} {of}")
        if StoreRow.objects.filter(brand_id=brand_id, id__in=wanted).count() != len(wanted):
            raise BadValue("stores", len(wanted), "stores of the brand")
        key = {"brand": brand_id, "to": of, "stores": wanted}
        execute(CLEAR[what], key)
        execute(PUT[what], key)
        outbox.emit(StoresChanged(brand_id, len(wanted)))
        audit.record(
            brand=brand_id,
            actor=by,
            verb=f"{what}.stores",
            subject=f"{what} {groups[of].name}",
            before={"stores": sorted(map(str, groups[of].stores))},
            after={"stores": list(map(str, wanted))},
        )


def _name(name: str) -> str:
    cleaned = name.strip()[:80]
    if not any(map(str.isalnum, cleaned)):
        raise BadValue("name", name, "a name with letters in it")
    return cleaned


def _company(company: Company) -> dict[str, str]:
    return {
        "name": company.name,
        "legal_id": company.legal_id,
        "sharing": company.sharing.value,
        "contact": company.contact,
    }
