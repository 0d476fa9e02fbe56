"""All customers compared with all: when, what came of it, from which weight on what is done, and by source."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.kernel.errors import BadInput
from datong.matching import api as matching
from datong.matching.types import Run, Step

SHOWN = 20
STEP: words.Words = {
    Step.WAITING: gettext_lazy("waits for its turn"),
    Step.READING: gettext_lazy("reads the records"),
    Step.WEIGHING: gettext_lazy("weighs the pairs"),
    Step.WRITING: gettext_lazy("writes down"),
    Step.DONE: gettext_lazy("done"),
    Step.FAILED: gettext_lazy("failed"),
}
HUE = {Step.DONE: "good", Step.FAILED: "problem"}


@require_safe
@desk(Action.CUSTOMERS_MERGE)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """The latest comparisons, what they may do, and how far the sources are one."""
    runs = [_row(run) for run in matching.list_runs(who.brand.id, limit=SHOWN)]
    names = Names.of(who)
    sources = customers.sources_of(who.brand.id)
    given = {
        "runs": runs,
        "now": runs[0] if runs and runs[0]["open"] else None,
        "setting": matching.setting_of(who.brand.id),
        "shown": matching.shown_precision(who.brand.id),
        "waiting": customers.count_proposals(who.brand.id),
        "sources": [{"channel": names.channels.get(one.channel_id), "it": one} for one in sources],
        "apart": sum(one.alone for one in sources),
        "may_set": who.may(Action.POLICY_EDIT),
    }
    return page(request, who, "identity/all", given)


@require_POST
@desk(Action.CUSTOMERS_MERGE)
def run(request: HttpRequest, who: Who) -> HttpResponse:
    """Compare all now."""
    matching.ask_run(brand=who.brand.id, by=who.staff.username)
    messages.success(request, _("All customers are being compared. You can leave this page."))
    return redirect("same-all")


@require_safe
@desk(Action.CUSTOMERS_MERGE)
def now(request: HttpRequest, who: Who) -> HttpResponse:
    """How far it is; the whole page once it is done."""
    runs = matching.list_runs(who.brand.id, limit=1)
    if not runs or runs[0].ended_at:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "console/identity/_now.html", {"now": _row(runs[0])})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CUSTOMERS_MERGE, write=Action.POLICY_EDIT)
def rule(request: HttpRequest, who: Who) -> HttpResponse:
    """From which weight on a pair is shown, and from which it may be merged without asking."""
    was = matching.setting_of(who.brand.id)
    typed: dict[str, Any] = {
        "merges": was.merges,
        "nightly": was.nightly,
        "auto": f"{was.auto:g}",
        "review": f"{was.review:g}",
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("merges", "nightly", "auto", "review", "reason")}
        try:
            matching.say_setting(
                brand=who.brand.id,
                by=who.staff.username,
                reason=typed["reason"],
                merges=bool(typed["merges"]),
                nightly=bool(typed["nightly"]),
                auto=_number(typed["auto"]),
                review=_number(typed["review"]),
            )
        except BadInput as error:
            errors = {problem.field.strip("/"): problem.fix for problem in error.problems}
        else:
            messages.success(request, _("It holds from the next comparison on."))
            return redirect("same-all")
    given = {"typed": typed, "errors": errors, "shown": matching.shown_precision(who.brand.id), "was": was}
    return page(
        request, who, "identity/rule", given | {"may_set": who.may(Action.POLICY_EDIT)}, status=422 if errors else 200
    )


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def _row(found: Run) -> dict[str, Any]:
    return {
        "it": found,
        "step": words.word(STEP, found.step),
        "hue": HUE.get(found.step, "waiting"),
        "open": found.ended_at is None,
        "by": _("every night") if found.by == "matching" else found.by,
    }
