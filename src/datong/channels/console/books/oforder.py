"""What the ledger holds about one order, in the words of the chart of accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.channels.console.books.common import name_of
from datong.channels.console.books.kinds import kind_word
from datong.ledger import api as ledger
from datong.ledger.types import Account, Chart


def postings_of(brand_id: UUID, order_id: UUID) -> list[dict[str, Any]]:
    """Its transfers, oldest first: what for, from which account to which, and the amount."""
    found = ledger.transfers_of(brand_id, [order_id])
    chart = ledger.chart_on(brand_id) if found else None
    return [
        {
            "id": row.transfer.id,
            "word": kind_word(row.transfer.kind),
            "debit": _side(chart, row.transfer.debit),
            "credit": _side(chart, row.transfer.credit),
            "amount": row.transfer.amount_minor,
            "currency": row.transfer.debit.currency,
        }
        for row in found
        if chart
    ]


def _side(chart: Chart, account: Account) -> dict[str, str]:
    """The line of the chart, the account's own code under it."""
    line = ledger.line_of(chart, account.code)
    return {"name": f"{line.number} {name_of(line)}" if line else account.code, "code": account.code if line else ""}
