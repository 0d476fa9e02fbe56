"""A supplier's own page: what is wanted of their goods and what is there, by a signed link and without a log-in.

The link carries the brand, the supplier and the version of the link; it reads, it changes nothing, and a new version
takes it back.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.channels.console.titles import title_of
from datong.channels.open import anyone
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.purchasing import api as purchasing
from datong.purchasing.types import OrderState, Supplier

SALT = "datong.purchasing.portal"
DAYS = 28


def address(brand_id: UUID, supplier: Supplier) -> str:
    """Where the supplier's page is; it opens until the link is renewed."""
    token = signing.dumps([str(brand_id), str(supplier.id), supplier.link_version], salt=SALT)
    return reverse("supplier-portal", args=[token])


@anyone("a signed link is the proof")
@require_safe
def portal(request: HttpRequest, token: str) -> HttpResponse:
    try:
        brand_text, supplier_text, version = signing.loads(token, salt=SALT)
        brand = brands.get_brand(UUID(brand_text))
        supplier = next(iter(purchasing.suppliers(brand.id, ids=[UUID(supplier_text)])), None)
    except (signing.BadSignature, ValueError, TypeError):
        supplier = None
    if supplier is None or not supplier.active or supplier.link_version != version:
        gone = {"language": get_language(), "gone": _("This link opens nothing any more. Ask for a new one.")}
        return render(request, "console/purchasing/portal.html", gone, status=404)
    terms = purchasing.supplier_items(brand.id, supplier_id=supplier.id, limit=500)
    ids = [t.item_id for t in terms]
    known = catalog.items_by_id(brand.id, ids)
    since = clock.now().date() - timedelta(days=DAYS)
    wanted = dict(purchasing.item_demand(brand.id, since, items=ids, limit=500))
    stock: dict[UUID, int] = {}
    for row in inventory.stock_of(brand.id, items=ids, limit=200_000):
        stock[row.item_id] = stock.get(row.item_id, 0) + row.on_hand
    regions = {s.id: s.region or s.city for s in brands.list_stores(brand.id)}
    areas: dict[str, int] = {}
    for store, _day, units in purchasing.area_demand(brand.id, since, items=ids):
        area = regions.get(store, "")
        areas[area] = areas.get(area, 0) + units
    live = (OrderState.SENT, OrderState.CONFIRMED)
    with timezone.override(brand.timezone):
        given = {
            "language": get_language(),
            "brand": brand,
            "supplier": supplier,
            "days": DAYS,
            "rows": sorted(
                (
                    {
                        "title": title_of(known[i]),
                        "sku": known[i].sku,
                        "wanted": wanted.get(i, 0),
                        "stock": stock.get(i, 0),
                    }
                    for i in ids
                    if i in known
                ),
                key=lambda r: -int(str(r["wanted"])),
            ),
            "areas": sorted(((a or _("no store yet"), n) for a, n in areas.items() if n), key=lambda a: -a[1])[:20],
            "orders": purchasing.orders(brand.id, supplier_id=supplier.id, states=live),
            "currency": brand.currency,
        }
        return render(request, "console/purchasing/portal.html", given)
