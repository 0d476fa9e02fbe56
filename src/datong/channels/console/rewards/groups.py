"""Buying together (拼团): what is bought together, the groups and how they stand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.rewards.typed import Typed, errors_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.groups import GroupDeal, GroupState


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_EDIT)
def groups(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _put(request, who)
        except BadInput as error:
            errors = errors_of(error)
        else:
            messages.success(request, _("It is saved. Groups that are open keep their people, time and price."))
            return redirect("groups")
    found, following = wallet.groups(who.brand.id, cursor=request.GET.get("cursor", ""))
    open_ = sum(group.state is GroupState.OPEN for group in found)
    said = ngettext("%(n)s group waits for people.", "%(n)s groups wait for people.", open_) % {"n": number(open_)}
    badges = {GroupState.OPEN: (_("open"), "waiting"), GroupState.DONE: (_("complete"), "good"),
              GroupState.FAILED: (_("money went back"), "neutral")}  # fmt: skip
    given = {
        "lead": said,
        "deals": wallet.group_deals(who.brand.id),
        "groups": [{"g": group, "badge": badges[group.state]} for group in found],
        "offers": [(offer.code, offer.name) for offer in wallet.offers(who.brand.id) if offer.active],
        "older": f"?cursor={following}" if following else "",
        "typed": request.POST,
        "errors": errors,
        "key": request.POST.get("key") or str(uuid7()),
        "currency": who.brand.currency,
        "may": who.may(Action.REWARDS_EDIT),
    }
    return page(request, who, "rewards/groups", given, status=422 if errors else 200)


def _put(request: HttpRequest, who: Who) -> None:
    typed = Typed(request.POST, who.brand.currency)
    brand, by = who.brand.id, who.staff.username
    if stop := typed.text("stop"):
        deal = wallet.group_deal(brand, _uuid(stop))
        ended = GroupDeal(deal.id, deal.offer, deal.title, deal.people, deal.hours, deal.price_minor, active=False)
        wallet.put_group_deal(ended, brand=brand, by=by)
        return
    people, hours, price = typed.whole("people", least=2), typed.whole("hours", least=1), typed.amount("price_minor")
    typed.check()
    deal = GroupDeal(_uuid(typed.text("key")), typed.text("offer"), typed.text("title"), people, hours, price)
    try:
        wallet.put_group_deal(deal, brand=brand, by=by)
    except NotFound:
        raise BadValue("offer", typed.text("offer")[:40], _("Choose a voucher.")) from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue("title", text[:40], _("Open the page anew.")) from None
