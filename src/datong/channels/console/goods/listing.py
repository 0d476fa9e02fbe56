"""The list of products: filters that live in the address, keyset paging, CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Product, ProductFilter, ProductState
from datong.channels.console import words
from datong.channels.console.export import line
from datong.channels.console.goods import gallery, said
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who

PAGE = 50
MOST_ROWS = 50_000


@require_safe
@desk(Action.CATALOG_VIEW)
def goods(request: HttpRequest, who: Who) -> HttpResponse:
    wanted = _filter(request)
    found = catalog.list_products(who.brand.id, wanted)
    counts = catalog.count_products(who.brand.id)
    templates = catalog.templates_of(who.brand.id)
    tree = catalog.categories_of(who.brand.id)
    faces = gallery.faces(who, [product.id for product in found])
    query = {k: v for k, v in request.GET.items() if k != "after" and v}
    total = sum(counts["state"].values())
    given = {
        "tabs": said.tabs("goods"),
        "rows": [{**_row(product, templates), "face": faces.get(product.id)} for product in found],
        "wanted": wanted,
        "total": total,
        "on_sale": counts["state"].get("on_sale", 0),
        "states": [
            ("", _("All states")),
            *((s.value, f"{capfirst(words.word(said.STATE, s))} ({counts['state'].get(s.value, 0)})")
              for s in ProductState),
        ],
        "templates": [
            ("", _("All templates")),
            *((code, f"{said.told(t.titles, t.title)} ({counts['template'][code]})") for code, t in templates.items()
              if code in counts["template"]),
        ],
        "categories": [
            ("", _("All categories")),
            *((code, f"{said.told(tree[code].titles, tree[code].title) if code in tree else code} ({n})")
              for code, n in sorted(counts["category"].items()) if code),
        ],
        "tags": [
            {"tag": tag, "n": n, "share": round(100 * n / max(total, 1)), "href": f"?{urlencode({'tag': tag})}"}
            for tag, n in sorted(counts["tag"].items(), key=lambda pair: (-pair[1], pair[0]))[:12]
        ],
        "filtered": bool(query),
        "query": urlencode(query),
        "older": f"?{urlencode({**query, 'after': found[-1].code})}" if len(found) == PAGE else "",
        "newer": f"{reverse('goods')}?{urlencode(query)}" if wanted.after else "",
        "may_edit": who.may(Action.CATALOG_EDIT),
    }  # fmt: skip
    return page(request, who, "goods/goods", given)


def _filter(request: HttpRequest) -> ProductFilter:
    get = request.GET
    state = next((s for s in ProductState if s.value == get.get("state")), None)
    return ProductFilter(
        text=get.get("q", "").strip()[:120],
        template=get.get("template", ""),
        state=state,
        category=get.get("category", ""),
        tag=get.get("tag", ""),
        after=get.get("after", ""),
        limit=PAGE,
    )


def _row(product: Product, templates: dict[str, Any]) -> dict[str, Any]:
    template = templates.get(product.template)
    return {
        "product": product,
        "title": said.name_of(product),
        "template": said.told(template.titles, template.title) if template else product.template,
        "state": words.word(said.STATE, product.state),
        "hue": said.HUE[product.state],
        "variants": sum(v.active for v in product.variants),
        "options": len(product.modifiers),
    }


@require_GET
@desk(Action.CATALOG_VIEW)
def export(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    header = [
        _("Code"), _("Product"), _("Template"), _("State"), _("Category"), "SKU", _("Variant"), "GTIN", _("Owner"),
        _("Version"), _("Tags"),
    ]  # fmt: skip
    lines = (line([*row]) for row in _lines(header, who, replace(_filter(request), after="", limit=500)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="products-{who.brand.slug}.csv"'
    return response


def _lines(header: list[str], who: Who, wanted: ProductFilter) -> Iterator[list[Any]]:
    yield ["\ufeff" + header[0], *header[1:]]
    sent = 0
    while sent < MOST_ROWS:
        found = catalog.list_products(who.brand.id, wanted)
        for p in found:
            for v in p.variants or (None,):
                yield [
                    p.code, said.name_of(p), p.template, p.state.value, p.category, v.sku if v else "",
                    " / ".join(v.values.values()) if v else "", v.gtin if v else "", p.owner, p.version,
                    ", ".join(p.tags),
                ]  # fmt: skip
        sent += len(found)
        if len(found) < wanted.limit:
            return
        wanted = replace(wanted, after=found[-1].code)
