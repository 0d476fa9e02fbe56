"""Customers on their way out: one as a vCard, a selection or all that a search finds as a table or vCards.

The rights and masks are those of the list, and whoever takes data is written down with each person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console.contacts import narrowed, opened, whole_brand
from datong.channels.console.person.page import see
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.imports import api as imports
from datong.imports.types import DOWNLOADS
from datong.kernel.errors import NotFound
from datong.orders import api as orders

MOST = 100_000
AT_ONCE = 1_000
FOUND = 100
VCARD = "text/vcard; charset=utf-8"
MASKS = {
    "name": access.mask_name,
    "phones": access.mask_phone,
    "emails": access.mask_email,
    "address": access.mask_address,
}


@require_safe
@desk(Action.CUSTOMERS_MOVE)
def export(request: HttpRequest, who: Who, ending: str) -> HttpResponse:
    """Those that are chosen (`id`), else those that a search finds (`q`), else everybody; vCards in `version` 3.0 or
    4.0."""
    if ending not in (*DOWNLOADS, "vcf"):
        raise NotFound("there are csv, xlsx and vcf")
    lines = list(_lines(who, _chosen(request, who)))
    if ending == "vcf":
        return _file(imports.write_cards(lines, _version(request)).encode(), f"customers-{who.brand.slug}.vcf", VCARD)
    data = imports.table_file("customers", ending, get_language() or "en", lines)
    return _file(data, f"customers-{who.brand.slug}.{ending}", DOWNLOADS[ending])


@require_safe
@desk(Action.CUSTOMERS_VIEW)
def vcard(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """One person, for whoever serves them: to call or write from a phone."""
    seen = see(request, who, customer_id)
    if not seen.full:
        raise NotFound("no such customer")
    lines = [line for _id, line in imports.lines_of_people(who.brand.id, [seen.person.id])]
    customers.see_customers([seen.person.id], brand=who.brand.id, by=who.staff.username, place="export")
    return _file(imports.write_cards(lines, _version(request)).encode(), "customer.vcf", VCARD)


def _chosen(request: HttpRequest, who: Who) -> Iterator[list[UUID]]:
    if chosen := request.GET.getlist("id"):
        yield [UUID(one) for one in chosen[:AT_ONCE] if _is_id(one)]
        return
    if text := request.GET.get("q", "").strip()[:80]:
        yield [hit.id for hit in customers.search_customers(who.brand.id, text, limit=FOUND)]
        return
    before: UUID | None = None
    for _ in range(MOST // AT_ONCE):
        if not (ids := customers.heads_page(who.brand.id, before=before, limit=AT_ONCE)):
            return
        yield ids
        before = ids[-1]


def _lines(who: Who, pages: Iterator[Sequence[UUID]]) -> Iterator[imports.Line]:
    for ids in pages:
        last = orders.latest_bought(who.brand.id, ids, **narrowed(who))
        mine = [one for one in ids if one in last or whole_brand(who)]
        full = {one for one in mine if opened(who, [last[one]] if one in last else [])}
        customers.see_customers(mine, brand=who.brand.id, by=who.staff.username, place="export")
        for one, line in imports.lines_of_people(who.brand.id, mine):
            yield line if one in full else imports.masked(line, MASKS)


def _version(request: HttpRequest) -> str:
    version = request.GET.get("version", "3.0")
    if version not in ("3.0", "4.0"):
        raise NotFound("there are vCards of version 3.0 and 4.0")
    return version


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
