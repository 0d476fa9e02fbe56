"""Who works for the demo's brand: a log-in a role, regions, a franchisee, an invitation that is open."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from datong.access import api as access
from datong.access.types import Role, ScopeKind
from datong.books import api as books
from datong.brand import api as brands
from datong.brand.types import Brand, Sharing, StoreKind
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Courier
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.site.demo.types import World

BY = "demo"
MOST_REGIONS = 6
NAMES = {
    Role.HQ: ("Headquarters", "总部"),
    Role.STORE: ("Store manager", "店长"),
    Role.AGENT: ("Agent", "客服"),
    Role.AUDITOR: ("Auditor", "审计"),
    Role.REGION: ("Ruth Alvarez", "周敏"),
    Role.MERCHANDISER: ("Maya Chen", "陈露"),
    Role.FINANCE: ("Frank Osei", "吴建国"),
    Role.CASHIER: ("Cara Novak", "李婷"),
    Role.INTEGRATOR: ("Ivo Petrov", "赵磊"),
    Role.COURIER: ("Kofi Mensah", "孙强"),
}


def hire(brand: Brand, world: World, stores: Mapping[str, UUID]) -> dict[Role, UUID]:
    """One log-in a role, without a password: the links are the way in. The store's is at the busiest store.

    Headquarters owns the brand here, so that whoever looks around sees every page.
    """
    counts: dict[str, int] = {}
    for order in world.orders:
        counts[order.shop] = counts.get(order.shop, 0) + 1
    busiest = stores[max(counts, key=lambda code: (counts[code], code))]
    region, company = _tree(brand, busiest)
    chinese = brand.locale.startswith("zh")
    ids = {}
    for role, names in NAMES.items():
        name, locale = names[chinese], "zh-hans" if chinese else "en"
        ids[role] = access.create_user(f"{role.value}@{brand.slug}", name=name, locale=locale)
        reach, over = ScopeKind.BRAND, [busiest]
        if role in (Role.STORE, Role.CASHIER):
            reach = ScopeKind.STORE
        elif role is Role.REGION:
            reach, over = ScopeKind.REGION, [region]
        given = Role.OWNER if role is Role.HQ else role
        scoped = () if reach is ScopeKind.BRAND else over
        access.assign(brand.id, ids[role], given, by=BY, scope=reach, scope_ids=scoped)
    _of_the_franchisee(brand, company)
    rides = Courier(uuid7(), NAMES[Role.COURIER][chinese], user_id=ids[Role.COURIER])
    fulfilment.put_courier(rides, brand=brand.id, by=BY)
    fulfilment.set_duty(rides.id, True, brand=brand.id, by=BY)
    return ids


def _tree(brand: Brand, busiest: UUID) -> tuple[UUID, UUID]:
    """The largest states or provinces as regions, and one franchisee; (the busiest store's region, the company)."""
    places: dict[str, list[UUID]] = {}
    stores = brands.list_stores(brand.id)
    for store in stores:
        places.setdefault(store.region or store.city, []).append(store.id)
    home = next((name for name, ids in places.items() if busiest in ids), "")
    largest = sorted(places, key=lambda name: (name != home, -len(places[name]), name))[:MOST_REGIONS]
    chinese = brand.locale.startswith("zh")
    top = brands.put_region(brand.id, "全国" if chinese else "All stores", by=BY)
    made = {}
    for name in largest:
        made[name] = brands.put_region(brand.id, name, by=BY, parent_id=top.id).id
        brands.set_region_stores(brand.id, made[name], places[name], by=BY)
    firm = "金叶餐饮管理有限公司" if chinese else "Lakeside Retail LLC"
    company = brands.put_company(
        brand.id, firm, by=BY, legal_id="91330100MA2X" if chinese else "41-2089533", sharing=Sharing.MASKED
    )
    franchised = [s.id for s in stores if s.kind is StoreKind.FRANCHISE and s.id != busiest]
    others = [s.id for s in stores if s.id != busiest]
    brands.set_company_stores(brand.id, company.id, (franchised or others)[-3:], by=BY)
    today = ledger.rulebook(brand.id).business_date(clock.now())
    books.put_royalty(brand.id, company.id, 500, today.replace(day=1), by=BY)
    return made.get(home, top.id), company.id


def _of_the_franchisee(brand: Brand, company: UUID) -> None:
    """Its own manager, and somebody who has not answered yet."""
    chinese = brand.locale.startswith("zh")
    user = access.create_user(f"franchisee@{brand.slug}", name="王强" if chinese else "Walt Berg")
    access.assign(brand.id, user, Role.MANAGER, by=BY, scope=ScopeKind.COMPANY, scope_ids=[company])
    owner = next(staff for staff in access.list_staff(brand.id) if staff.role is Role.OWNER)
    access.invite(brand.id, Role.AGENT, by=owner, email="new.colleague@example.com", name="林悦" if chinese else "Nell")
