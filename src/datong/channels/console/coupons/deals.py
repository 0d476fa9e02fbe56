"""Which product each of a platform's deals is: those nobody mapped first; many at once by lines."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.coupons.words import platform_of, platform_options, platform_word
from datong.channels.console.rewards.typed import Typed, plain
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import minor_of
from datong.wallet import api as wallet
from datong.wallet.types.coupons import Deal

PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_EDIT)
def deals(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            wanted = _many(request, who) if request.POST.get("lines") else [_one(request, who)]
            count = wallet.put_coupon_deals(wanted, brand=who.brand.id, by=who.staff.username)
        except BadInput as error:
            errors = _errors(error, many=bool(request.POST.get("lines")))
        else:
            said = ngettext("%(n)s deal is mapped.", "%(n)s deals are mapped.", count)
            messages.success(request, said % {"n": number(count)})
            return redirect("coupon-deals")
    after = (request.GET.get("platform", ""), request.GET.get("after", ""))
    found = wallet.coupon_deals(who.brand.id, after=after, limit=PAGE)
    open_ = [one for one in found if not one.sku]
    given = {
        "lead": _lead(wallet.unmapped_deals(who.brand.id)),
        "open": [_shown(one, who) for one in open_],
        "mapped": [_shown(one, who) for one in found if one.sku],
        "older": f"?platform={found[-1].platform.value}&after={found[-1].deal_id}" if len(found) == PAGE else "",
        "platforms": platform_options(),
        "typed": request.POST,
        "errors": errors,
        "may": who.may(Action.REWARDS_EDIT),
        "currency": who.brand.currency,
    }
    return page(request, who, "coupons/deals", given, status=422 if errors else 200)


def _lead(unmapped: int) -> str:
    if not unmapped:
        return _("Every deal that was met at a till is a product of ours.")
    said = ngettext(
        "%(n)s deal was met at a till and is nobody's product yet: its coupons are refused.",
        "%(n)s deals were met at a till and are nobody's product yet: their coupons are refused.",
        unmapped,
    )
    return said % {"n": number(unmapped)}


def _shown(one: Deal, who: Who) -> dict[str, Any]:
    return {"d": one, "platform": platform_word(one.platform), "value": plain(one.value_minor, who.brand.currency)}


def _one(request: HttpRequest, who: Who) -> Deal:
    typed = Typed(request.POST, who.brand.currency)
    value = typed.amount("value") if typed.text("value") else None
    typed.check()
    return _deal(typed.text("platform"), typed.text("deal_id"), typed.text("sku"), value)


def _deal(platform: str, deal_id: str, sku: str, value: int | None) -> Deal:
    found = platform_of(platform)
    if found is None:
        raise BadValue("platform", platform[:20], _("meituan or douyin"))
    return Deal(found, deal_id, "", sku, value)


def _many(request: HttpRequest, who: Who) -> list[Deal]:
    """Lines of platform, deal, SKU, and what one takes off if not its market price."""
    made = []
    for n, row in enumerate(csv.reader(request.POST["lines"].splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].lower() == "platform":
            continue
        if len(cells) < 3:
            fix = _("Line %(n)s: platform, deal, SKU.") % {"n": n}
            raise BadInput("a line is short", Problem("lines", "bad_value", fix, ",".join(cells)[:80]))
        value = minor_of(cells[3], who.brand.currency, field="lines") if len(cells) > 3 and cells[3] else None
        made.append(_deal(cells[0].lower(), cells[1], cells[2], value))
    return made


def _errors(error: BadInput, *, many: bool) -> dict[str, str]:
    told: dict[str, str] = {}
    for problem in error.problems:
        field = problem.field.rsplit("/", 1)[-1]
        fix = _("This is the SKU of no product.") if problem.code == "unknown_sku" else problem.fix
        name = "lines" if many else {"value_minor": "value"}.get(field, field)
        told.setdefault(name, f"{problem.value}: {fix}" if many and problem.value else fix)
    return told
