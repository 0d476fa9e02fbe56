"""A product made from a template, and changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Product, Template
from datong.channels.console import words
from datong.channels.console.goods import form, formrows, said
from datong.channels.console.goods.languages import MORE, language_name, languages_of, own_language
from datong.channels.console.goods.product import found
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, Conflict


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    templates = catalog.templates_of(who.brand.id)
    template = templates.get((request.POST or request.GET).get("template", ""))
    if template is None:
        return page(request, who, "goods/templates", {"families": _families(templates)})
    if request.method == "POST":
        return _sent(request, who, template, None)
    return _form(request, who, template, None, formrows.blank(template, who.brand.currency, own_language(who.brand)))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_EDIT)
def edit(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    product = found(who, code)
    template = catalog.templates_of(who.brand.id).get(product.template) or Template(product.template, product.template)
    if request.method == "POST":
        return _sent(request, who, template, product)
    return _form(request, who, template, product, formrows.fields_of(product, who.brand.currency))


def _families(templates: dict[str, Template]) -> list[dict[str, Any]]:
    """The templates by line of business, the brand's own first."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for code, t in templates.items():
        card = {"code": code, "title": said.told(t.titles, t.title), "hint": said.told(t.hints, t.hint)}
        grouped.setdefault(t.family, []).append(card)
    order = sorted(grouped, key=lambda family: list(said.FAMILY).index(family) if family in said.FAMILY else 99)
    return [{"title": words.word(said.FAMILY, family), "cards": grouped[family]} for family in order]


def _sent(request: HttpRequest, who: Who, template: Template, before: Product | None) -> HttpResponse:
    fields = {key: str(value) for key, value in request.POST.items()}
    if add := request.POST.get("add"):
        focus = formrows.add_row(fields, add)
        return _form(request, who, template, before, fields, focus=focus)
    errors: dict[str, str] = {}
    try:
        product = form.read(request.POST, template, who.brand.currency, before)
        if before is None and catalog.products_by_code(who.brand.id, [product.code]):
            fix = _("There is a product with this code already. Choose another.")
            return _form(request, who, template, before, fields, errors={"code": fix})
        expected = {product.code: int(fields["version"])} if before and fields.get("version", "").isdigit() else None
        reason = fields.get("reason", "").strip()
        (done,) = catalog.put_products(who.brand.id, [product], by=who.staff.username, reason=reason, expected=expected)
    except BadInput as error:
        for problem in error.problems:
            said_so = f"{problem.fix}: {problem.value}" if problem.code == "cycle" else problem.fix
            errors.setdefault(formrows.field_name(problem), said_so)
        return _form(request, who, template, before, fields, errors=errors)
    except Conflict:
        fix = _("Somebody changed this product while you were writing. Open it again to see what it says now.")
        return _form(request, who, template, before, fields, errors={"": fix})
    messages.success(
        request, _("%(title)s is saved as version %(n)s.") % {"title": said.name_of(done), "n": done.version}
    )
    return redirect("goods-product", code=done.code)


def _form(
    request: HttpRequest,
    who: Who,
    template: Template,
    product: Product | None,
    fields: form.Fields,
    *,
    errors: dict[str, str] | None = None,
    focus: str = "",
) -> HttpResponse:
    wrong = errors or {}
    tree = catalog.categories_of(who.brand.id)
    axes = [axis.strip() for axis in fields.get("axes", "").replace("，", ",").split(",") if axis.strip()][:5]
    title = said.told(template.titles, template.title)
    languages = languages_of(who.brand, product.texts if product else (), form.text_languages(fields))
    given = {
        "product": product,
        "template": template,
        "template_title": title,
        "title": _edited(product) if product else _("New: %(kind)s") % {"kind": title},
        "typed": fields,
        "errors": wrong,
        "attributes": [
            formrows.shown_attribute(a, fields, wrong, said.told(a.titles, a.title)) for a in template.attributes
        ],
        "axes": [said.axis(axis) for axis in axes],
        "rows": formrows.rows_of(fields, len(axes), wrong, languages),
        "categories": [(c.code, said.told(c.titles, c.title)) for c in tree.values()],
        "allergens": [(name, words.word(said.ALLERGEN, a), name in fields) for a, name in _ALLERGENS],
        "texts": [
            {
                "language": language,
                "name": language_name(language),
                "fields": [
                    {"name": f"t-{language}-{name}", "label": _text_label(name), "long": name != "title",
                     "value": fields.get(f"t-{language}-{name}", ""), "error": wrong.get(f"t-{language}-{name}", "")}
                    for name in form.TEXTS
                ],
            }
            for language in languages
        ],
        "more_languages": [(code, language_name(code)) for code in MORE if code not in languages],
        "bundle": template.composed or any(fields.get(name) for name in fields if name.endswith("-parts")),
        "focus": focus,
    }  # fmt: skip
    return page(request, who, "goods/edit", given, status=422 if wrong else 200)


_ALLERGENS = [(allergen, f"allergen-{allergen}") for allergen in said.ALLERGEN]


def _edited(product: Product) -> str:
    return _("Edit %(title)s") % {"title": said.name_of(product)}


def _text_label(name: str) -> str:
    return {
        "title": _("Title"), "description": _("Description"), "safety": _("Safety text"), "legal": _("Legal text"),
    }[name]  # fmt: skip
