"""The brand's rules of rights: up to what each role acts alone, and who must have a second factor."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from datong.access import api as access
from datong.access.types import PROGRAM, Action, ApprovalKind, Role
from datong.channels.console.people.words import said_amount
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.console.words import ROLE, word
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.money import Money, minor_of

HOUSE, ANY, NEVER, UP_TO = "house", "any", "never", "upto"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.POLICY_VIEW, write=Action.POLICY_EDIT)
def policy(request: HttpRequest, who: Who) -> HttpResponse:
    """Limits by kind and role; above them a second person approves."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            kind = next(k for k in access.approval_kinds() if k.name == request.POST.get("kind"))
            access.set_limits(who.brand.id, kind.name, _limits(request, who, kind), by=who.staff.username)
            messages.success(request, _("Saved. It holds from the next request on."))
            return redirect("policy")
        except StopIteration:
            return redirect("policy")
        except BadInput as error:
            errors = {f"{request.POST.get('kind')} {p.field}": p.fix for p in error.problems}
    own = access.all_limits(who.brand.id)
    given = {
        "kinds": [_kind(who, kind, own.get(kind.name, {}), errors, request) for kind in access.approval_kinds()],
        "options": [
            (HOUSE, _("as usual")), (UP_TO, _("alone up to")), (ANY, _("alone, any amount")),
            (NEVER, _("always a second person")),
        ],
        "roles": [(r.value, word(ROLE, r), r in access.factor_roles(who.brand.id)) for r in Role],
        "may_edit": who.may(Action.POLICY_EDIT),
    }  # fmt: skip
    return page(request, who, "people/policy", given, status=422 if errors else 200)


@require_POST
@desk(Action.POLICY_VIEW, write=Action.POLICY_EDIT)
def second_factor(request: HttpRequest, who: Who) -> HttpResponse:
    """Which roles must have a second factor."""
    wanted = {Role(value) for value in request.POST.getlist("role") if value in set(Role)}
    access.demand_factors(who.brand.id, wanted, by=who.staff.username)
    messages.success(request, _("Saved. Who has none sets one up at the next click."))
    return redirect("policy")


def _limits(request: HttpRequest, who: Who, kind: ApprovalKind) -> dict[str, int | None]:
    wanted: dict[str, int | None] = {}
    for role in _roles(kind):
        how, text = request.POST.get(f"how-{role}", HOUSE), request.POST.get(f"amount-{role}", "")
        if how == ANY:
            wanted[role] = None
        elif how == NEVER:
            wanted[role] = -1
        elif how == UP_TO:
            wanted[role] = _minor(text, who, kind.unit, role)
    return wanted


def _minor(text: str, who: Who, unit: str, role: str) -> int:
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip())
        minor = int(value) if unit != "money" else minor_of(str(value), who.brand.currency)
    except (InvalidOperation, ValueError, BadInput):
        raise BadValue(str(role), text, _("an amount such as 200")) from None
    if minor < 0:
        raise BadValue(str(role), text, _("an amount such as 200"))
    return minor


def _roles(kind: ApprovalKind) -> list[str]:
    """The roles that may ask for it at all, and the programs."""
    allowed = access.roles_of(kind.action)
    return [*(str(role) for role in Role if role in allowed), *([PROGRAM] if kind.programs else [])]


def _kind(
    who: Who, kind: ApprovalKind, own: dict[str, int | None], errors: dict[str, str], request: HttpRequest
) -> dict[str, Any]:
    rows = []
    for role in _roles(kind):
        limit = access.limit_of(role, own)
        how = HOUSE if role not in own else ANY if limit is None else NEVER if limit < 0 else UP_TO
        amount = ""
        if how == UP_TO and limit is not None:
            amount = str(Money(limit, who.brand.currency).decimal) if kind.unit == "money" else str(limit)
        error = errors.get(f"{kind.name} {role}", "")
        if errors and request.POST.get("kind") == kind.name:
            how, amount = request.POST.get(f"how-{role}", how), request.POST.get(f"amount-{role}", amount)
        said = _("any amount")
        name = _("Programs: API clients, ERPs, channels, commands") if role == PROGRAM else word(ROLE, Role(role))
        if limit is not None:
            said = _("never alone") if limit < 0 else said_amount(limit, kind.unit, who.brand)
        rows.append({"role": role, "name": name, "how": how, "amount": amount, "now": said, "error": error})
    return {"kind": kind, "rows": rows, "unit": who.brand.currency if kind.unit == "money" else kind.unit}
