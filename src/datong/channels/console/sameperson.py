"""The same person? Records that may be one, side by side: said so, refused, or taken apart again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.customers import IDENTITY, identity_value
from datong.channels.console.identity.weights import said, waterfall
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.customers.types import CustomerPage, Identity, IdentityKind, Merge
from datong.kernel.errors import BadInput, NotFound
from datong.matching import api as matching
from datong.matching.types import Setting, Weighed

SHOWN = 50
MOST = 51
"""Orders that are counted; from here on it is "50+"."""


@require_safe
@desk(Action.CUSTOMERS_MERGE)
def queue(request: HttpRequest, who: Who) -> HttpResponse:
    """What waits to be looked at; or, with `with`, whom to compare a customer with."""
    one, text = _uuid(request.GET.get("with", "")), request.GET.get("q", "").strip()[:80]
    given: dict[str, Any] = {"q": text, "one": _side(who, one) if one else None}
    if one:
        hits = customers.search_customers(who.brand.id, text, limit=SHOWN) if text else []
        given["hits"] = [hit for hit in hits if hit.id != given["one"]["id"]]
    else:
        found = customers.merge_proposals(who.brand.id, limit=SHOWN)
        names = customers.customers_by_id(who.brand.id, [side for each in found for side in (each.keep, each.other)])
        weighed = matching.weights_of(who.brand.id, [(each.keep, each.other) for each in found])
        setting = matching.setting_of(who.brand.id)
        given["waiting"] = customers.count_proposals(who.brand.id)
        given["rows"] = [
            _sure(weighed.get((min(each.keep, each.other), max(each.keep, each.other))), setting)
            | {
                "keep": each.keep,
                "other": each.other,
                "names": [names[side].name or _("customer") for side in (each.keep, each.other)],
                "evidence": _sign(who, each.evidence) if each.evidence else _("all they said"),
            }
            for each in found
        ]
    return page(request, who, "same", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CUSTOMERS_MERGE)
def pair(request: HttpRequest, who: Who, a: UUID, b: UUID) -> HttpResponse:
    """Two records side by side, and what is said of them."""
    left, right = customers.customer_page(who.brand.id, a), customers.customer_page(who.brand.id, b)
    merges = {frozenset((each.a, each.b)): each for each in left.merges if each.undone_at is None}
    standing = merges.get(frozenset((a, b)))
    if standing is None and left.id == right.id:
        return redirect("customer", left.id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _decide(request, who, a, b, standing, _evidence(left, right))
        except BadInput as error:
            errors = {problem.field.strip("/"): problem.fix for problem in error.problems}
    sides = [_record(who, left, a), _record(who, right, b)] if standing else [_side(who, a), _side(who, b)]
    given = {
        "sides": sides,
        "lines": _lines(sides),
        "standing": standing,
        "evidence": [_sign(who, each) for each in _evidence(left, right)],
        "phones_differ": not standing and _differ(left, right),
        "past": [each for each in left.merges if each.undone_at and {each.a, each.b} == {a, b}],
        "errors": errors,
        "typed": request.POST,
    }
    if weighed := matching.weights_of(who.brand.id, [(a, b)]):
        [one] = weighed.values()
        given |= {"waterfall": waterfall(one), "said": said(one, matching.setting_of(who.brand.id))[0]}
    return page(request, who, "same_pair", given, status=422 if errors else 200)


def _decide(
    request: HttpRequest, who: Who, a: UUID, b: UUID, standing: Merge | None, evidence: list[Identity]
) -> HttpResponse:
    by, reason, verdict = who.staff.username, request.POST.get("reason", ""), request.POST.get("do", "")
    if standing:
        customers.unmerge(standing.id, brand=who.brand.id, by=by, reason=reason)
        messages.success(request, _("Two customers again. Orders, signs and notes are where they belong."))
        return redirect("customer", b)
    if verdict == "merge":
        customers.merge(a, b, brand=who.brand.id, by=by, reason=reason, evidence=evidence)
        messages.success(request, _("One customer from now on. It can be undone on this page at any time."))
        return redirect("customer", a)
    if verdict != "refuse":
        raise NotFound(_("merge or refuse"))
    if customers.refuse_merge(a, b, brand=who.brand.id, by=by, reason=reason):
        messages.success(request, _("Noted: two people. They are not proposed again."))
    return redirect("same")


def _side(who: Who, record: UUID) -> dict[str, Any]:
    """A person as a column of the comparison."""
    return _record(who, customers.customer_page(who.brand.id, record), None)


def _record(who: Who, found: CustomerPage, record: UUID | None) -> dict[str, Any]:
    """A person, or one record of it alone, in words."""
    bought = orders_of(who, found.id, MOST)
    own = [row for row in bought if record is None or row.customer_id == record]
    full = opened(who, bought)
    signs = [i for i in found.identities if record is None or i.customer_id == record]
    one = next((each for each in found.records if each.id == record), None)
    return {
        "id": record or found.id,
        "name": ((one.name if one else found.name) if full else "") or _("customer"),
        "since": one.created_at if one else found.created_at,
        "signs": [(words.word(IDENTITY, i.kind), identity_value(i.kind, i.value, full=full)) for i in signs],
        "orders": f"{SHOWN}+" if len(own) == MOST else str(len(own)),
        "doors": len({row.channel_id for row in own}),
        "last": own[0] if own else None,
        "records": len(found.records),
    }


def _lines(sides: list[dict[str, Any]]) -> list[tuple[str, list[list[str]], bool]]:
    """The signs of both by kind: (kind, each side's values, whether one value is on both sides)."""
    kinds = sorted({kind for side in sides for kind, _value in side["signs"]})
    table = [(kind, [[v for k, v in side["signs"] if k == kind] for side in sides]) for kind in kinds]
    return [(kind, values, bool(set(values[0]) & set(values[1]))) for kind, values in table]


def _evidence(left: CustomerPage, right: CustomerPage) -> list[Identity]:
    """What the two showed together: the evidence of proposals between them."""
    ours = {each.id for each in right.records}
    return [each.evidence for each in left.proposals if each.evidence and {each.keep, each.other} & ours]


def _differ(left: CustomerPage, right: CustomerPage) -> bool:
    """Each has a verified phone and none is the other's: often two people who share something."""
    phones = [{i.value for i in side.identities if i.kind is IdentityKind.PHONE} for side in (left, right)]
    return bool(phones[0] and phones[1] and not phones[0] & phones[1])


def _sure(weighed: Weighed | None, setting: Setting) -> dict[str, Any]:
    sure, hue = said(weighed, setting)
    return {"sure": sure, "hue": hue, "bits": f"{weighed.weight:.1f}" if weighed else ""}


def _sign(who: Who, sign: Identity) -> str:
    full = opened(who, [])
    return f"{words.word(IDENTITY, sign.kind)} {identity_value(sign.kind, sign.value, full=full)}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
