"""Words of service."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from datong.channels.console import words
from datong.service.types import CaseState, CaseStepKind, Outcome, Phase, Reason

STATE: words.Words = {
    CaseState.OPEN: pgettext_lazy("case", "open"),
    CaseState.WAITING: pgettext_lazy("case", "waiting"),
    CaseState.DONE: pgettext_lazy("case", "done"),
}
STATE_HUE = {CaseState.OPEN: words.NEWS, CaseState.WAITING: words.WAITING, CaseState.DONE: words.GOOD}
PHASE: words.Words = {
    Phase.BEFORE: _("before the sale"),
    Phase.DURING: _("during the sale"),
    Phase.AFTER: _("after the sale"),
}
OUTCOME: words.Words = {
    Outcome.SOLVED: pgettext_lazy("case", "solved"),
    Outcome.COMPENSATED: pgettext_lazy("case", "compensated"),
    Outcome.DECLINED: pgettext_lazy("case", "declined"),
    Outcome.WITHDRAWN: pgettext_lazy("case", "withdrawn by the customer"),
}
STEP: words.Words = {
    CaseStepKind.OPENED: pgettext_lazy("step of a case", "Opened"),
    CaseStepKind.NOTE: pgettext_lazy("step of a case", "Note"),
    CaseStepKind.ANSWER: pgettext_lazy("step of a case", "Told the customer"),
    CaseStepKind.SAID: pgettext_lazy("step of a case", "The customer said"),
    CaseStepKind.ASSIGNED: pgettext_lazy("step of a case", "Given to"),
    CaseStepKind.STATE: pgettext_lazy("step of a case", "State"),
    CaseStepKind.COMPENSATION: pgettext_lazy("step of a case", "Compensation"),
    CaseStepKind.ACTION: pgettext_lazy("step of a case", "Done"),
}
REASON: words.Words = {
    "question": _("Question"),
    "late": pgettext_lazy("reason", "Late"),
    "change": _("Change an order"),
    "cancel": _("Cancel an order"),
    "wrong_item": _("Wrong product"),
    "missing_item": _("Something is missing"),
    "quality": _("Quality"),
    "return": _("Return"),
    "refund": _("Refund"),
    "complaint": _("Complaint"),
    "partner": _("Partner’s question"),
    "other": pgettext_lazy("reason", "Other"),
}
DIFFERS: words.Words = {
    "answer": _("answer time"),
    "closing": _("time to the end"),
    "outcome": _("outcome"),
    "compensation": _("compensation"),
}


def reason_name(reason: Reason | None, code: str) -> Any:
    """The brand's own name of a reason, else the built-in word."""
    return (reason.name if reason else "") or REASON.get(code, code)


def span(minutes: int | None) -> str:
    """'35 min', '4 h', '3 d'; '–' for nothing."""
    if minutes is None:
        return "–"
    if minutes < 120:
        return pgettext("span", "%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return pgettext("span", "%(n)s h") % {"n": round(minutes / 60)}
    return pgettext("span", "%(n)s d") % {"n": round(minutes / 60 / 24)}
