"""What we believe a channel shows of every product, beside what we want it to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from datong.access.types import Action
from datong.channels.console.export import line
from datong.channels.console.shell import desk, page
from datong.channels.console.sync import words
from datong.channels.console.sync.one import find
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel.money import Money
from datong.sync import api as sync
from datong.sync.api import ShelfRow

PAGE = 50
MOST_ROWS = 100_000


@require_safe
@desk(Action.CHANNELS_VIEW)
def products(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    found = find(who, code)
    faulty, after = "faulty" in request.GET, request.GET.get("after", "")
    listed = sync.shelf(who.brand.id, found.id, after=after, faulty=faulty, limit=PAGE + 1)
    more = len(listed) > PAGE
    given = {
        "channel": found,
        "rows": [_row(row) for row in listed[:PAGE]],
        "faulty": faulty,
        "faults": sync.figures(who.brand.id)[found.id].faults if found.id in sync.figures(who.brand.id) else 0,
        "older": f"?after={listed[PAGE - 1].theirs.sku}{'&faulty' if faulty else ''}" if more else "",
        "may_edit": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "sync/products", given)


def _row(row: ShelfRow) -> dict[str, Any]:
    price = (row.wanted_minor, row.shown_minor)
    return {
        "row": row,
        "fault": words.FAULT.get(row.theirs.fault, ""),
        "wanted_price": money(row.wanted_minor, row.currency) if row.wanted_minor is not None else "",
        "shown_price": money(row.shown_minor, row.currency) if row.shown_minor is not None and row.currency else "",
        "differs": row.wanted_units != row.shown_units or (None not in price and price[0] != price[1]),
    }


@require_GET
@desk(Action.CHANNELS_VIEW)
def export(request: HttpRequest, who: Who, code: str) -> StreamingHttpResponse:
    """The same as a file."""
    found = find(who, code)
    response = StreamingHttpResponse(
        (line(row) for row in _lines(who, found.id)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="shown-{found.code}.csv"'
    return response


def _lines(who: Who, channel_id: Any) -> Iterator[list[Any]]:
    yield [
        "\ufeff" + _("SKU"), _("Product there"), _("Their id"), _("Units wanted"), _("Units shown"), _("Price wanted"),
        _("Price shown"), _("Currency"), _("Trouble"),
    ]  # fmt: skip
    after, sent = "", 0
    while sent < MOST_ROWS:
        listed = sync.shelf(who.brand.id, channel_id, after=after, limit=200)
        for row in listed:
            theirs = row.theirs
            wanted, shown = (
                Money(minor, row.currency).decimal if minor is not None and row.currency else ""
                for minor in (row.wanted_minor, row.shown_minor)
            )
            ref = "/".join(part for part in (theirs.product_ref, theirs.variant_ref) if part)
            yield [
                theirs.sku, theirs.title, ref, row.wanted_units, row.shown_units, wanted, shown, row.currency,
                theirs.found or row.failed,
            ]  # fmt: skip
        sent += len(listed)
        if len(listed) < 200:
            return
        after = listed[-1].theirs.sku
