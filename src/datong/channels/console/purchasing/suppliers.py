"""Suppliers 供应商: who delivers, on which terms, which goods, and the link to their own page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.purchasing import portal
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.typed import item_of, said
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.money import Money, minor_of
from datong.purchasing import api as purchasing
from datong.purchasing.types import Supplier, SupplierItem

FRESH = Supplier(id=uuid7(), code="", name="")


@require_safe
@desk(Action.SUPPLIERS_VIEW)
def suppliers(request: HttpRequest, who: Who) -> HttpResponse:
    found = purchasing.suppliers(who.brand.id)
    counts: dict[Any, int] = {}
    for row in purchasing.supplier_items(who.brand.id):
        counts[row.supplier_id] = counts.get(row.supplier_id, 0) + 1
    n = len(found)
    given = {
        "lead": ngettext("%(n)s supplier", "%(n)s suppliers", n) % {"n": number(n)},
        "rows": [{"s": s, "items": counts.get(s.id, 0)} for s in found],
        "may": who.may(Action.SUPPLIERS_EDIT),
        "currency": who.brand.currency,
    }
    return page(request, who, "purchasing/suppliers", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SUPPLIERS_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    require(who, Action.SUPPLIERS_EDIT)
    return _form(request, who, replace(FRESH, id=uuid7()), fresh=True)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SUPPLIERS_VIEW)
def supplier(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    if request.method == "POST":
        require(who, Action.SUPPLIERS_EDIT)
    return _form(request, who, _find(who, code))


@require_POST
@desk(Action.SUPPLIERS_VIEW)
def items(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """One item as this supplier sells it."""
    require(who, Action.SUPPLIERS_EDIT)
    found, post = _find(who, code), request.POST
    try:
        item = item_of(who, post.get("sku", ""))
        row = SupplierItem(
            found.id,
            item.id,
            _amount(who, "price", post.get("price", "")),
            pack_units=_whole("pack", post.get("pack", "") or "1", least=1),
            min_units=_whole("least", post.get("least", "") or "0"),
            lead_days=_whole("lead", post["lead"]) if post.get("lead", "").strip() else None,
            shelf_life_days=_whole("life", post["life"]) if post.get("life", "").strip() else None,
        )
        purchasing.put_supplier_items(who.brand.id, [row], by=who.staff.username)
    except BadInput as error:
        return _page(request, who, found, {f"item_{p.field}": said(error) for p in error.problems}, fresh=False)
    messages.success(request, _("%(title)s is kept.") % {"title": title_of(item)})
    return redirect("supplier", code=code)


@require_POST
@desk(Action.SUPPLIERS_VIEW)
def renew(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """Take the link back; the one shown from now on is another."""
    require(who, Action.SUPPLIERS_EDIT)
    purchasing.renew_link(who.brand.id, _find(who, code).id, by=who.staff.username)
    messages.success(request, _("The old link opens nothing any more."))
    return redirect("supplier", code=code)


def _find(who: Who, code: str) -> Supplier:
    found = next(iter(purchasing.suppliers(who.brand.id, code=code)), None)
    if found is None:
        raise NotFound(_("There is no supplier %(code)s.") % {"code": code})
    return found


def _form(request: HttpRequest, who: Who, found: Supplier, *, fresh: bool = False) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        post = request.POST
        try:
            typed = replace(
                found,
                code=post.get("code", "").strip() if fresh else found.code,
                name=post.get("name", ""),
                email=post.get("email", ""),
                phone=post.get("phone", ""),
                terms=post.get("terms", ""),
                lead_days=_whole("lead_days", post.get("lead_days", "") or "7"),
                min_order_minor=_amount(who, "min_order", post.get("min_order", "") or "0"),
                active=fresh or "active" in post,
            )
            purchasing.put_supplier(who.brand.id, typed, by=who.staff.username)
            messages.success(request, _("%(name)s is kept.") % {"name": typed.name.strip()})
            return redirect("supplier", code=typed.code)
        except BadInput as error:
            errors = {p.field: p.fix for p in error.problems}
    return _page(request, who, found, errors, fresh=fresh)


def _page(request: HttpRequest, who: Who, found: Supplier, errors: dict[str, str], *, fresh: bool) -> HttpResponse:
    rows = [] if fresh else purchasing.supplier_items(who.brand.id, supplier_id=found.id, limit=300)
    known = catalog.items_by_id(who.brand.id, [r.item_id for r in rows])
    typed: Any = request.POST if errors else {
        "code": found.code, "name": found.name, "email": found.email, "phone": found.phone, "terms": found.terms,
        "lead_days": found.lead_days,
        "min_order": str(Money(found.min_order_minor, who.brand.currency).decimal),
    }  # fmt: skip
    given = {
        "s": found,
        "fresh": fresh,
        "title": _("New supplier") if fresh else found.name,
        "typed": typed,
        "errors": errors,
        "rows": [{"r": r, "item": known[r.item_id], "title": title_of(known[r.item_id])} for r in rows
                 if r.item_id in known],
        "claims": [c for c in purchasing.claims(who.brand.id, supplier_id=found.id) if c.settled_at is None],
        "may": who.may(Action.SUPPLIERS_EDIT),
        "link": "" if fresh else request.build_absolute_uri(portal.address(who.brand.id, found)),
        "currency": who.brand.currency,
    }  # fmt: skip
    return page(request, who, "purchasing/supplier", given, status=422 if errors else 200)


def _whole(field: str, text: str, *, least: int = 0) -> int:
    text = text.strip()
    if not text.isdecimal() or len(text) > 7 or int(text) < least:
        raise BadValue(field, text, _("A whole number, %(least)s or more.") % {"least": least})
    return int(text)


def _amount(who: Who, field: str, text: str) -> int:
    try:
        return minor_of(text.strip().replace(",", "") or "–", who.brand.currency)
    except BadInput:
        raise BadValue(field, text, _("An amount such as 12.50.")) from None
