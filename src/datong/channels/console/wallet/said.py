"""Words of stored value, and what went wrong in them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from datong.kernel.errors import DatongError
from datong.wallet.types.stored import PurseKind, PurseState


def state_badge(state: PurseState) -> tuple[str, str]:
    """(word, hue) of a purse's state."""
    return {
        PurseState.ACTIVE: (_("in use"), "good"),
        PurseState.FROZEN: (_("frozen"), "waiting"),
        PurseState.REPLACED: (_("replaced"), "neutral"),
        PurseState.EXPIRED: (_("expired"), "neutral"),
    }[state]


def kind_word(kind: PurseKind) -> str:
    return {
        PurseKind.PREPAID: _("customers' purses"),
        PurseKind.GIFT: _("gift cards"),
        PurseKind.PARTNER: _("partners' cards"),
    }[kind]


def fault(error: DatongError) -> str:
    """What to do about a refusal, in the reader's language where there is a word for it."""
    code = error.problems[0].code if error.problems else ""
    known = {
        "insufficient_balance": _("There is not that much on it."),
        "limit": _("The place allows no more on one card."),
        "purse_frozen": _("This card is frozen."),
        "purse_replaced": _("This card was replaced by another one."),
        "purse_expired": _("This card has expired."),
        "purse_held": _("A payment holds money of this card. Wait until it is taken or given back."),
        "check_digit": _("A character of this code is wrong. Type it as it is printed."),
        "gift_unknown": _("No card has this code."),
        "gift_other_brand": _("This card is another brand's."),
        "unlicensed": _("A card of another brand needs a licensed issuer in this place."),
        "key_used": _("This was sent before with other values. Open the page anew."),
    }.get(code)
    if known:
        return known
    if error.problems:
        return _("Please give %(fix)s.") % {"fix": error.problems[0].fix}
    return str(error)
