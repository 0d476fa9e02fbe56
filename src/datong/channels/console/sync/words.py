"""What goes back to the channels, in the user's words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.sync.api import Figures
from datong.sync.types import Kind, Link, Platform

PLATFORM = {
    Platform.SHOPIFY: "Shopify",
    Platform.WOOCOMMERCE: "WooCommerce",
    Platform.MARKETPLACE: _("mapped marketplace"),
    Platform.WECHAT_SHOP: _("WeChat Shop"),
}
KIND = {
    Kind.STOCK: pgettext_lazy("message to a channel", "stock"),
    Kind.PRICE: pgettext_lazy("message to a channel", "price"),
    Kind.TEXT: pgettext_lazy("message to a channel", "title and description"),
    Kind.ACCEPTED: pgettext_lazy("message to a channel", "accepted"),
    Kind.READY: pgettext_lazy("message to a channel", "ready"),
    Kind.SHIPPED: pgettext_lazy("message to a channel", "shipped"),
    Kind.DELIVERED: pgettext_lazy("message to a channel", "delivered"),
    Kind.CANCELLED: pgettext_lazy("message to a channel", "cancelled"),
    Kind.REFUNDED: pgettext_lazy("message to a channel", "refunded"),
}
STATE = {
    "waiting": (pgettext_lazy("message", "waiting"), "waiting"),
    "sent": (pgettext_lazy("message", "confirmed"), "good"),
    "failed": (pgettext_lazy("message", "failed"), "problem"),
    "skipped": (pgettext_lazy("message", "not needed"), "neutral"),
}
FAULT = {
    "reused": _("their id is another product now"),
    "doubled": _("two products carry this SKU"),
    "gone": _("not listed any more"),
}


MENDS = {
    "reused": ("", _("Their product id is another product now. If that is right, say so under “What it shows”.")),
    "doubled": ("", _("Two of their products carry this SKU: give each its own, then read its products again.")),
    "gone": ("", _("It is not listed there any more: list it again, or leave it out.")),
    "not_mapped": (_("It has no counterpart there."), _("Read its products again.")),
    "no_place": (
        _("The channel has no place for this store."),
        _("Map this store to one of their locations, or let it serve this channel again."),
    ),
    "no_price": (_("It has no price there."), _("Give the product a price in the channel’s currency.")),
    "not_counted": (
        _("No store has ever counted it, so nobody knows how many may be sold."),
        _("Count it at a store, or import its opening stock; until then the channel keeps its own figure."),
    ),
}
"""What we found wrong ourselves, and what to do; what a platform says stands in its own words."""


def condition(link: Link, now: Figures) -> tuple[object, str]:
    """(word, status) of a channel: the worst first."""
    if link.paused_at:
        return _("paused"), "neutral"
    if link.failures >= 5:
        return _("does not answer"), "problem"
    if now.failed or now.faults:
        return _("needs a hand"), "waiting"
    return _("goes well"), "good"


def seconds(ms: int | None) -> str:
    """A lag as people read it: '0.8 s', '2 min'; '' when nothing was measured."""
    if ms is None:
        return ""
    if ms < 60_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms // 60_000} min"
