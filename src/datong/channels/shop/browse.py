"""The shelf: everything by category, or what was looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datong.catalog import api as catalog
from datong.catalog.types import Category, Shelved
from datong.channels.design.formats import number
from datong.channels.shop.door import Shopper, door, page
from datong.channels.shop.prices import priced
from datong.channels.shop.tiles import tile_of
from datong.channels.shop.words import title_of
from datong.orders import api as orders

PAGE = 24
MAX_TEXT = 80


@door()
def home(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """The shop's first page and its search: a page of things with today's price here."""
    text, category = request.GET.get("q", "").strip()[:MAX_TEXT], request.GET.get("in", "")[:200]
    tree = catalog.categories_of(shopper.brand.id)
    counts = catalog.shelf_counts(shopper.brand.id, shopper.channel)
    close = False
    if text:
        at, within = _whole(request.GET.get("from", "")), _within(category, tree)
        hits = catalog.search_shelf(shopper.brand.id, shopper.channel, text, categories=within)
        shelved, close = list(hits.found[at : at + PAGE + 1]), hits.close
        after = {"from": str(at + PAGE)} if len(shelved) > PAGE else {}
        total = len(hits.found)
    else:
        begin = _uuid(request.GET.get("after", ""))
        shelved = catalog.browse(shopper.brand.id, shopper.channel, category=category, after=begin, limit=PAGE + 1)
        after = {"after": str(shelved[PAGE - 1].item_id)} if len(shelved) > PAGE else {}
        total = _count(category, tree, counts)
    given = {
        "q": text,
        "category": category,
        "title": name_of(category, tree) if category else "",
        "crumbs": crumbs(shopper, category, tree),
        "facets": _facets(category, tree, counts) if not text else [],
        "things": things(shopper, shelved[:PAGE]),
        "close": close,
        "lead": _lead(text, total, close=close),
        "after": after,
    }
    return page(request, shopper, "home", given)


def _lead(text: str, total: int, *, close: bool) -> str:
    if text and close:
        return _("Nothing has exactly “%(text)s”. These come close.") % {"text": text}
    said = ngettext("%(n)s product", "%(n)s products", total) % {"n": number(total)}
    return _("%(count)s for “%(text)s”") % {"count": said, "text": text} if text else said


def things(shopper: Shopper, shelved: Sequence[Shelved]) -> list[dict[str, Any]]:
    """What a list shows of each: name, picture or drawn tile, price, whether it is there; three statements for all."""
    prices = priced(shopper, [(one.sku, ()) for one in shelved])
    pictures = catalog.pictures_of(shopper.brand.id, {one.product_id for one in shelved if one.product_id})
    there = orders.has_any(
        shopper.brand.id, shopper.channel.id, [one.line for one in prices], shopper.store.id if shopper.store else None
    )
    found = []
    for one, price, has in zip(shelved, prices, there, strict=True):
        if not price.sold:
            continue
        faces = pictures.get(one.product_id, ()) if one.product_id else ()
        found.append(
            {
                "sku": one.sku,
                "title": title_of(one.titles, one.title),
                "price": price,
                "several": one.skus > 1,
                "picture": shopper.url("picture", faces[0].digest, "small") if faces else "",
                "tile": tile_of(one.sku),
                "there": has,
            }
        )
    return found


def _within(category: str, tree: Mapping[str, Category]) -> list[str]:
    return [category, *(code for code in tree if category in _path(code, tree))] if category else []


def _path(code: str, tree: Mapping[str, Category]) -> list[str]:
    path: list[str] = []
    while code in tree and code not in path:
        path.append(code)
        code = tree[code].parent
    return path


def name_of(code: str, tree: Mapping[str, Category]) -> str:
    return title_of(tree[code].titles, tree[code].title) if code in tree else code


def crumbs(shopper: Shopper, category: str, tree: Mapping[str, Category]) -> list[tuple[str, str]]:
    """The way from the first page to the categories above this one."""
    above = [code for code in _path(category, tree) if code != category]
    return [(name_of(code, tree), category_url(shopper, code)) for code in reversed(above)]


def category_url(shopper: Shopper, code: str) -> str:
    return f"{shopper.url('home')}?{urlencode({'in': code})}"


def _facets(category: str, tree: Mapping[str, Category], counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """The categories below this one that have something: (code, name, how many); those the tree lacks stand last."""
    sums: dict[str, int] = {}
    for carried, n in counts.items():
        path = _path(carried, tree) or [carried]
        for step in path:
            sums[step] = sums.get(step, 0) + n
    here = [code for code, one in tree.items() if one.parent == category and sums.get(code)]
    loose = [] if category else sorted(code for code in sums if code and code not in tree)
    return [(code, name_of(code, tree), sums[code]) for code in [*here, *loose]]


def _count(category: str, tree: Mapping[str, Category], counts: Mapping[str, int]) -> int:
    if not category:
        return sum(counts.values())
    return sum(n for carried, n in counts.items() if carried == category or category in _path(carried, tree))


def _whole(text: str) -> int:
    return min(int(text), 10_000) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@door()
def picture(request: HttpRequest, shopper: Shopper, digest: str, size: str) -> HttpResponse:
    """A product's picture; its address is its content, so it may be kept for good."""
    found = catalog.picture_file(shopper.brand.id, digest, small=size == "small")
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type=found[0])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
