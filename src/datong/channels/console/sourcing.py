"""Sourcing rules: by which stores are chosen, in their order. Headquarters changes them, audit reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console import ruleform, words
from datong.channels.console.channels import UNDO_S
from datong.channels.console.places import stores_of
from datong.channels.console.ruleform import Known, Settings, anchor_of, name_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import distance, money, number
from datong.kernel import clock, locks
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, NotFound
from datong.orders import api as orders

UNDO_KEY = "sourcing-undo"
LISTED = 4
FRESH: Settings = {
    "name": "", "channels": [], "fulfilments": [], "min_total_minor": 0, "store_kinds": [], "regions": [],
    "max_distance_m": 30_000, "max_stores": 1,
    "weights": {"distance": 60, "load": 20, "depth": 20, "cost": 0, "split": 100},
}  # fmt: skip


@require_safe
@desk(Action.SOURCING_VIEW)
def sourcing(request: HttpRequest, who: Who) -> HttpResponse:
    rules = _rules(who)
    names = {str(c.id): c.name for c in brands.list_channels(who.brand.id)}
    tried = ngettext("%(n)s rule, tried from the top", "%(n)s rules, tried from the top", len(rules))
    given = {
        "rows": _rows(rules, names, who.brand.currency),
        "lead": _("%(rules)s: the first that finds a store decides.") % {"rules": tried % {"n": number(len(rules))}},
        "may_edit": who.may(Action.SOURCING_EDIT),
    }
    return page(request, who, "sourcing", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SOURCING_EDIT)
def rule(request: HttpRequest, who: Who, number: int) -> HttpResponse:
    """One rule's form. It is saved over the rule it was opened for, wherever that stands by now."""
    require(who, Action.SOURCING_EDIT)
    rules = _rules(who)
    if not 1 <= number <= len(rules):
        raise NotFound(f"no rule {number}")
    found = rules[number - 1]
    errors: dict[str, str] = {}
    if request.method == "POST":
        with _alone(who):
            rules = _rules(who)
            at = _at(rules, request.POST.get("rule", ""))
            if at is None:
                number = min(number, len(rules))
                found = rules[number - 1]
                now = _("The rules were changed meanwhile. Save again to put this in place of number %(n)s, %(name)s.")
                errors = {"": now % _said(found, number - 1)}
            else:
                found, number = rules[at], at + 1
                errors = _save(request, who, rules, at)
        if not errors:
            return _back(request, who)
    return _form(request, who, found, errors, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SOURCING_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    """One more rule, at the end: it is tried when none above found a store."""
    require(who, Action.SOURCING_EDIT)
    errors: dict[str, str] = {}
    if request.method == "POST":
        with _alone(who):
            errors = _save(request, who, _rules(who), None)
        if not errors:
            return _back(request, who)
    return _form(request, who, FRESH, errors)


@require_POST
@desk(Action.SOURCING_VIEW, write=Action.SOURCING_EDIT)
def act(request: HttpRequest, who: Who) -> HttpResponse:
    """Move a rule up or down, take it out, or bring the first rules back."""
    require(who, Action.SOURCING_EDIT)
    verb = request.POST.get("do", "")
    with _alone(who):
        before = _rules(who)
        at = _at(before, request.POST.get("rule", ""))
        if verb == "first":
            _put(request, who, before, [], _("The first rules are back."))
        elif at is None:
            messages.error(request, _("The rules were changed meanwhile. This is how they are now."))
        elif verb in ("up", "down"):
            to = min(max(at + (1 if verb == "down" else -1), 0), len(before) - 1)
            after = [r for n, r in enumerate(before) if n != at]
            after.insert(to, before[at])
            _put(request, who, before, after, _("%(name)s is now number %(n)s.") % _said(before[at], to))
        elif verb == "remove" and len(before) > 1:
            after = [r for n, r in enumerate(before) if n != at]
            _put(request, who, before, after, _("%(name)s is removed.") % _said(before[at], at))
        elif verb == "remove":
            messages.error(
                request, _("The last rule stays: without one no order would find a store. Change it instead.")
            )
    anchor = anchor_of(before[at]["name"]) if at is not None and verb in ("up", "down") else ""
    return redirect(reverse("sourcing") + (f"#{anchor}" if anchor else ""))


@require_POST
@desk(Action.SOURCING_VIEW, write=Action.SOURCING_EDIT)
def undo(request: HttpRequest, who: Who, mark: str) -> HttpResponse:
    """Put the rules back as they were a moment ago, unless somebody has changed them since."""
    require(who, Action.SOURCING_EDIT)
    kept = request.session.get(UNDO_KEY) or {}
    ours = kept.get("brand") == str(who.brand.id) and kept.get("mark") == mark
    if not ours or clock.now().timestamp() - kept["at"] > UNDO_S:
        messages.error(request, _("It is too late to undo this; change it back by hand."))
        return redirect("sourcing")
    with _alone(who):
        if _mark(_rules(who)) != mark:
            messages.error(request, _("The rules were changed meanwhile. This is how they are now."))
            return redirect("sourcing")
        orders.put_rules(who.brand.id, kept["before"], who=who.staff.username)
    del request.session[UNDO_KEY]
    messages.success(request, _("Undone. The rules are as they were."))
    return redirect("sourcing")


@contextmanager
def _alone(who: Who) -> Iterator[None]:
    """Two people at this page change the list one after the other, each the list as it is by then."""
    with in_brand(who.brand.id):
        locks.take(f"sourcing_rules:{who.brand.id}")
        yield


def _rules(who: Who) -> list[Settings]:
    return [orders.settings_of(found) for found in orders.sourcing_rules(who.brand.id)]


def _mark(settings: Settings | Sequence[Settings]) -> str:
    """Tells whether a rule, or the whole list, is still the one that was on the screen."""
    return sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:20]


