"""One product: what it is and its state, its SKUs with prices, options, parts, texts, where it is sold, its history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import About, AttributeType, Place, Product, ProductState, Rate, Template
from datong.channels.console import words
from datong.channels.console.goods import gallery, said
from datong.channels.console.goods.languages import language_name
from datong.channels.console.listprice import prices_of
from datong.channels.console.places import stores_of
from datong.channels.console.pricing.words import rate_text
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel.errors import BadInput, Conflict, NotFound

NEXT = {
    ProductState.IDEA: (ProductState.DEVELOPMENT, ProductState.WITHDRAWN),
    ProductState.DEVELOPMENT: (ProductState.READY, ProductState.WITHDRAWN),
    ProductState.READY: (ProductState.ON_SALE, ProductState.DEVELOPMENT, ProductState.WITHDRAWN),
    ProductState.ON_SALE: (ProductState.PAUSED, ProductState.WITHDRAWN),
    ProductState.PAUSED: (ProductState.ON_SALE, ProductState.DEVELOPMENT, ProductState.WITHDRAWN),
    ProductState.WITHDRAWN: (ProductState.DEVELOPMENT,),
}
"""The steps the page offers, the likeliest first; the catalogue has the last word."""


def found(who: Who, code: str) -> Product:
    product = catalog.products_by_code(who.brand.id, [code]).get(code)
    if product is None:
        raise NotFound(_("There is no product %(code)s.") % {"code": code})
    return product


@require_safe
@desk(Action.CATALOG_VIEW)
def product(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    return shown(request, who, found(who, code))


def shown(request: HttpRequest, who: Who, p: Product, *, problems: list[str] | None = None) -> HttpResponse:
    template = catalog.templates_of(who.brand.id).get(p.template) or Template(p.template, p.template)
    tree = catalog.categories_of(who.brand.id)
    items = catalog.items_by_sku(who.brand.id, [v.sku for v in p.variants])
    prices = prices_of(who, list(items.values()))
    steps = NEXT[p.state]
    given = {
        "product": p,
        "title": said.name_of(p),
        "template": said.told(template.titles, template.title),
        "kind": words.word(words.ITEM_KIND, p.kind),
        "state": words.word(said.STATE, p.state),
        "hue": said.HUE[p.state],
        "category": said.told(tree[p.category].titles, tree[p.category].title) if p.category in tree else p.category,
        "variants": [
            {"variant": v, "values": [v.values.get(axis, "") for axis in p.axes], "price": prices.get(v.sku),
             "parts": [(part.sku, part.units) for part in v.parts], "known": v.sku in items}
            for v in p.variants
        ],
        "axes": [said.axis(axis) for axis in p.axes],
        "bundle": any(v.parts for v in p.variants),
        "groups": [_group(g, who.brand.currency) for g in p.modifiers],
        "facts": _facts(p, template),
        "rates": _rates(who, p, template),
        "pictures": gallery.shown_pictures(who, p),
        "texts": [(language_name(language), w) for language, w in p.texts.items()],
        "allergens": [words.word(said.ALLERGEN, a) for a in p.allergens],
        "where": _where(who, p),
        "used_in": catalog.used_in(who.brand.id, [v.sku for v in p.variants]),
        "history": [_entry(change) for change in catalog.product_history(who.brand.id, p.id, limit=40)],
        "next_step": (steps[0].value, words.word(said.STEP, steps[0])),
        "more_steps": [(s.value, words.word(said.STEP, s)) for s in steps[1:]],
        "problems": problems or [],
        "may_edit": who.may(Action.CATALOG_EDIT),
    }  # fmt: skip
    return page(request, who, "goods/product", given, status=422 if problems else 200)


def _group(group: Any, currency: str) -> dict[str, Any]:
    if group.least == group.most == 1:
        rule = _("choose one")
    elif group.least:
        rule = _("choose %(least)s to %(most)s") % {"least": group.least, "most": group.most}
    else:
        rule = _("up to %(most)s, or none") % {"most": group.most}
    choices = [
        {
            "title": said.told(c.titles, c.title),
            "code": c.code,
            "delta": (f"+{money(c.delta_minor, currency)}" if c.delta_minor > 0 else money(c.delta_minor, currency))
            if c.delta_minor
            else "",
            "most": c.most,
            "uses": [(u.sku, u.units) for u in c.uses],
        }
        for c in group.choices
    ]
    return {
        "title": said.told(group.titles, group.title),
        "rule": rule,
        "required": group.least > 0,
        "choices": choices,
    }


def _facts(p: Product, template: Template) -> list[tuple[str, str]]:
    """The attributes that are filled in, as they are read."""
    rows = []
    for a in template.attributes:
        value = p.attributes.get(a.code, "")
        if value == "" or a.type is AttributeType.RATE:
            continue
        text = (_("yes") if value else _("no")) if a.type is AttributeType.YES_NO else str(value)
        rows.append((said.told(a.titles, a.title), f"{text} {a.unit}".strip()))
    return rows


def _rates(who: Who, p: Product, template: Template) -> list[dict[str, Any]]:
    """The rates it names, with what holds and what is dated next."""
    keys = catalog.rate_keys(p, template)
    held = catalog.named_rates(who.brand.id, keys.values())
    titles = {a.code: said.told(a.titles, a.title) for a in template.attributes}
    return [
        {"name": titles[code], "key": key, "now": _rate(now), "next": _rate(later)}
        for code, key in keys.items()
        for now, later in [held.get(key, (None, None))]
    ]


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    return {"text": rate_text(rate), "from": rate.valid_from} if rate else None


def _where(who: Who, p: Product) -> list[tuple[str, bool]]:
    """The places that speak of this product; every other sells it unless its category says otherwise."""
    names = {c.id: c.name for c in brands.list_channels(who.brand.id)} | {s.id: s.name for s in stores_of(who)}
    lines = catalog.assortment_of(who.brand.id, product=p.code, limit=200)
    return [
        (names[x.place_id], x.listed)
        for x in lines
        if x.about is About.PRODUCT and x.place in Place and x.place_id in names
    ]


def _entry(change: Any) -> dict[str, Any]:
    step = change.what.removeprefix("state_")
    what = words.word(said.STATE, step) if step != change.what else words.word(said.WHAT, change.what)
    diff = change.diff if change.what == "changed" else ()
    return {"what": what, "version": change.version, "by": change.by, "at": change.at, "why": change.reason,
            "diff": diff[:12], "more": max(len(diff) - 12, 0)}  # fmt: skip


@require_POST
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def state(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    p = found(who, code)
    wanted = next((s for s in ProductState if s.value == request.POST.get("state")), None)
    if wanted is None:
        return redirect("goods-product", code=code)
    reason = request.POST.get("reason", "").strip()
    try:
        p = catalog.set_state(who.brand.id, code, wanted, by=who.staff.username, reason=reason)
    except BadInput as error:
        return shown(request, who, p, problems=[problem.fix for problem in error.problems])
    title, now = said.name_of(p), words.word(said.STATE, p.state)
    messages.success(request, _("%(title)s: %(state)s.") % {"title": title, "state": now})
    return redirect("goods-product", code=code)


@require_POST
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def derive(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    p = found(who, code)
    new_code, title = (request.POST.get(key, "").strip() for key in ("code", "title"))
    try:
        new = catalog.derive(who.brand.id, code, new_code, title, by=who.staff.username)
    except (BadInput, Conflict) as error:
        return shown(request, who, p, problems=[problem.fix for problem in error.problems] or [str(error)])
    messages.success(request, _("%(title)s is derived from %(code)s.") % {"title": new.title, "code": code})
    return redirect("goods-edit", code=new.code)
