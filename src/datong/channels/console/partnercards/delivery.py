"""A delivery of a partner's cards: its figures and its cards; giving back, spent ones, a new code, stopping."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.partnercards.overview import errors_of
from datong.channels.console.partnercards.words import card_badge, deal_word
from datong.channels.console.partners.common import cursor_of, names, partner_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.merchants import api as merchants
from datong.merchants.types.cards import CardReport, PartnerCardState

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_EDIT)
def delivery(request: HttpRequest, who: Who, batch_id: UUID) -> HttpResponse:
    found = merchants.card_report(who.brand.id, batch_id)
    partner_of(who, found.batch.company_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request, who, batch_id))
            return redirect("partner-cards-delivery", batch_id)
        except (BadInput, Conflict, NotFound) as error:
            errors = errors_of(error)
    end = request.GET.get("end", "").strip()[-4:]
    cards = merchants.partner_cards(who.brand.id, batch_id, end=end, after=cursor_of(request), limit=PAGE)
    given = {
        "r": found,
        "b": found.batch,
        "lead": _lead(found),
        "deal": deal_word(found.batch.deal),
        "firm": names(who).get(found.batch.company_id, ""),
        "cards": [{"c": c, "badge": card_badge(c.state), "sold": c.state is PartnerCardState.SOLD,
                   "back": c.state is PartnerCardState.RETURNED} for c in cards],
        "end": end,
        "older": f"?end={end}&after={cards[-1].id}" if len(cards) == PAGE else "",
        "typed": request.POST,
        "errors": errors,
        "may": who.may(Action.PARTNERS_EDIT),
        "may_sell": who.sees(Action.WALLET_TOP_UP) and found.batch.active and found.stock,
        "left": found.stock + found.returned,
    }  # fmt: skip
    return page(request, who, "partnercards/delivery", given, status=422 if errors else 200)


def _lead(found: CardReport) -> str:
    unit = found.batch.currency
    said = ngettext("%(n)s of %(all)s card is sold.", "%(n)s of %(all)s cards are sold.", found.count)
    lead = said % {"n": number(found.gone), "all": number(found.count)}
    return f"{lead} " + _("Margin: %(sum)s.") % {"sum": money(found.margin_minor, unit)}


def _act(request: HttpRequest, who: Who, batch_id: UUID) -> str:
    """What was done, to be said."""
    do, post = request.POST.get("do", ""), request.POST
    brand, by, reason = who.brand.id, who.staff.username, post.get("reason", "")
    if do in ("refund", "renew"):
        card = _card(who, batch_id, post.get("card_id", ""))
        if do == "refund":
            merchants.refund_card(card, brand=brand, by=by, proof=post.get("proof", ""), reason=reason)
            return _("Taken back: give the buyer the price where it was paid.")
        merchants.renew_card(card, post.get("code", ""), brand=brand, by=by)
        return _("It can be sold again.")
    if do == "spent":
        codes = [line for line in post.get("codes", "").splitlines() if line.strip()]
        marked = merchants.spent_cards(batch_id, codes, brand=brand, by=by)
        return ngettext("%(n)s card is marked as spent.", "%(n)s cards are marked as spent.", marked) % {"n": marked}
    if do == "lost":
        merchants.write_off_cards(batch_id, brand=brand, by=by, reason=reason)
        return _("Written off: what was left will not be sold.")
    merchants.open_cards(batch_id, brand=brand, by=by, active=do == "open")
    return _("Cards of this delivery are sold.") if do == "open" else _("Cards of this delivery are not sold now.")


def _card(who: Who, batch_id: UUID, text: str) -> UUID:
    try:
        card = merchants.partner_card(who.brand.id, UUID(text))
    except ValueError:
        raise NotFound(_("There is no such card.")) from None
    if card.batch_id != batch_id:
        raise NotFound(_("There is no such card."))
    return card.id
