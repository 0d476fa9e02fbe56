"""Somebody at the console: the staff record, the brand, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from datong.access import api as access
from datong.access.types import Action, Came, Staff
from datong.brand import api as brands
from datong.brand.types import Brand
from datong.channels.console.words import ROLE, word

SESSION_BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Who:
    """`others` are all brands this person may switch between, the present one among them."""

    staff: Staff
    brand: Brand
    others: tuple[Brand, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.staff.name or self.staff.username

    @property
    def role(self) -> Any:
        return word(ROLE, self.staff.role)

    def sees(self, action: Action) -> bool:
        return access.sees(self.staff, action)

    def may(self, action: Action, store_id: UUID | None = None) -> bool:
        return access.may(self.staff, action, store_id)

    @property
    def stores(self) -> frozenset[UUID] | None:
        """The stores that lists are narrowed to; None: all."""
        return access.scope_of(self.staff)


def who_is(request: HttpRequest) -> Who | None:
    """The staff member behind a request, in the brand of the session or the first of theirs."""
    if not request.user.is_authenticated:
        return None
    ids = access.brands_of(request.user)
    chosen = request.session.get(SESSION_BRAND)
    order = sorted(ids, key=lambda brand_id: str(brand_id) != chosen)
    for brand_id in order:
        staff = access.staff_of(request.user, brand_id)
        if staff is not None:
            access.touch_session(str(request.session.session_key or ""), came_from(request))
            everything = {brand.id: brand for brand in brands.list_brands()}
            return Who(staff, everything[brand_id], tuple(everything[i] for i in ids if i in everything))
    return None


def came_from(request: HttpRequest) -> Came:
    """Where a request came from, as far as it may be believed."""
    return Came(address_of(request), request.headers.get("User-Agent", "")[:200])


def address_of(request: HttpRequest) -> str:
    """The address that called; empty when only the proxy's is known, which stands for everybody.

    Each proxy appends whom it heard to X-Forwarded-For. With DATONG_PROXIES=n the n-th from the right was written by
    the outermost proxy of ours; what stands left of it, the caller may have made up.
    """
    if not settings.PROXIES:
        return "" if settings.HTTPS else str(request.META.get("REMOTE_ADDR", ""))[:45]
    heard = request.headers.get("X-Forwarded-For", "").split(",")
    said = heard[-settings.PROXIES].strip() if len(heard) >= settings.PROXIES else ""
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        return str(ip_address(said))[:45]
    except ValueError:
        return ""
