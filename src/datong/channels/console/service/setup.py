"""Reasons with the time they are due in, and teams by type of customer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.service.words import PHASE, reason_name, span
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput
from datong.service import api as service
from datong.service.types import Phase, Reason, Team


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SERVICE_VIEW, write=Action.SERVICE_EDIT)
def setup(request: HttpRequest, who: Who) -> HttpResponse:
    """POST changes or adds a reason, or a team."""
    errors: dict[str, str] = {}
    which = request.POST.get("do", "")
    if request.method == "POST":
        try:
            (_put_team if which == "team" else _put_reason)(request, who)
            messages.success(request, _("Saved."))
            return redirect("service-setup")
        except BadInput as error:
            errors = {f"{which}-{p.field.lstrip('/')}": p.fix for p in error.problems}
    given = {
        "lead": _("The reasons agents choose from, each with the time within which a case is to be done."),
        "crumbs": [(_("Service"), reverse("service"))],
        "reasons": [
            {"r": r, "name": reason_name(r, code), "phase": words.word(PHASE, r.phase), "span": span(r.minutes)}
            for code, r in service.reasons(who.brand.id).items()
        ],
        "teams": [
            {"t": t, "types": ", ".join(t.types) or _("everybody else"), "agents": ", ".join(t.agents)}
            for t in service.teams(who.brand.id)
        ],
        "phases": [(p.value, words.word(PHASE, p)) for p in Phase],
        "may": who.sees(Action.SERVICE_EDIT),
        "typed": request.POST,
        "errors": errors,
    }
    return page(request, who, "service/setup", given, status=422 if errors else 200)


def _put_reason(request: HttpRequest, who: Who) -> None:
    post: Any = request.POST
    code, phase = post.get("code", "").strip(), post.get("phase", "")
    minutes = post.get("minutes", "").strip()
    known = service.reasons(who.brand.id).get(code)
    service.put_reason(
        Reason(
            code,
            Phase(phase) if phase in set(Phase) else known.phase if known else Phase.DURING,
            int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 9 else 0,
            post.get("name", "").strip().replace("\x00", ""),
            active=bool(post.get("active")),
        ),
        brand=who.brand.id,
        by=who.staff.username,
    )


def _put_team(request: HttpRequest, who: Who) -> None:
    post = request.POST
    service.put_team(
        Team(
            post.get("code", "").strip(),
            post.get("name", "").strip().replace("\x00", ""),
            _words(post.get("types", "")),
            _words(post.get("agents", "")),
        ),
        brand=who.brand.id,
        by=who.staff.username,
    )


def _words(text: str) -> tuple[str, ...]:
    """What stands between commas, spaces or line ends."""
    return tuple(dict.fromkeys(text.replace("\x00", "").replace(",", " ").replace("，", " ").split()))
