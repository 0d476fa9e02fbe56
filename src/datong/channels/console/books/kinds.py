"""What a transfer is for, in the reader's words: every kind that a module posts."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def kind_word(kind: str) -> str:
    """The word of a kind; one that goes back says so; one that a brand posted by hand is as it is called there."""
    known = {**_sales(), **_stored(), **_rights(), **_between()}
    base = kind.removesuffix("_back")
    if kind in known or base == kind:
        return known.get(kind, kind)
    return _("%(kind)s, taken back") % {"kind": known.get(base, base)}


def _sales() -> dict[str, str]:
    return {
        "payment": pgettext("posting", "payment"),
        "merchant_subsidy": pgettext("posting", "subsidy"),
        "goods": pgettext("posting", "goods"),
        "discount": pgettext("posting", "discount"),
        "tax": pgettext("posting", "tax"),
        "packaging": pgettext("posting", "packaging"),
        "delivery": pgettext("posting", "delivery"),
        "commission": pgettext("posting", "commission"),
        "difference": pgettext("posting", "difference"),
        "earned": pgettext("posting", "handed over"),
        "refund": pgettext("posting", "refund"),
        "refunded": pgettext("posting", "refund paid out"),
        "provider_fee": pgettext("posting", "provider's fee"),
        "cash_over": pgettext("posting", "cash over"),
        "cash_short": pgettext("posting", "cash missing"),
        "cash_deposit": pgettext("posting", "cash to the bank"),
        "cash_paid_in": pgettext("posting", "change from the bank"),
        "cash_paid_out": pgettext("posting", "spent from the drawer"),
    }


def _stored() -> dict[str, str]:
    return {
        "tender": pgettext("posting", "how it was paid"),
        "top_up": pgettext("posting", "top-up"),
        "top_up_bonus": pgettext("posting", "bonus of a top-up"),
        "spend": pgettext("posting", "stored value spent"),
        "give_back": pgettext("posting", "given back to what it came from"),
        "pay_out": pgettext("posting", "stored value paid out"),
        "purse_transfer": pgettext("posting", "moved to another card"),
        "purse_replaced": pgettext("posting", "card replaced"),
        "gift_sold": pgettext("posting", "gift card sold"),
        "gift_discount": pgettext("posting", "gift card: discount"),
        "breakage": pgettext("posting", "stored value lapsed"),
        "shortfall": pgettext("posting", "shortfall"),
        "shortfall_collected": pgettext("posting", "shortfall collected"),
        "shortfall_written_off": pgettext("posting", "shortfall written off"),
        "opening": pgettext("posting", "taken over from another system"),
        "packet_given": pgettext("posting", "red packet given"),
        "packet_taken": pgettext("posting", "red packet: share taken"),
        "packet_back": pgettext("posting", "red packet: rest given back"),
    }


def _rights() -> dict[str, str]:
    return {
        "points_earn": pgettext("posting", "points earned"),
        "points_activate": pgettext("posting", "points may be spent"),
        "points_burn": pgettext("posting", "points spent"),
        "points_give_back": pgettext("posting", "points given back"),
        "points_take_back": pgettext("posting", "points taken back"),
        "points_expire": pgettext("posting", "points lapsed"),
        "points_adjust": pgettext("posting", "points changed by hand"),
        "voucher_issue": pgettext("posting", "voucher issued"),
        "voucher_sale": pgettext("posting", "voucher sold"),
        "voucher_redeem": pgettext("posting", "voucher redeemed"),
        "voucher_reverse": pgettext("posting", "redemption undone"),
        "voucher_expire": pgettext("posting", "voucher lapsed"),
        "voucher_void": pgettext("posting", "voucher voided"),
        "voucher_opening": pgettext("posting", "voucher taken over from another system"),
        "group_paid": pgettext("posting", "group buy: paid"),
        "group_back": pgettext("posting", "group buy: given back"),
        "group_done": pgettext("posting", "group buy: complete"),
        "coupon": pgettext("posting", "platform coupon verified"),
        "coupon_discount": pgettext("posting", "platform coupon: worth more than owed"),
        "coupon_sale": pgettext("posting", "platform coupon: sale by itself"),
        "coupon_tax": pgettext("posting", "platform coupon: tax"),
        "coupon_unused": pgettext("posting", "platform coupon: not needed"),
        "coupon_lapsed": pgettext("posting", "platform coupon: unused rest"),
    }


def _between() -> dict[str, str]:
    return {
        "company_money": pgettext("posting", "held for a company"),
        "royalty": pgettext("posting", "royalty"),
        "settlement": pgettext("posting", "settlement"),
        "card_spend": pgettext("posting", "stored value spent at a company"),
        "voucher_spend": pgettext("posting", "voucher taken by a company"),
        "points_paid": pgettext("posting", "points that paid a company's order"),
        "cards_bought": pgettext("posting", "partner cards bought out"),
        "cards_sold": pgettext("posting", "partner cards: the partner's part"),
        "cards_price": pgettext("posting", "partner cards: paid by the customer"),
        "cards_sale": pgettext("posting", "partner cards sold"),
        "cards_cost": pgettext("posting", "partner cards: cost"),
        "cards_commission": pgettext("posting", "partner cards: our commission"),
        "cards_lost": pgettext("posting", "partner cards written off"),
    }
