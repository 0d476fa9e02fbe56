"""The rail: the layers of the house in the user's words. Only what exists, and only what this person may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.access.types import Action


@dataclass(frozen=True, slots=True)
class Link:
    """`current` is where the reader is; `section` the heading the link stands under, '' for none."""

    text: str
    href: str
    icon: str
    needs: Action
    section: str = ""
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Links that fold away under one heading; `count`: how many things wait behind it. `key` names it in a cookie."""

    key: str
    text: str
    links: tuple[Link, ...]
    open: bool

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)

    @property
    def count(self) -> int:
        return sum(link.count for link in self.links)


COOKIE = "rail"
"""The browser's list of sections that somebody opened, by their keys with dots between; written by `ui.js`."""


def _all() -> Sequence[Link]:
    prices, stock = pgettext("section", "Prices"), pgettext("section", "Stock")
    channels = pgettext("section", "Channels")
    opening = pgettext("section", "Opening")
    brand, people = pgettext("section", "Brand"), pgettext("section", "People")
    books = pgettext("section", "Books")
    return (
        Link(_("Orders"), reverse("board"), "receipt-text", Action.ORDERS_VIEW),
        Link(_("Store screen"), reverse("store-screen"), "concierge-bell", Action.ORDERS_ACT),
        Link(_("Customers"), reverse("customers"), "user-round", Action.CUSTOMERS_VIEW),
        Link(_("Inbox"), reverse("inbox"), "inbox", Action.INBOX_VIEW),
        Link(_("Products"), reverse("goods"), "package", Action.CATALOG_VIEW),
        Link(_("Returns"), reverse("returns"), "undo-2", Action.ORDERS_ACT),
        Link(_("Service desk"), reverse("desk"), "headset", Action.SERVICE_DESK),
        Link(_("Service"), reverse("service"), "life-buoy", Action.SERVICE_VIEW),
        Link(_("Delivery"), reverse("delivery"), "bike", Action.DELIVERY_VIEW),
        Link(_("Voices"), reverse("voices"), "message-square-quote", Action.VOICES_VIEW),
        Link(_("Redeem a voucher"), reverse("voucher-redeem"), "ticket-check", Action.VOUCHERS_REDEEM),
        Link(_("Verify a coupon"), reverse("coupon-verify"), "scan-line", Action.VOUCHERS_REDEEM),
        Link(_("Approvals"), reverse("approvals"), "stamp", Action.APPROVALS_VIEW),
        Link(_("Sold out"), reverse("sold-out"), "circle-off", Action.STOCK_VIEW, stock),
        Link(_("Stock and counts"), reverse("stock"), "boxes", Action.STOCK_VIEW, stock),
        Link(_("Purchasing"), reverse("purchasing"), "shopping-cart", Action.PURCHASING_VIEW, stock),
        Link(_("Suppliers"), reverse("suppliers"), "factory", Action.SUPPLIERS_VIEW, stock),
        Link(_("Price table"), reverse("prices"), "tags", Action.CATALOG_VIEW, prices),
        Link(_("Promotions"), reverse("promotions"), "percent", Action.CATALOG_VIEW, prices),
        Link(_("Points and vouchers"), reverse("rewards"), "ticket-percent", Action.REWARDS_VIEW, prices),
        Link(_("Buying together"), reverse("groups"), "users-round", Action.REWARDS_VIEW, prices),
        Link(_("Red packets"), reverse("packets"), "mail-open", Action.REWARDS_VIEW, prices),
        Link(_("Platform coupons"), reverse("coupons"), "tickets", Action.REWARDS_VIEW, prices),
        Link(_("Decision tables"), reverse("decision-tables"), "table-2", Action.CATALOG_VIEW, prices),
        Link(_("All channels"), reverse("channels"), "waypoints", Action.CHANNELS_VIEW, channels),
        Link(_("QR codes and entries"), reverse("entries"), "qr-code", Action.ENTRIES_VIEW, channels),
        Link(_("Online and offline"), reverse("flows"), "repeat", Action.ENTRIES_VIEW, channels),
        Link(_("Back to the channels"), reverse("sync"), "arrow-left-right", Action.CHANNELS_VIEW, channels),
        Link(_("Reconciliation"), reverse("reconciliation"), "scale", Action.CHANNELS_VIEW, channels),
        Link(_("Coupon platforms"), reverse("coupon-platforms"), "plug", Action.CHANNELS_VIEW, channels),
        Link(_("Payment providers"), reverse("payment-providers"), "credit-card", Action.CHANNELS_VIEW, channels),
        Link(_("Products both ways"), reverse("sync-fields"), "git-compare", Action.CHANNELS_VIEW, channels),
        Link(_("ERP"), reverse("erp"), "database", Action.CHANNELS_VIEW, channels),
        Link(_("Readiness"), reverse("readiness"), "list-checks", Action.CHANNELS_VIEW, opening),
        Link(_("Imports"), reverse("imports"), "file-up", Action.IMPORTS_VIEW, opening),
        Link(_("Beside your systems"), reverse("shadow"), "scan-eye", Action.SHADOW_VIEW, opening),
        Link(_("Books"), reverse("books"), "landmark", Action.MONEY_VIEW, books),
        Link(_("Tax invoices"), reverse("invoices"), "receipt-text", Action.MONEY_VIEW, books),
        Link(_("Stored value"), reverse("stored-value"), "wallet-cards", Action.WALLET_VIEW, books),
        Link(_("Partner companies"), reverse("partners"), "handshake", Action.PARTNERS_VIEW, books),
        Link(_("Partners' cards"), reverse("partner-cards"), "gift", Action.PARTNERS_VIEW, books),
        Link(_("Sales credit"), reverse("credit"), "medal", Action.CREDIT_VIEW, books),
        Link(_("Day close"), reverse("store-days"), "calendar-check", Action.DAY_VIEW, books),
        Link(_("Stores"), reverse("stores"), "store", Action.STORES_VIEW, brand),
        Link(_("Tills"), reverse("tills"), "calculator", Action.TILLS_MANAGE, brand),
        Link(_("Ticket printers"), reverse("printers"), "printer", Action.STORES_VIEW, brand),
        Link(_("Regions"), reverse("regions"), "network", Action.REGIONS_VIEW, brand),
        Link(_("Sourcing rules"), reverse("sourcing"), "route", Action.SOURCING_VIEW, brand),
        Link(_("Staff"), reverse("staff"), "users", Action.STAFF_VIEW, people),
        Link(_("Limits and rules"), reverse("policy"), "shield-check", Action.POLICY_VIEW, people),
        Link(_("Audit trail"), reverse("audit"), "scroll-text", Action.AUDIT_VIEW, people),
    )


