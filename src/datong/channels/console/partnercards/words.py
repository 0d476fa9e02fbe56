"""Words of partners' cards, and what went wrong in them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.channels.console.wallet.said import fault as money_fault
from datong.kernel.errors import DatongError
from datong.merchants.types.cards import CardDeal, PartnerCardState


def deal_word(deal: CardDeal) -> str:
    return {CardDeal.BUYOUT: _("bought out"), CardDeal.COMMISSION: _("for commission")}[deal]


def card_badge(state: PartnerCardState) -> tuple[str, str]:
    return {
        PartnerCardState.STOCK: (pgettext("card", "not sold"), "neutral"),
        PartnerCardState.SOLD: (pgettext("card", "sold"), "good"),
        PartnerCardState.SPENT: (pgettext("card", "spent"), "information"),
        PartnerCardState.RETURNED: (pgettext("card", "came back"), "waiting"),
        PartnerCardState.LOST: (pgettext("card", "ended"), "neutral"),
    }[state]


def fault(error: DatongError) -> str:
    """What to do about a refusal, in the reader's language where there is a word for it."""
    code = error.problems[0].code if error.problems else ""
    known = {
        "none_left": _("There are not that many cards of this delivery left."),
        "not_on_sale": _("Cards of this delivery are not sold now."),
        "not_sold": _("This card is not with a customer."),
        "spent": _("The partner says that this card was spent: its money does not go back."),
        "too_late": _("The time in which this card could be given back is over."),
        "used_codes": _("Some of these codes came with another delivery."),
        "their_store": _("Partner's cards are sold at the brand's own stores: choose one of them."),
        "twice": _("Each code stands there once."),
    }.get(code)
    return known or money_fault(error)
