"""The category tree with its coverage, and the assortment of a store or channel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import About, AssortmentLine, Category, CategoryRun, Place
from datong.channels.console.goods import said
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, Conflict


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def categories(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _put_category(request, who)
        if not errors:
            return redirect("goods-categories")
    channels = [c for c in brands.list_channels(who.brand.id) if c.open]
    nodes = catalog.coverage(who.brand.id, [c.id for c in channels])
    edited = next((n.category for n in nodes if n.known and n.category.code == request.GET.get("edit")), None)
    given = {
        "tabs": said.tabs("goods-categories"),
        "channels": channels,
        "rows": [
            {"node": n, "title": said.told(n.category.titles, n.category.title) or _("without a category"),
             "indent": "—" * n.depth, "share": n.share_bps / 100,
             "covered": [n.channels.get(c.id, 0) for c in channels], "code": n.category.code}
            for n in nodes
        ],
        "parents": [("", _("none: at the top")), *((n.category.code, "— " * n.depth + n.category.title) for n in nodes
                                                    if n.known)],
        "runs": [("", _("as the category above it")), ("self_run", _("the brand itself")),
                 ("open", _("open to merchants"))],
        "edited": edited,
        "typed": request.POST if errors else _fields(edited),
        "errors": errors,
        "may_edit": who.may(Action.CATALOG_EDIT),
    }  # fmt: skip
    return page(request, who, "goods/categories", given, status=422 if errors else 200)


def _fields(category: Category | None) -> dict[str, str]:
    if category is None:
        return {}
    return {"code": category.code, "title": category.title, "parent": category.parent, "run": category.run.value,
            "chinese": category.titles.get("zh-Hans", "")}  # fmt: skip


def _put_category(request: HttpRequest, who: Who) -> dict[str, str]:
    code, title, parent, run, chinese = (
        request.POST.get(key, "").strip() for key in ("code", "title", "parent", "run", "chinese")
    )
    by = who.staff.username
    try:
        if drop := request.POST.get("drop"):
            catalog.drop_category(who.brand.id, drop, by=by)
            messages.success(request, _("The category is gone."))
            return {}
        titles = {"zh-Hans": chinese} if chinese else {}
        chosen = CategoryRun(run) if run in set(CategoryRun) else CategoryRun.INHERITED
        catalog.put_categories(who.brand.id, [Category(code or title, title, parent, chosen, titles)], by=by)
    except (BadInput, Conflict) as error:
        return {p.field.rsplit("/", 1)[-1]: p.fix for p in error.problems} or {"": str(error)}
    messages.success(request, _("%(title)s is in the tree.") % {"title": title})
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def assortments(request: HttpRequest, who: Who) -> HttpResponse:
    channels = brands.list_channels(who.brand.id)
    stores = stores_of(who)
    places = {f"channel:{c.code}": (Place.CHANNEL, c.id, c.name) for c in channels}
    places |= {f"store:{s.code}": (Place.STORE, s.id, s.name) for s in stores}
    at = (request.POST or request.GET).get("place", "")
    chosen = places.get(at)
    errors: dict[str, str] = {}
    if request.method == "POST" and chosen:
        errors = _set_line(request, who, chosen[0], chosen[1])
        if not errors:
            return redirect(f"{reverse('goods-assortments')}?place={at}")
    tree = catalog.categories_of(who.brand.id)
    given = {
        "tabs": said.tabs("goods-assortments"),
        "place": at if chosen else "",
        "place_name": chosen[2] if chosen else "",
        "options": [("", _("choose a channel or a store")),
                    *((f"channel:{c.code}", c.name) for c in channels),
                    *((f"store:{s.code}", f"{s.name} · {s.code}") for s in stores[:500])],
        "lines": [_line(x, tree) for x in catalog.assortment_of(who.brand.id, place_id=chosen[1])] if chosen else [],
        "speaking": _speaking(who, places) if not chosen else [],
        "categories": [(c.code, said.told(c.titles, c.title)) for c in tree.values()],
        "abouts": [("product", _("a product (its code)")), ("category", _("a category")), ("all", _("everything"))],
        "listed": [("no", _("does not sell")), ("yes", _("sells"))],
        "typed": request.POST,
        "errors": errors,
        "may_edit": who.may(Action.CATALOG_EDIT),
    }  # fmt: skip
    return page(request, who, "goods/assortments", given, status=422 if errors else 200)


def _speaking(who: Who, places: dict[str, tuple[Place, UUID, str]]) -> list[dict[str, Any]]:
    """The places that have lines of their own, with how many."""
    counted: dict[UUID, int] = {}
    for line in catalog.assortment_of(who.brand.id):
        counted[line.place_id] = counted.get(line.place_id, 0) + 1
    return [
        {"key": key, "name": name, "n": counted[place_id]}
        for key, (_place, place_id, name) in places.items()
        if place_id in counted
    ]


def _line(line: AssortmentLine, tree: dict[str, Category]) -> dict[str, Any]:
    if line.about is About.ALL:
        what = _("Everything")
    elif line.about is About.CATEGORY:
        what = said.told(tree[line.key].titles, tree[line.key].title) if line.key in tree else line.key
    else:
        what = line.key
    return {"line": line, "what": what, "product": line.about is About.PRODUCT}


def _set_line(request: HttpRequest, who: Who, place: Place, place_id: UUID) -> dict[str, str]:
    post = request.POST
    about = next((a for a in About if a.value == post.get("about")), About.PRODUCT)
    key = post.get("category" if about is About.CATEGORY else "key", "").strip()
    line = AssortmentLine(place, place_id, about, "" if about is About.ALL else key, post.get("listed") == "yes")
    try:
        if post.get("clear"):
            catalog.set_assortment(who.brand.id, [], clear=[line], by=who.staff.username)
            messages.success(request, _("The line is gone; the wider one decides again."))
        else:
            catalog.set_assortment(who.brand.id, [line], by=who.staff.username)
            messages.success(request, _("Saved. It holds at once."))
    except BadInput as error:
        return {"category" if about is About.CATEGORY else "key": p.fix for p in error.problems}
    return {}