def rail(request: HttpRequest, sees: Callable[[Action], bool], counts: Mapping[str, int] | None = None) -> list[Link]:
    """Every link this person may follow; `counts`: address -> how many things wait for them there."""
    return [
        replace(link, current=_here(request, link), count=(counts or {}).get(link.href, 0))
        for link in _all()
        if sees(link.needs)
    ]


def folded(request: HttpRequest, links: Sequence[Link]) -> list[Link | Section]:
    """The links in their sections, which are open where the reader is or where they opened them.

    A section of a single link is that link: nothing to fold. One with nothing to see is not there.
    """
    opened = request.COOKIES.get(COOKIE, "")[:200].split(".")
    found: list[Link | Section] = []
    for name, group in groupby(links, key=lambda link: link.section):
        inside = tuple(group)
        if not name or len(inside) == 1:
            found += inside
            continue
        key = inside[0].href.strip("/").replace("/", "-")
        found.append(Section(key, name, inside, key in opened or any(link.current for link in inside)))
    return found


def _here(request: HttpRequest, link: Link) -> bool:
    home = reverse("board")
    if link.href == home:
        return request.path == home or request.path.startswith("/orders/")
    if link.href == reverse("goods") and request.path.startswith(reverse("products")):
        return True
    if link.href == reverse("sync") and request.path.startswith(reverse("sync-fields")):
        return False
    return request.path.startswith(link.href)
