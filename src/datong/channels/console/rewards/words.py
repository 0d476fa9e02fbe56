"""The console's words for points, tiers and vouchers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.channels.console.words import GOOD, NEUTRAL, NEWS, Words
from datong.wallet.types import ActKind, Basis, Good, RuleKind, VoucherState, Why

ACT: Words = {
    ActKind.EARN: _("Earned"),
    ActKind.ACTIVATE: _("May be spent"),
    ActKind.BURN: _("Spent"),
    ActKind.GIVE_BACK: _("Came back"),
    ActKind.TAKE_BACK: _("Taken back"),
    ActKind.EXPIRE: _("Expired"),
    ActKind.ADJUST: _("Corrected"),
}
RULE: Words = {
    RuleKind.MONEY: _("For money spent"),
    RuleKind.TIMES: _("Multiplies"),
    RuleKind.ORDER: _("Once for an order"),
    RuleKind.EVENT: _("For an event"),
}
BASIS: Words = {Basis.SPEND: _("What was spent"), Basis.POINTS: _("Points earned")}
GOOD_FOR: Words = {Good.MONEY: _("Money off"), Good.PERCENT: _("A percentage off"), Good.ITEM: _("A product")}
STATE: Words = {
    VoucherState.ACTIVE: pgettext_lazy("voucher", "can be redeemed"),
    VoucherState.REDEEMED: pgettext_lazy("voucher", "redeemed"),
    VoucherState.EXPIRED: pgettext_lazy("voucher", "expired"),
    VoucherState.VOID: pgettext_lazy("voucher", "taken back"),
}
STATE_HUE = {
    VoucherState.ACTIVE: GOOD,
    VoucherState.REDEEMED: NEWS,
    VoucherState.EXPIRED: NEUTRAL,
    VoucherState.VOID: NEUTRAL,
}
REFUSED: Words = {
    Why.UNKNOWN: _("No voucher has this code."),
    Why.MISTYPED: _("A character of this code is wrong. Type it as it is printed, or scan it."),
    Why.OTHER_BRAND: _("This is a voucher of another brand."),
    Why.USED: _("This voucher was redeemed already."),
    Why.EXPIRED: _("This voucher has expired."),
    Why.NOT_YET: _("This voucher cannot be redeemed yet."),
    Why.VOID: _("This voucher was taken back."),
    Why.OTHER_STORE: _("This voucher cannot be redeemed at this store."),
    Why.OTHER_CHANNEL: _("This voucher cannot be redeemed through this channel."),
    Why.TOO_LITTLE: _("The basket does not come to what this voucher needs. Type its total."),
    Why.CONDITION: _("The basket does not fulfil what this voucher asks for."),
}
