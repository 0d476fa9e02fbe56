"""Why goods are written off: the brand's own list for waste and own use; add one, retire one, bring one back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.shell import desk, page
from datong.channels.console.stock.shelf import tabs
from datong.channels.console.stock.typed import errors_of
from datong.channels.console.stock.writeoffs import kind_word, reason_word
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.inventory import api as inventory
from datong.inventory.types import AdjustmentKind, ReasonView
from datong.kernel.errors import BadInput, NotFound

KINDS = (AdjustmentKind.WASTE, AdjustmentKind.OWN_USE)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.STOCK_VIEW, write=Action.STOCK_REASONS)
def reasons(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    kind = request.POST.get("kind", "")
    if request.method == "POST":
        try:
            _act(request, who, kind)
            return redirect("reasons")
        except BadInput as error:
            errors = errors_of(error)
    lists = [(k, inventory.reasons(who.brand.id, k)) for k in KINDS]
    n = sum(r.active for _kind, found in lists for r in found)
    given = {
        "lead": ngettext("%(n)s reason to choose from", "%(n)s reasons to choose from", n) % {"n": number(n)},
        "tabs": tabs("write-offs", None),
        "lists": [
            {
                "kind": k.value,
                "title": kind_word(k),
                "rows": [{"r": r, "name": r.name or reason_word(r.code)} for r in sorted(found, key=_by_use)],
                "errors": errors if kind == k.value else {},
                "typed": request.POST.get("name", "") if kind == k.value and errors else "",
            }
            for k, found in lists
        ],
        "may": who.may(Action.STOCK_REASONS),
    }
    return page(request, who, "stock/reasons", given, status=422 if errors else 200)


def _by_use(reason: ReasonView) -> tuple[bool, str]:
    return not reason.active, reason.name or reason.code


def _act(request: HttpRequest, who: Who, kind: str) -> None:
    if kind not in list(KINDS):
        raise NotFound(f"no reasons of {kind[:20]}")
    of, by = AdjustmentKind(kind), who.staff.username
    code = request.POST.get("code", "")
    if request.POST.get("do") == "add":
        made = inventory.add_reason(who.brand.id, of, request.POST.get("name", ""), by=by)
        messages.success(request, _("%(name)s is a reason now.") % {"name": made.name or reason_word(made.code)})
        return
    active = request.POST.get("do") == "back"
    done = inventory.retire_reason(who.brand.id, of, code, by=by, active=active)
    name = done.name or reason_word(done.code)
    again = (
        _("%(name)s is a reason again.") if active else _("%(name)s is no longer offered; what was booked keeps it.")
    )
    messages.success(request, again % {"name": name})
