"""The board as a CSV file: the same filters, row by row, so that a long one needs no memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from datong.access.types import Action
from datong.channels.console.board import Names, callers, filter_of, row_of
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.kernel.money import Money
from datong.orders import api as orders
from datong.orders.api import BoardFilter

PAGE = 500
MOST_ROWS = 100_000


@require_GET
@desk(Action.ORDERS_VIEW)
def board_csv(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    names = Names.of(who)
    wanted = replace(filter_of(request.GET, who, names), before=None, after=None, limit=PAGE)
    header = [
        _("Order"), _("Number at the channel"), _("Channel"), _("State"), _("Exceptions"), _("Customer"), _("Store"),
        _("How"), _("Payment"), _("Placed"), _("Promised"), _("Units"), _("Total"), _("Currency"),
    ]  # fmt: skip
    response = StreamingHttpResponse(
        (line([*row]) for row in _rows(header, who, wanted, names)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="orders-{who.brand.slug}.csv"'
    return response


def _rows(header: list[str], who: Who, wanted: BoardFilter, names: Names) -> Iterator[list[Any]]:
    # Spreadsheets take a file without this mark for an old code page and spoil every Chinese name.
    yield ["\ufeff" + header[0], *header[1:]]
    sent = 0
    while sent < MOST_ROWS:
        found = orders.board(who.brand.id, wanted)
        called = callers(who, found.rows)
        for row in found.rows:
            said = row_of(row, names, called)
            yield [
                row.number, row.external_id, said["channel"], said["state"], row.exceptions, said["customer"],
                said["store"].name if said["store"] else "", said["fulfilment"], said["payment"],
                row.placed_at.isoformat(), row.promised_at.isoformat() if row.promised_at else "", row.units,
                Money(row.total_minor, row.currency).decimal, row.currency,
            ]  # fmt: skip
        sent += len(found.rows)
        if not found.more:
            return
        wanted = replace(wanted, before=found.rows[-1].id)


def line(values: list[Any]) -> str:
    """One CSV line. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = StringIO()
    csv.writer(out).writerow(["'" + v if isinstance(v, str) and v[:1] in "=+-@\t\r" and v else v for v in values])
    return out.getvalue()
