"""One case: what it is about, what happened, what to do now; and a new one, written down by an agent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.order import serving, visible
from datong.channels.console.service.queue import own_stores, rows_of
from datong.channels.console.service.words import OUTCOME, PHASE, STATE, STEP, reason_name
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.service import api as service
from datong.service.types import PARTNER, Case, CaseFilter, CaseState, CaseStepKind, CaseView, NewCase, Outcome, Phase


def of_number(who: Who, number: str) -> CaseView:
    """The case of that number, when it is one of this person's stores' where they have stores."""
    wanted = CaseFilter(live=False, text=number, stores=own_stores(who))
    found = [each for each in service.list_cases(who.brand.id, wanted, limit=2).cases if each.number == number]
    if not found:
        raise NotFound(_("There is no such case."))
    return service.get_case(who.brand.id, found[0].id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SERVICE_VIEW, write=Action.SERVICE_ACT)
def case(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """The case; POST takes it, writes to it, gives it to somebody, waits or is done."""
    view = of_number(who, number)
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.SERVICE_ACT, view.case.store_id)
        try:
            messages.success(request, _act(request, who, view.case))
            return redirect("service-case", number)
        except BadInput as error:
            errors = {p.field.lstrip("/"): p.fix for p in error.problems}
        except Conflict as error:
            errors = {"": str(error)}
    return page(request, who, "service/case", _given(request, who, view, errors), status=422 if errors else 200)


def _given(request: HttpRequest, who: Who, view: CaseView, errors: dict[str, str]) -> dict[str, Any]:
    names, reasons, one = Names.of(who), service.reasons(who.brand.id), view.case
    (row,) = rows_of(who, [one], names, reasons)
    booked = orders.booked_orders(who.brand.id, view.order_ids)
    teams = service.teams(who.brand.id)
    by_code = {team.code: team.name for team in teams}
    return {
        **row,
        "crumbs": [(_("Service"), reverse("service"))],
        "team": by_code.get(one.team, one.team),
        "teams": [("", _("no team")), *by_code.items()],
        "agents": sorted({agent for team in teams for agent in team.agents} | {who.staff.username, one.agent} - {""}),
        "orders": [(b, words.word(words.ORDER_STATE, b.state), words.ORDER_HUE.get(b.state, ""))
                   for b in booked.values()],
        "given": money(one.given_minor, one.currency) if one.given_minor else "",
        "timeline": [_step(step, one) for step in reversed(view.steps)],
        "done": one.state is CaseState.DONE,
        "waiting": one.state is CaseState.WAITING,
        "outcomes": [(each.value, words.word(OUTCOME, each)) for each in Outcome],
        "may": who.may(Action.SERVICE_ACT, one.store_id),
        "sees_customer": who.sees(Action.CUSTOMERS_VIEW) and who.stores is None,
        "key": request.POST.get("key") or uuid7().hex,
        "typed": request.POST,
        "errors": errors,
    }  # fmt: skip


def _step(step: Any, one: Case) -> dict[str, Any]:
    what = words.word(STEP, step.kind)
    if step.state:
        what = _("%(what)s: %(state)s") % {"what": what, "state": words.word(STATE, CaseState(step.state))}
    if step.amount_minor:
        what = f"{what}: {money(step.amount_minor, one.currency)}"
    shown = {CaseStepKind.ANSWER: words.GOOD, CaseStepKind.SAID: words.NEWS}.get(step.kind, "")
    return {"what": what, "why": step.text, "who": step.who, "at": step.at, "status": shown}


def _act(request: HttpRequest, who: Who, one: Case) -> str:
    post, brand, by = request.POST, who.brand.id, who.staff.username
    verb, text, key = post.get("do", ""), post.get("text", "").strip(), post.get("key", "")[:64]
    if verb == "take":
        service.assign(one.id, agent=who.staff.username, take=True, brand=brand, by=by)
        return _("The case is yours.")
    if verb == "give":
        service.assign(one.id, agent=post.get("agent", ""), team=post.get("team", ""), brand=brand, by=by)
        return _("Given.")
    if verb in (CaseStepKind.NOTE, CaseStepKind.ANSWER, CaseStepKind.SAID):
        service.add_step(one.id, CaseStepKind(verb), text, key=key, brand=brand, by=by)
        return _("Written down.")
    if verb == CaseState.DONE:
        outcome = post.get("outcome", "")
        known = Outcome(outcome) if outcome in set(Outcome) else None
        service.set_state(one.id, CaseState.DONE, why=post.get("why", ""), outcome=known, brand=brand, by=by)
        return _("Done.")
    if verb in (CaseState.WAITING, CaseState.OPEN):
        service.set_state(one.id, CaseState(verb), why=post.get("why", ""), brand=brand, by=by)
        return _("Noted.")
    raise NotFound("nothing else can be done here")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.SERVICE_VIEW, write=Action.SERVICE_ACT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    """Write down what somebody asks for; `?order=` and `?customer=` say about what."""
    sent = request.POST if request.method == "POST" else request.GET
    number, person = sent.get("order", "").strip()[:60], _uuid(sent.get("customer", ""))
    names = Names.of(who)
    errors: dict[str, str] = {}
    channel = names.channel(sent.get("channel", ""))
    found = None
    if number:
        try:
            found = visible(who, number)
        except NotFound:
            errors["order"] = _("There is no order of this number.")
    if request.method == "POST" and not errors:
        try:
            return redirect("service-case", _open(request, who, found, person, channel.id if channel else None))
        except BadInput as error:
            errors = {p.field.lstrip("/"): p.fix for p in error.problems}
    reasons = [(code, reason_name(r, code)) for code, r in service.reasons(who.brand.id).items() if r.active]
    given = {
        "lead": _("What somebody asks of us, at whatever door. Its reason says by when it is to be done."),
        "crumbs": [(_("Service"), reverse("service"))],
        "typed": sent,
        "errors": errors if request.method == "POST" else {},
        "reasons": reasons,
        "phases": [("", _("as the reason says")), *((p.value, words.word(PHASE, p)) for p in Phase)],
        "channels": [("", _("not said")), *((c.code, c.name) for c in names.channels.values())],
        "customer": person or (found.customer_id if found else None),
        "key": request.POST.get("key") or uuid7().hex,
    }
    return page(request, who, "service/new", given, status=422 if errors and request.method == "POST" else 200)


def _open(request: HttpRequest, who: Who, found: Any, person: UUID | None, channel: UUID | None) -> str:
    post = request.POST
    store = next((s for s in serving(found) if s and (who.stores is None or s in who.stores)), None) if found else None
    mine = next(iter(sorted(who.stores)), None) if who.stores else None
    store = store or mine
    require(who, Action.SERVICE_ACT, store)
    phase = post.get("phase", "")
    wanted = NewCase(
        post.get("reason", ""),
        post.get("subject", "").replace("\x00", ""),
        channel_id=channel or (found.channel_id if found else None),
        phase=Phase(phase) if phase in set(Phase) else None,
        text=post.get("text", "").replace("\x00", "").replace("\r\n", "\n"),
        customer_id=person or (found.customer_id if found else None),
        order_ids=(found.id,) if found else (),
        store_id=found.store_id if found and found.store_id else store,
        company_id=_partner(who, post.get("reason", "")),
        agent=who.staff.username if post.get("mine") else "",
        said=True,
    )
    made = service.open_case(wanted, brand=who.brand.id, by=who.staff.username, key=post.get("key", "")[:64])
    messages.success(request, _("Case %(number)s is open.") % {"number": made.case.number})
    return made.case.number


def _partner(who: Who, reason: str) -> UUID | None:
    """A partner's own question to the brand (S-254): of the company that runs the stores of who asks."""
    if reason != PARTNER or not who.stores:
        return None
    return next(iter(brands.companies_of_stores(who.brand.id, who.stores).values()), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
