"""Ideas for the product: each with how many people want it and their words; made, changed, taken a state further."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.customers import managers
from datong.channels.console.shell import desk, page
from datong.channels.console.voices.listing import rows_of
from datong.channels.console.voices.words import STATE, STATE_HUE
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.customers.types import FeedbackFilter, Idea, IdeaState, WantedIdea
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7

WORDS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.VOICES_VIEW, write=Action.VOICES_EDIT)
def ideas(request: HttpRequest, who: Who) -> HttpResponse:
    """All ideas, what most people want first; POST makes one."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = _put(request, who, Idea(_uuid(request.POST.get("new_id", "")), ""))
        except BadInput as error:
            errors = {p.field: p.fix for p in error.problems}
        else:
            messages.success(request, _("The idea is there: link to it what customers say."))
            return redirect("idea", made.id)
    found = customers.wanted_ideas(who.brand.id)
    given = {
        "lead": _("What could be made or mended, what most people want first."),
        "crumbs": [(_("Voices"), reverse("voices"))],
        "rows": [_row(each) for each in found],
        "errors": errors,
        "typed": request.POST,
        "new_id": request.POST.get("new_id") or str(uuid7()),
        **_form(who),
    }
    return page(request, who, "voices/ideas", given, status=422 if errors else 200)


def _row(each: WantedIdea) -> dict[str, Any]:
    return {"w": each, "state": words.word(STATE, each.idea.state), "hue": STATE_HUE[each.idea.state]}


def _form(who: Who) -> dict[str, Any]:
    return {
        "states": [(state.value, words.word(STATE, state)) for state in IdeaState],
        "owners": managers(who),
        "may": who.may(Action.VOICES_EDIT),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()


def _put(request: HttpRequest, who: Who, before: Idea) -> Idea:
    post = request.POST
    state = post.get("state", "")
    told = replace(
        before,
        title=post.get("title", "").replace("\x00", ""),
        text=post.get("text", "").replace("\r\n", "\n"),
        state=IdeaState(state) if state in set(IdeaState) else before.state,
        owner=post.get("owner", ""),
    )
    return customers.put_idea(told, brand=who.brand.id, by=who.staff.username)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.VOICES_VIEW, write=Action.VOICES_EDIT)
def idea(request: HttpRequest, who: Who, idea_id: UUID) -> HttpResponse:
    """One idea with the words of those who want it; POST changes it."""
    found = customers.wanted_ideas(who.brand.id, idea_id=idea_id)
    if not found:
        raise NotFound(_("There is no such idea."))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _put(request, who, found[0].idea)
        except BadInput as error:
            errors = {p.field: p.fix for p in error.problems}
        else:
            messages.success(request, _("Saved."))
            return redirect("idea", idea_id)
    voices, following = customers.list_feedback(
        who.brand.id, FeedbackFilter(idea_id=idea_id), cursor=request.GET.get("cursor", ""), limit=WORDS
    )
    given = {
        **_row(found[0]),
        "crumbs": [(_("Voices"), reverse("voices")), (_("Ideas"), reverse("ideas"))],
        "lead": wanting(found[0]),
        "rows": rows_of(who, voices, Names.of(who), {}),
        "older": f"?cursor={following}" if following else "",
        "errors": errors,
        "typed": request.POST if errors else found[0].idea,
        **_form(who),
    }
    return page(request, who, "voices/idea", given, status=422 if errors else 200)


def wanting(each: WantedIdea) -> str:
    """How many people want it, known and unknown, in a sentence."""
    if not each.voices:
        return _("Nobody has asked for it yet.")
    people = each.people + each.unknown
    said = ngettext("%(n)s person wants it.", "%(n)s people want it.", people) % {"n": number(people)}
    if not each.unknown:
        return said
    return _("%(said)s Not known by name: %(n)s.") % {"said": said, "n": number(each.unknown)}