def _at(rules: Sequence[Settings], mark: str) -> int | None:
    return next((n for n, found in enumerate(rules) if _mark(found) == mark), None)


def _said(found: Settings, at: int) -> dict[str, Any]:
    return {"name": name_of(found["name"]), "n": number(at + 1)}


def _put(request: HttpRequest, who: Who, before: list[Settings], after: list[Settings], said: str) -> None:
    """Replace the rules, and keep what they were for the one who changes their mind."""
    orders.put_rules(who.brand.id, after, who=who.staff.username)
    mark = _mark(_rules(who))
    kept = {"brand": str(who.brand.id), "before": before, "mark": mark, "at": clock.now().timestamp()}
    # In the session and not in the address: fifty rules are too long for one.
    request.session[UNDO_KEY] = kept
    messages.success(request, said, extra_tags=reverse("sourcing-undo", args=[mark]))


def _save(request: HttpRequest, who: Who, rules: list[Settings], at: int | None) -> dict[str, str]:
    """Save what was typed over rule `at`, or as one more; what is wrong with it by field."""
    before = rules[at] if at is not None else None
    place = len(rules) if at is None else at
    try:
        typed = ruleform.read(request.POST, before, _known(who, [r for n, r in enumerate(rules) if n != at]))
        after = [*rules[:place], typed, *rules[place + 1 :]]
        if typed == before:
            return {}
        said = _("%(name)s is changed.") if before else _("%(name)s is added as number %(n)s.")
        _put(request, who, rules, after, said % _said(typed, place))
    except BadInput as error:
        return ruleform.errors_of(error, who.brand.currency)
    return {}


def _back(request: HttpRequest, who: Who) -> HttpResponse:
    """To the list, where the rule that was saved stands."""
    typed = " ".join(request.POST.get("name", "").split())
    names = [found["name"] for found in _rules(who)]
    name = next((n for n in names if typed in (n, name_of(n))), "")
    return redirect(reverse("sourcing") + (f"#{anchor_of(name)}" if name else ""))


def _known(who: Who, others: Sequence[Settings]) -> Known:
    regions = sorted({s.region for s in stores_of(who) if s.region})
    taken = {r["name"] for r in others} | {name_of(r["name"]) for r in others}
    channels = tuple(brands.list_channels(who.brand.id))
    return Known(channels, tuple(regions), who.brand.currency, frozenset(taken))


def _form(
    request: HttpRequest, who: Who, found: Settings, errors: Mapping[str, str], *, number: int | None = None
) -> HttpResponse:
    known = _known(who, ())
    typed: Mapping[str, str] = request.POST if errors else ruleform.shown(found, who.brand.currency)
    boxes = ruleform.choices(typed, known)
    given = {
        "title": name_of(found["name"]) if number else _("Add a rule"),
        "number": number,
        "mark": _mark(found),
        "typed": typed,
        "boxes": boxes,
        "parts": [{**part, "error": errors.get(part["name"], "")} for part in boxes["parts"]],
        "regions": ruleform.known_regions(known.regions),
        "currency": who.brand.currency,
        "errors": errors,
    }
    return page(request, who, "sourcing_rule", given, status=422 if errors else 200)


def _rows(rules: Sequence[Settings], names: Mapping[str, str], currency: str) -> list[dict[str, Any]]:
    anchors: set[str] = set()
    rows = []
    for n, found in enumerate(rules, 1):
        anchor = anchor_of(found["name"])
        rows.append(
            {
                "number": n,
                "mark": _mark(found),
                "anchor": "" if anchor in anchors else anchor,
                "name": name_of(found["name"]),
                "orders": _orders(found, names, currency),
                "places": _places(found),
                "shares": _shares(found["weights"], found["max_stores"]),
                "split": ruleform.split(found["max_stores"]),
                "last": n == len(rules),
                "only": len(rules) == 1,
            }
        )
        anchors.add(anchor)
    return rows


def _orders(found: Settings, names: Mapping[str, str], currency: str) -> str:
    parts = [
        _some([names.get(code, _("a channel that is gone")) for code in found["channels"]]),
        _some([str(words.word(words.FULFILMENT, code)) for code in found["fulfilments"]]),
    ]
    if found["min_total_minor"]:
        parts.append(_("from %(amount)s") % {"amount": money(found["min_total_minor"], currency)})
    return " · ".join(filter(None, parts)) or _("all orders")


def _places(found: Settings) -> str:
    parts = [
        _some([str(words.word(words.STORE_KIND, code)) for code in found["store_kinds"]]) or _("all stores"),
        _some(found["regions"]),
        _("up to %(far)s") % {"far": distance(found["max_distance_m"])},
    ]
    return " · ".join(filter(None, parts))


def _some(names: Sequence[str]) -> str:
    """The first few names; a hundred regions are a number."""
    few = ", ".join(names[:LISTED])
    more = len(names) - LISTED
    return few if more <= 0 else f"{few} {_('and %(n)s more') % {'n': number(more)}}"


def _shares(weights: Mapping[str, int], max_stores: int) -> list[dict[str, Any]]:
    """The weights as parts of a bar, each with where it begins and how wide it is in per cent.

    How few stores it takes is weighed only where there may be more than one.
    """
    counted = [part for part in ruleform.WEIGHTS if part != "split" or max_stores > 1]
    total, begins, parts = max(sum(weights[part] for part in counted), 1), 0, []
    for part in counted:
        value = weights[part]
        parts.append(
            {
                "name": words.SCORE_PART[part],
                "value": number(value),
                "begins": f"{100 * begins / total:.2f}",
                "width": f"{100 * value / total:.2f}",
            }
        )
        begins += value
    return parts
