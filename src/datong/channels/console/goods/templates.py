"""Templates: those that come with Datong and the brand's own; a copy made, changed, taken away; who changed what."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Template
from datong.channels.console import words
from datong.channels.console.goods import said, templateform
from datong.channels.console.goods.languages import language_name, languages_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, Conflict, NotFound

UNDO_KEY = "template-undo"
UNDO_S = 600


@require_safe
@desk(Action.CATALOG_VIEW)
def templates(request: HttpRequest, who: Who) -> HttpResponse:
    found = catalog.templates_of(who.brand.id)
    counts = catalog.count_products(who.brand.id)["template"]
    rows = [_row(t, counts.get(code, 0), found) for code, t in found.items()]
    given = {
        "tabs": said.tabs("goods-templates"),
        "own": [row for row in rows if row["own"]],
        "families": [
            (words.word(said.FAMILY, family), [r for r in rows if not r["own"] and r["family"] == family])
            for family in said.FAMILY
            if any(not r["own"] and r["family"] == family for r in rows)
        ],
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "goods/template_list", given)


def _row(t: Template, used: int, all_of_them: dict[str, Template]) -> dict[str, Any]:
    basis = all_of_them.get(t.based_on)
    return {
        "code": t.code,
        "title": said.told(t.titles, t.title),
        "hint": said.told(t.hints, t.hint),
        "family": t.family,
        "own": t.code not in catalog.built_in(),
        "basis": said.told(basis.titles, basis.title) if basis else t.based_on,
        "facts": len(t.attributes),
        "used": used,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    basis = _found(who, (request.POST or request.GET).get("from", "retail"))
    if request.method == "POST":
        return _sent(request, who, basis, None)
    fields = templateform.fields_of(basis) | {"title": "", "code": ""}
    return _form(request, who, basis, None, {k: v for k, v in fields.items() if not k.startswith("t-")})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def template(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    found = _found(who, code)
    if request.method == "POST":
        if code in catalog.built_in():
            raise NotFound(_("A template that comes with Datong is copied, not changed."))
        return _sent(request, who, found, found)
    return _form(request, who, found, found, templateform.fields_of(found))


@require_POST
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def remove(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    try:
        gone = catalog.remove_template(who.brand.id, code, by=who.staff.username)
    except Conflict:
        text = _("Products are made from this template, so it stays. Give them another one first.")
        found = _found(who, code)
        return _form(request, who, found, found, templateform.fields_of(found), errors={"": text}, status=409)
    request.session[UNDO_KEY] = [
        str(who.brand.id),
        gone.code,
        msgspec.json.encode(gone).decode(),
        clock.now().timestamp(),
    ]
    back = reverse("goods-template-undo", args=[gone.code])
    messages.success(request, _("%(title)s is taken away.") % {"title": gone.title}, extra_tags=back)
    return redirect("goods-templates")


@require_POST
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def undo(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """Put a template back that was taken away a moment ago, unless its code was given to another meanwhile."""
    brand, kept, body, at = request.session.pop(UNDO_KEY, ["", "", "", 0.0])
    if brand != str(who.brand.id) or kept != code or clock.now().timestamp() - at > UNDO_S:
        messages.error(request, _("It is too late to undo this; change it back by hand."))
        return redirect("goods-templates")
    gone = msgspec.json.decode(body, type=Template)
    if gone.code not in catalog.templates_of(who.brand.id):
        catalog.put_template(who.brand.id, gone, by=who.staff.username)
    messages.success(request, _("Undone. %(name)s is as it was.") % {"name": gone.title})
    return redirect("goods-template", code=gone.code)


def _found(who: Who, code: str) -> Template:
    found = catalog.templates_of(who.brand.id).get(code)
    if found is None:
        raise NotFound(_("There is no template %(code)s.") % {"code": code})
    return found


def _sent(request: HttpRequest, who: Who, basis: Template, before: Template | None) -> HttpResponse:
    fields = {key: str(value) for key, value in request.POST.items()}
    if request.POST.get("add"):
        focus = f"a-{min(templateform.count(fields), templateform.MAX_ROWS - 1)}-title"
        return _form(request, who, basis, before, {**fields, focus: ""}, focus=focus)
    code = before.code if before else fields.get("code", "").strip()
    wanted, places = templateform.read(request.POST, basis, code)
    if before is None and code in catalog.templates_of(who.brand.id):
        errors = {"code": _("There is a template with this code already. Choose another.")}
        return _form(request, who, basis, before, fields, errors=errors)
    if before is not None and fields.get("mark") != templateform.mark_of(before):
        errors = {
            "": _("Somebody changed this template while you were writing. Open it again to see what it says now.")
        }
        return _form(request, who, basis, before, fields, errors=errors)
    try:
        reason = fields.get("reason", "").strip()
        done = catalog.put_template(who.brand.id, wanted, by=who.staff.username, reason=reason, expected=before)
    except BadInput as error:
        errors = {}
        for problem in error.problems:
            errors.setdefault(templateform.field_name(problem, places), problem.fix)
        return _form(request, who, basis, before, fields, errors=errors)
    except Conflict:
        errors = {
            "": _("Somebody changed this template while you were writing. Open it again to see what it says now.")
        }
        return _form(request, who, basis, before, fields, errors=errors)
    messages.success(request, _("%(title)s is saved. New products can be made from it.") % {"title": done.title})
    return redirect("goods-template", code=done.code)


def _form(
    request: HttpRequest,
    who: Who,
    basis: Template,
    before: Template | None,
    fields: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    wrong = errors or {}
    own = before is None or before.code not in catalog.built_in()
    languages = languages_of(who.brand, basis.titles, *(a.titles for a in basis.attributes))
    name = said.told(basis.titles, basis.title)
    given = {
        "before": before,
        "basis": basis,
        "basis_title": name,
        "own": own,
        "title": name if before else _("New template from %(title)s") % {"title": name},
        "lead": _lead(before, own),
        "typed": fields,
        "errors": wrong,
        "rows": templateform.rows_of(fields, wrong, languages),
        "facts": [
            (said.told(a.titles, a.title), words.word(said.ATTRIBUTE, a.type), a.required, ", ".join(a.choices), a.unit)
            for a in basis.attributes
        ],
        "types": [(str(t), words.word(said.ATTRIBUTE, t)) for t in said.ATTRIBUTE],
        "titles": [
            {"name": (n := f"t-{code}"), "label": language_name(code), "value": fields.get(n, "")} for code in languages
        ],
        "groups": [said.told(g.titles, g.title) for g in basis.modifiers],
        "used": catalog.count_products(who.brand.id)["template"].get(before.code, 0) if before else 0,
        "history": _history(who, f"template {before.code}") if before and own else (),
        "mark": fields.get("mark") or (templateform.mark_of(before) if before else ""),
        "may_edit": who.may(Action.CATALOG_EDIT),
        "focus": focus,
    }
    return page(request, who, "goods/template", given, status=422 if wrong and status == 200 else status)


def _history(who: Who, subject: str) -> list[dict[str, Any]]:
    """What was changed, latest first: (line, before, after) from the trail."""
    return [
        {
            "by": entry.actor,
            "at": entry.at,
            "why": entry.reason,
            "diff": [
                (key, (entry.before or {}).get(key, ""), (entry.after or {}).get(key, ""))
                for key in {**(entry.before or {}), **(entry.after or {})}
            ],
        }
        for entry in audit.page(who.brand.id, subject=subject, limit=40).entries
    ]


def _lead(before: Template | None, own: bool) -> str:
    if before is None:
        return _("A copy with a code of your own. Say which facts its products have and which of them must be known.")
    if own:
        return _("What products of this kind say about themselves. A change holds when a product is saved next.")
    return _("This template comes with Datong. Make a copy to change it.")
