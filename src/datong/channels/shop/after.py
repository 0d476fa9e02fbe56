"""After the sale (售后), on the page of the order: what comes back, what was asked and answered, and how to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.channels.console.returns.words import STATE as RETURN_STATE
from datong.channels.console.service.words import STATE as CASE_STATE
from datong.channels.console.service.words import reason_name
from datong.channels.console.words import word
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import OrderView
from datong.orders.types import OrderState
from datong.orders.types.returns import ReturnState
from datong.service import api as service
from datong.service.types import CaseFilter, CaseStepKind

SHOWN = 10
WHY = ("late", "wrong_item", "missing_item", "quality", "other")
"""Reasons that a customer chooses from; the brand may have switched some off."""
MAY_KEEP = (ReturnState.REQUESTED, ReturnState.APPROVED)


def after(brand_id: UUID, found: OrderView, typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    """What stands on the page: no name of who works on it, no note among colleagues."""
    titles = {line.line_no: line.title or line.sku for line in found.lines}
    back = orders.returned_units(brand_id, found.id)
    lines = [
        (f"units-{line.line_no}", titles[line.line_no], left, typed.get(f"units-{line.line_no}", ""))
        for line in found.lines
        if (left := line.units - line.withdrawn - back.get(line.line_no, 0)) > 0
    ]
    known = service.reasons(brand_id)
    cases = service.list_cases(brand_id, CaseFilter(live=False, order_id=found.id), limit=SHOWN).cases
    return {
        "returns": [
            {
                "r": each,
                "state": word(RETURN_STATE, each.state),
                "goods": " · ".join(f"{x.units} × {titles[x.line_no]}" for x in each.lines),
                "may_keep": each.state in MAY_KEEP,
            }
            for each in orders.returns_of(brand_id, [found.id])
        ],
        "cases": [
            {
                "c": each,
                "reason": reason_name(known.get(each.reason), each.reason),
                "state": word(CASE_STATE, each.state),
                "said": [
                    (step, step.kind is CaseStepKind.ANSWER)
                    for step in service.get_case(brand_id, each.id).steps
                    if step.shown and step.text
                ],
            }
            for each in cases
        ],
        "lines": lines if found.state == OrderState.COMPLETED else [],
        "ways": [
            ("store", pgettext("way of a return", "at a store")),
            ("parcel", pgettext("way of a return", "by parcel")),
        ],
        "reasons": [(code, reason_name(known[code], code)) for code in WHY if code in known and known[code].active],
        "key": typed.get("key") or uuid7().hex,
        "typed": typed,
        "errors": errors,
        "open": bool(errors),
        "ask": _("Write to us again") if cases else _("Something is wrong with this order"),
    }
