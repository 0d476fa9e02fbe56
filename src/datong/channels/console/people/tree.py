"""Regions and companies: the tree of the brand's stores, and who runs them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Company, Region, Sharing, Store, StoreKind
from datong.channels.console import words as console_words
from datong.channels.console.people.words import SHARING
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, Conflict


@require_safe
@desk(Action.REGIONS_VIEW)
def regions(request: HttpRequest, who: Who) -> HttpResponse:
    """The whole tree, narrowed to what this person's stores are in."""
    return _page(request, who, {})


@require_POST
@desk(Action.REGIONS_VIEW, write=Action.REGIONS_EDIT)
def act(request: HttpRequest, who: Who) -> HttpResponse:
    """Add or change a region or company, or say which stores are theirs."""
    try:
        _do(request.POST, who)
    except BadInput as error:
        return _page(request, who, {p.field: p.fix for p in error.problems}, status=422)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved. Who has a role there sees it at the next click."))
    return redirect("regions")


def _do(form: Any, who: Who) -> None:
    brand, by, what = who.brand.id, who.staff.username, form.get("do", "")
    id_ = _uuid(form.get("id", ""))
    if what == "drop-region" and id_:
        brands.drop_region(brand, id_, by=by)
        return
    if what == "region":
        made = brands.put_region(brand, form.get("name", ""), by=by, parent_id=_uuid(form.get("parent", "")), id=id_)
        if "stores" in form:
            brands.set_region_stores(brand, made.id, _stores(who, form.get("stores", "")), by=by)
    elif what == "company":
        company = brands.put_company(
            brand, form.get("name", ""), by=by, legal_id=form.get("legal_id", ""), sharing=form.get("sharing", ""),
            contact=form.get("contact", ""), id=id_,
        )  # fmt: skip
        brands.set_company_stores(brand, company.id, _stores(who, form.get("stores", "")), by=by)


def _stores(who: Who, text: str) -> list[UUID]:
    """The stores of codes, in any order, with commas or spaces between."""
    known = {store.code: store.id for store in stores_of(who)}
    codes = text.replace(",", " ").replace("，", " ").replace("、", " ").split()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise BadValue("stores", ", ".join(unknown), _("store codes that exist; unknown: ") + ", ".join(unknown[:5]))
    return [known[code] for code in codes]


def _page(request: HttpRequest, who: Who, errors: dict[str, str], status: int = 200) -> HttpResponse:
    known, stores = brands.tree(who.brand.id), {s.id: s for s in stores_of(who)}
    mine = who.stores
    rows: list[dict[str, Any]] = []

    def put(parent: UUID | None, depth: int) -> None:
        for region in known.regions:
            if region.parent_id == parent and depth < 6:
                rows.append({**_group(region, stores), "depth": depth})
                put(region.id, depth + 1)

    put(None, 0)
    companies = [{**_group(c, stores), "sharing": SHARING[c.sharing]} for c in known.companies]
    if mine is not None:
        rows, companies = [r for r in rows if r["codes"]], [c for c in companies if c["codes"]]
    kinds = [(console_words.STORE_KIND[kind], sum(s.kind is kind for s in stores.values())) for kind in StoreKind]
    count = ngettext("%(n)s region", "%(n)s regions", len(rows)) % {"n": number(len(rows))}
    firms = ngettext("%(n)s company", "%(n)s companies", len(companies)) % {"n": number(len(companies))}
    given = {
        "lead": f"{count}, {firms}",
        "rows": rows,
        "companies": companies,
        "kinds": [(name, n) for name, n in kinds if n],
        "parents": [("", _("at the top")), *((str(r["it"].id), "– " * r["depth"] + r["it"].name) for r in rows)],
        "sharings": [(s.value, SHARING[s]) for s in Sharing],
        "errors": errors,
        "typed": request.POST,
        "may_edit": who.may(Action.REGIONS_EDIT),
    }
    return page(request, who, "people/regions", given, status=status)


def _group(of: Region | Company, stores: dict[UUID, Store]) -> dict[str, Any]:
    return {"it": of, "id_text": str(of.id), "codes": _codes(of.stores, stores)}


def _codes(ids: Any, stores: dict[UUID, Store]) -> str:
    return ", ".join(sorted(stores[i].code for i in ids if i in stores))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
