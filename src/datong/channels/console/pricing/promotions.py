"""Promotions: all of them, one in its form, rules read from text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Promotion, PromotionKind
from datong.channels.console.pricing import promoform, words
from datong.channels.console.pricing.forms import errors_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7

FIELD_OF = {
    "valid_to": "ends",
    "valid_from": "begins",
    "threshold_minor": "threshold",
    "cap_minor": "cap",
    "stackable": "together",
}
MOST = 500


@require_safe
@desk(Action.CATALOG_VIEW)
def promotions(request: HttpRequest, who: Who) -> HttpResponse:
    now, over = clock.now(), request.GET.get("show") == "ended"
    found = sorted(catalog.list_rules(who.brand.id).promotions, key=lambda p: (-p.priority, p.code))
    open_ones = [p for p in found if p.valid_to is None or p.valid_to > now]
    shown = [p for p in found if p not in open_ones] if over else open_ones
    holding = sum(p.valid_from is None or p.valid_from <= now for p in open_ones)
    lead = ngettext("%(n)s promotion holds now.", "%(n)s promotions hold now.", holding) % {"n": number(holding)}
    given = {
        "lead": lead,
        "rows": [_row(p, who, open_ones) for p in shown[:MOST]],
        "more": max(0, len(shown) - MOST),
        "tabs": [
            {"text": _("Now and later"), "href": reverse("promotions"), "current": not over, "count": len(open_ones)},
            {"text": _("Ended"), "href": "?show=ended", "current": over, "count": len(found) - len(open_ones)},
        ],
        "kinds": [(kind.value, words.KIND[kind]) for kind in words.KIND],
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "pricing/promotions", given)


def _row(promotion: Promotion, who: Who, others: list[Promotion]) -> dict[str, Any]:
    now = clock.now()
    if promotion.valid_to is not None and promotion.valid_to <= now:
        state = (_("ended"), "neutral")
    elif promotion.valid_from is not None and promotion.valid_from > now:
        state = (_("begins later"), "information")
    else:
        state = (_("holds"), "good")
    rivals = [
        other.title or other.code
        for other in others
        if other.code != promotion.code
        and not (other.stackable or promotion.stackable)
        and other.group == promotion.group
        and (not promotion.skus or not other.skus or promotion.skus & other.skus)
        and (not promotion.channels or not other.channels or promotion.channels & other.channels)
    ]
    return {
        "promotion": promotion,
        "title": promotion.title or promotion.code,
        "kind": words.KIND[promotion.kind],
        "gives": words.gives(promotion, who.brand.currency),
        "state": state[0],
        "status": state[1],
        "rivals": rivals[:3],
        "rival_count": len(rivals),
        "narrowed": _narrowed(promotion),
    }


def _narrowed(promotion: Promotion) -> str:
    said = []
    if promotion.who.value == "members":
        said.append(_("members"))
    if promotion.windows:
        window = promotion.windows[0]
        said.append(
            f"{window.begins // 60:02}:{window.begins % 60:02}–{window.ends // 60 % 24:02}:{window.ends % 60:02}"
        )
    if promotion.channels:
        said.append(
            ngettext("%(n)s channel", "%(n)s channels", len(promotion.channels)) % {"n": len(promotion.channels)}
        )
    if promotion.stores:
        said.append(_("%(n)s stores") % {"n": len(promotion.stores)})
    if promotion.skus or promotion.categories:
        said.append(_("chosen products"))
    if promotion.min_people > 1:
        said.append(_("from %(n)s people") % {"n": promotion.min_people})
    if promotion.condition:
        said.append(_("a condition"))
    return ", ".join(said)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    require(who, Action.CATALOG_EDIT)
    wanted = request.GET.get("kind", "")
    kind = PromotionKind(wanted) if wanted in set(PromotionKind) else PromotionKind.PERCENTAGE
    return _form(request, who, promoform.blank(kind))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def promotion(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    found = next((p for p in catalog.list_rules(who.brand.id).promotions if p.code == code), None)
    if found is None:
        raise NotFound(f"no promotion {code}")
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        if "end" in request.POST:
            catalog.end_promotion(who.brand.id, code, by=who.staff.username)
            messages.success(request, _("It has ended; what was quoted by it stays as it is."))
            return redirect("promotions")
    return _form(request, who, found)


def _form(request: HttpRequest, who: Who, before: Promotion) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            typed = promoform.read(request.POST, who, before)
            if not before.code and any(p.code == typed.code for p in catalog.list_rules(who.brand.id).promotions):
                errors = {"code": _("Another promotion has this code.")}
            else:
                catalog.put_promotions(who.brand.id, [typed], by=who.staff.username)
                messages.success(request, _("%(name)s is saved.") % {"name": typed.title or typed.code})
                return redirect("promotions")
        except BadInput as error:
            errors = {FIELD_OF.get(name, name): fix for name, fix in errors_of(error).items()}
    fields: Any = request.POST if errors else promoform.shown(before, who)
    chosen = request.POST.getlist("channels") if errors else [str(i) for i in before.channels]
    weekdays = [str(d) for w in before.windows for d in w.weekdays]
    given = {
        "promotion": before,
        "title": (before.title or before.code) if before.code else words.KIND[before.kind],
        "kind": before.kind.value,
        "kind_word": words.KIND[before.kind],
        "typed": fields,
        "errors": errors,
        "channels": [(str(c.id), c.name, str(c.id) in chosen) for c in brands.list_channels(who.brand.id)],
        "days": promoform.days(request.POST.getlist("weekdays") if errors else weekdays),
        "together": [
            ("first", _("The first of its group that applies, by priority")),
            ("best", _("The one of its group that takes most off")),
            ("stackable", _("Together with every other")),
        ],
        "may_edit": who.may(Action.CATALOG_EDIT),
        "crumbs": [(_("Promotions"), reverse("promotions"))],
        "currency": who.brand.currency,
    }
    return page(request, who, "pricing/promotion", given, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_EDIT)
def read(request: HttpRequest, who: Who) -> HttpResponse:
    """Rules as people write them, one a line: `code rule`."""
    require(who, Action.CATALOG_EDIT)
    errors: list[str] = []
    if request.method == "POST":
        found, errors = _read_lines(request.POST, who)
        if found and not errors:
            catalog.put_promotions(who.brand.id, found, by=who.staff.username)
            said = ngettext("%(n)s promotion is saved.", "%(n)s promotions are saved.", len(found))
            messages.success(request, said % {"n": number(len(found))})
            return redirect("promotions")
        if not found and not errors:
            errors = [_("Write at least one rule.")]
    given = {"errors": errors[:50], "typed": request.POST, "crumbs": [(_("Promotions"), reverse("promotions"))]}
    return page(request, who, "pricing/promotions_read", given, status=422 if errors else 200)


def _read_lines(post: QueryDict, who: Who) -> tuple[list[Promotion], list[str]]:
    found: dict[str, Promotion] = {}
    errors = []
    for n, text in enumerate(post.get("rules", "")[:200_000].splitlines(), 1):
        code, _space, rule = text.strip().replace("\t", " ").partition(" ")
        if not code:
            continue
        try:
            if code in found:
                raise BadInput(_("The code %(code)s stands here twice.") % {"code": code})
            found[code] = catalog.coupon_promotion(uuid7(), code, rule, who.brand.currency)
        except BadInput as error:
            fix = error.problems[0].fix if error.problems else str(error)
            errors.append(_("Line %(n)s: %(fix)s") % {"n": n, "fix": fix})
    return list(found.values()), errors
