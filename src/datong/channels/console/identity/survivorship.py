"""The rules of the golden record: which of several values holds, field by field, and what other rules would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.contacts import name_for
from datong.channels.console.person.golden import FIELD, WHY, shown, source
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.customers.types import RULED, Chosen, Field, GoldenChange, Preview, Rule, RuleChange, Survivorship
from datong.kernel.errors import BadInput, NotFound

STEPS, DOORS = 4, 6
RULE: words.Words = {
    Rule.HAND: gettext_lazy("written by staff"),
    Rule.VERIFIED: gettext_lazy("verified"),
    Rule.SOURCES: gettext_lazy("by channel, in the order below"),
    Rule.RECENT: gettext_lazy("said last"),
    Rule.OFTEN: gettext_lazy("said by most"),
    Rule.LONGEST: gettext_lazy("the longest"),
    Rule.FIRST: gettext_lazy("known longest"),
}


@require_safe
@desk(Action.CUSTOMERS_MERGE)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """Each field with its rules in their order."""
    names = Names.of(who)
    rows = [_row(change, names) for change in customers.rules_of(who.brand.id).values()]
    return page(request, who, "identity/golden", {"rows": rows, "may_set": who.may(Action.POLICY_EDIT)})


def _row(change: RuleChange, names: Names) -> dict[str, Any]:
    told = change.survivorship
    doors = [names.channels[one].name for one in told.sources if one in names.channels]
    steps = [", ".join(doors) if rule is Rule.SOURCES and doors else words.word(RULE, rule) for rule in told.rules]
    return {
        "field": told.field.value,
        "title": words.word(FIELD, told.field),
        "steps": steps,
        "change": change,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CUSTOMERS_MERGE, write=Action.POLICY_EDIT)
def field(request: HttpRequest, who: Who, name: str) -> HttpResponse:
    """The rules of one field: tried on real people, then saved."""
    if name not in {each.value for each in RULED}:
        raise NotFound(_("no such field"))
    of, names = Field(name), Names.of(who)
    was = customers.rules_of(who.brand.id)[of]
    typed: dict[str, Any] = _typed(was.survivorship)
    errors: dict[str, str] = {}
    seen: Preview | None = None
    if request.method == "POST":
        typed = {key: request.POST.getlist(key)[:20] for key in ("rule", "source")}
        typed["reason"] = request.POST.get("reason", "")
        try:
            told = _told(of, typed, names)
            if request.POST.get("do") == "save":
                customers.say_survivorship(told, brand=who.brand.id, by=who.staff.username, reason=typed["reason"])
                messages.success(request, _("It holds from now on, for everybody."))
                return redirect("golden")
            seen = customers.preview_rules(who.brand.id, told)
        except BadInput as error:
            errors = {problem.field.strip("/"): problem.fix for problem in error.problems}
    channels = sorted(((str(one.id), one.name) for one in names.channels.values()), key=lambda one: one[1])
    given = {
        "field": of.value,
        "title": words.word(FIELD, of),
        "was": _row(was, names),
        "steps": _slots("rule", typed["rule"], STEPS),
        "doors": _slots("source", typed["source"], min(DOORS, len(channels))),
        "rules": [("", "–"), *((rule.value, words.word(RULE, rule)) for rule in Rule)],
        "channels": [("", "–"), *channels],
        "reason": typed.get("reason", ""),
        "errors": errors,
        "seen": seen,
        "changes": _changes(seen.changes, who, names) if seen else [],
        "may_set": who.may(Action.POLICY_EDIT),
    }
    return page(request, who, "identity/golden_field", given, status=422 if errors else 200)


def _typed(told: Survivorship) -> dict[str, Any]:
    return {"rule": [rule.value for rule in told.rules], "source": [str(one) for one in told.sources]}


def _slots(name: str, values: list[str], count: int) -> list[tuple[int, str, str]]:
    """(place, id, value) of each select; no gaps."""
    filled = [value for value in values if value]
    wide = max(count, len(filled))
    return [(n + 1, f"{name}-{n + 1}", filled[n] if n < len(filled) else "") for n in range(wide)]


def _told(of: Field, typed: dict[str, Any], names: Names) -> Survivorship:
    """What was chosen, without the gaps; what is not offered is left out and then missed."""
    chosen = tuple(Rule(one) for one in typed["rule"] if one in set(Rule))
    offered = {str(one) for one in names.channels}
    return Survivorship(of, chosen, tuple(UUID(one) for one in typed["source"] if one in offered))


def _changes(changes: Sequence[GoldenChange], who: Who, names: Names) -> list[dict[str, Any]]:
    called = customers.golden_names(who.brand.id, [one.customer_id for one in changes])
    full = access.sees_contacts(who.staff, None)
    return [
        {
            "id": one.customer_id,
            "name": name_for(who, called[one.customer_id], None) or _("customer"),
            "before": _side(one.before, names, full=full),
            "after": _side(one.after, names, full=full),
        }
        for one in changes
    ]


def _side(chosen: Chosen, names: Names, *, full: bool) -> dict[str, Any]:
    return {
        "value": shown(chosen.field, chosen.value.text, full=full),
        "source": source(chosen.value, names),
        "why": words.word(WHY, chosen.why),
    }
