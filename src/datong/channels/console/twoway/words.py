"""The words of the two-way pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.channels.console.words import GOOD, NEUTRAL, NEWS, PROBLEM, WAITING
from datong.sync.types import Platform

Words = Mapping[str, Any]

VERDICT: Words = {
    "agrees": _("agrees"),
    "explained": _("explained"),
    "differs": _("differs"),
    "unread": _("not read to the end yet"),
    "unknown": _("nothing told"),
}
VERDICT_HUE: Words = {
    "agrees": GOOD,
    "explained": GOOD,
    "differs": PROBLEM,
    "unread": WAITING,
    "unknown": NEUTRAL,
}
DIFFERENCE: Words = {
    "missing_here": _("missing here"),
    "missing_there": _("missing there"),
    "amount_differs": _("amount differs"),
    "cancelled_here": _("cancelled here"),
    "cancelled_there": _("cancelled there"),
    "paid_later": _("not paid there yet"),
    "other_day": _("on another day"),
    "total_differs": _("totals differ"),
}
DIFFERENCE_MEANS: Words = {
    "missing_here": _("The channel has it, we have not taken it. Take it now."),
    "missing_there": _("We have it, the channel’s list does not show it: deleted there, or it never was theirs. Ask."),
    "amount_differs": _("Both have it at different amounts: refunded or changed on one side after it was taken."),
    "cancelled_here": _("Cancelled by us and still alive there. Tell the channel, or accept."),
    "cancelled_there": _("Cancelled there and still alive here. The next reading hands it to the inbox."),
    "paid_later": _("The channel counts it once it is paid; we count it already."),
    "other_day": _("Both have it, on neighboring days: the clocks or the time zones differ."),
    "total_differs": _("Only totals were told for this day, so nothing says which order it is."),
}
DIFFERENCE_STATE: Words = {
    "open": pgettext_lazy("difference", "open"),
    "asked": _("asked"),
    "accepted": _("accepted"),
}
STATE_HUE: Words = {"open": PROBLEM, "asked": WAITING, "accepted": GOOD}
FIELD: Words = {
    "title": pgettext_lazy("field", "Title"),
    "description": pgettext_lazy("field", "Description"),
    "price": _("Price"),
    "stock": pgettext_lazy("field", "Stock"),
}
MASTER: Words = {
    "nobody": pgettext_lazy("master", "nobody: each keeps its own"),
    "datong": _("Datong"),
    "channel": pgettext_lazy("master", "the channel"),
    "erp": _("the ERP"),
}
FIELD_STATE: Words = {
    "pushed": _("ours was sent there"),
    "taken": _("theirs was taken over"),
    "differs": _("differs"),
    "stopped": _("stopped: changed back three times"),
    "conflict": _("conflict: another channel leads it too and says something else"),
}
FIELD_HUE: Words = {"pushed": NEWS, "taken": NEWS, "differs": WAITING, "stopped": PROBLEM, "conflict": PROBLEM}
LEVEL: Words = {"blocking": _("blocks"), "warning": _("look at it"), "fine": _("fits")}
LEVEL_HUE: Words = {"blocking": PROBLEM, "warning": WAITING, "fine": GOOD}
AREA: Words = {
    "way": _("The way there"),
    "version": _("Version"),
    "fields": _("Fields"),
    "currency": _("Currency"),
    "tax": _("Tax"),
    "places": _("Stores and places"),
    "products": _("Products"),
}
FEED: Words = {
    "items": _("goods in"),
    "stock": _("stock in"),
    "prices": _("prices in"),
    "orders": _("orders out"),
    "settlement": _("settlement out"),
    "": _("unknown"),
}
FILE_STATE: Words = {"taken": _("taken"), "partly": _("taken in part"), "failed": _("not readable")}
FILE_HUE: Words = {"taken": GOOD, "partly": WAITING, "failed": PROBLEM}
ERP_TITLE: Words = {"sap": "SAP", "haiding": _("Haiding (HD)"), "odoo": "Odoo"}
PLATFORM: Words = {
    Platform.SHOPIFY: "Shopify",
    Platform.WOOCOMMERCE: "WooCommerce",
    Platform.MARKETPLACE: _("Marketplace"),
    Platform.WECHAT_SHOP: _("WeChat Shop"),
}

MISMATCH: Words = {
    "no_door": (_("No door for its orders."), _("Open an address for its orders.")),
    "no_link": (_("No way out: nothing can be asked or told."), _("Connect the channel with its address and key.")),
    "answers": (_("It answers, and accepts our key."), ""),
    "unavailable": (_("It does not answer."), _("Check its address, then check again.")),
    "not_allowed": (_("It does not accept our key."), _("Give a key that may read orders and products.")),
    "no_listing": (
        _("Its mapping does not say how orders are listed, so a lost message cannot be found."),
        _("Add a [listing] section to the mapping, or upload daily totals."),
    ),
    "unknown_version": (
        _("The API version is not one of the platform’s."),
        _("Set api_version to a quarter, such as 2026-07."),
    ),
    "version_ended": (_("The API version has ended."), _("Set api_version to a newer quarter and check again.")),
    "version_ends": (
        _("The API version ends within three months."),
        _("Set api_version to a newer quarter and check again."),
    ),
    "version": (_("The version fits."), ""),
    "other_version": (
        _("The mapping was not written for this version."),
        _("Try it dry, then name the version in the mapping."),
    ),
    "unknown_choice": (
        _("The mapping translates options to codes none of our products has."),
        _("Correct the codes in the mapping’s options, or give the products these choices."),
    ),
    "choices": (_("Every option the mapping names is a choice of ours."), ""),
    "other_currency": (_("Orders come in another currency."), _("Let the shop sell in the brand’s currency.")),
    "currency": (_("Both sides count in the same currency."), ""),
    "unknown_store": (_("A store is named that we do not have."), _("Correct the code, or open the store.")),
    "no_location": (
        _("Stores without a location of theirs: their stock is not shown."),
        _("Name their location in the connection."),
    ),
    "places": (_("Every store code that is named is known."), ""),
    "no_rate": (
        _("Products have tax classes without a rate."),
        _("Add a rate for each, or correct the products’ tax class."),
    ),
    "tax": (_("Every tax class of our products is covered."), ""),
    "reused": (
        _("A product id there was used again for another product; nothing is sent for it."),
        _("Say which product it is now, then read the products again."),
    ),
    "no_sku": (
        _("Some of their products have no SKU: an order of them cannot be read."),
        _("Give each the number under which we sell it."),
    ),
    "no_price": (_("Some of their products show no price."), _("Give them one there, or take them off sale.")),
    "doubled": (
        _("Several of their products carry the same SKU."),
        _("Keep it at one of them: stock cannot be told to two."),
    ),
    "no_overlap": (
        _("None of their SKUs is one of ours."),
        _("Import their products first, or correct the SKUs there."),
    ),
    "unknown_sku": (_("Some SKUs are not in our catalog."), _("Import them, or correct the SKUs there.")),
    "skus": (_("All of their SKUs are ours."), ""),
    "unlisted": (_("Some of our products are not listed there."), ""),
    "folder": (_("The exchange folder is there."), ""),
    "no_folder": (_("The exchange folder lacks a part."), _("Make it, and let the worker write there.")),
    "no_setting": (_("Settings for what goes out are missing."), _("Set each to the record’s id in the ERP.")),
    "nothing": (
        _("Nothing is waiting to be read, so the rows could not be tried."),
        _("Put a file into the folder and check again."),
    ),
    "rows": (_("The rows that wait can be taken."), ""),
    "rows_none": (
        _("No row of a file that waits can be taken."),
        _("Correct the file or the mapping, then check again."),
    ),
    "rows_partly": (
        _("Some rows of a file that waits cannot be taken."),
        _("The others are taken; these are listed to be corrected."),
    ),
}
"""Of each mismatch: what it is, and its fix."""
