"""Points and vouchers at a glance: the programmes with their tiers, and the offers with what is out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.channels.templatetags.design import money
from datong.wallet import api as wallet
from datong.wallet.types import Good, Offer


@require_safe
@desk(Action.REWARDS_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    brand = who.brand.id
    counts = wallet.voucher_counts(brand)
    programmes = []
    for found in wallet.programmes(brand):
        plan, people = wallet.tier_plan(brand, found.id), wallet.count_tiers(brand, found.id)
        tiers = [(tier, people.get(tier.code, 0)) for tier in plan.tiers]
        rules = sum(rule.active for rule in wallet.earning_rules(brand, found.id))
        programmes.append({"p": found, "tiers": tiers, "rules": rules})
    out = sum(active for active, _redeemed, _gone in counts.values())
    offers = [
        {"o": found, "said": said_of(found, who.brand.currency), "counts": counts.get(found.code, (0, 0, 0))}
        for found in wallet.offers(brand)
    ]
    given = {
        "lead": ngettext("%(n)s voucher can be redeemed.", "%(n)s vouchers can be redeemed.", out) % {"n": number(out)},
        "programmes": programmes,
        "offers": offers,
        "may": who.may(Action.REWARDS_EDIT),
        "currency": who.brand.currency,
    }
    return page(request, who, "rewards/overview", given)


def said_of(found: Offer, currency: str) -> str:
    """What an offer is good for, in a few words."""
    if found.good is Good.PERCENT:
        return _("%(percent)s%% off") % {"percent": found.percent}
    worth = {"money": money(found.amount_minor, currency), "sku": found.sku}
    return _("%(sku)s, worth %(money)s") % worth if found.good is Good.ITEM else _("%(money)s off") % worth
