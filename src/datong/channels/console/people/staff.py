"""People: who works for the brand, with which role and reach; inviting, changing, letting go."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action, NewInvitation, Role, ScopeKind, Staff
from datong.brand import api as brands
from datong.channels.console.export import line
from datong.channels.console.people import words
from datong.channels.console.people.mailing import invitation_mail
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.console.words import ROLE, word
from datong.channels.design.formats import number
from datong.kernel import audit
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Unavailable
from datong.kernel.mail import has_server, send_mail


def visible(who: Who) -> list[Staff]:
    """Everybody, or for people of some stores those who work at them."""
    everybody = access.list_staff(who.brand.id)
    return everybody if who.stores is None else [s for s in everybody if s.store_ids & who.stores]


@require_safe
@desk(Action.STAFF_VIEW)
def people(request: HttpRequest, who: Who) -> HttpResponse:
    """Who works here, as what, how far they reach, and when they were last at work."""
    everybody = visible(who)
    wanted, text = request.GET.get("role", ""), request.GET.get("q", "").strip().lower()
    shown = [
        s for s in everybody if (not wanted or s.role == wanted) and (text in s.username or text in s.name.lower())
    ]
    seen, lacking = access.last_seen([s.user_id for s in shown]), access.lacking_factor(who.brand.id)
    invitations = access.list_invitations(who.brand.id) if who.may(Action.STAFF_EDIT) else []
    count = ngettext("%(n)s person", "%(n)s people", len(everybody)) % {"n": number(len(everybody))}
    open_ones = ngettext("%(n)s open invitation", "%(n)s open invitations", len(invitations))
    given = {
        "lead": ", ".join([count, *([open_ones % {"n": number(len(invitations))}] if invitations else [])]),
        "rows": [
            {
                "it": s,
                "role": word(ROLE, s.role),
                "reach": words.reach_of(who.brand.id, s.scope, s.scope_ids),
                "seen": seen.get(s.user_id),
                "lacks": s.user_id in lacking,
                "you": s.user_id == who.staff.user_id,
            }
            for s in shown
        ],
        "invitations": [
            (i, word(ROLE, i.role), words.reach_of(who.brand.id, i.scope, i.scope_ids)) for i in invitations
        ],
        "roles": [("", _("Any role")), *((r.value, word(ROLE, r)) for r in Role)],
        "params": request.GET,
        "may_edit": who.may(Action.STAFF_EDIT),
    }
    return page(request, who, "people/staff", given)


@require_safe
@desk(Action.STAFF_VIEW)
def export(request: HttpRequest, who: Who) -> HttpResponse:
    """Everybody as CSV."""
    rows = [[_("Name"), _("Log-in"), pgettext("staff", "Role"), _("Reaches")]]
    rows += [
        [s.name, s.username, str(word(ROLE, s.role)), words.reach_of(who.brand.id, s.scope, s.scope_ids)]
        for s in visible(who)
    ]
    response = HttpResponse("\ufeff" + "".join(map(line, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="staff-{who.brand.slug}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.STAFF_EDIT)
def invite(request: HttpRequest, who: Who) -> HttpResponse:
    """Hold a role ready for somebody: a link to copy, or to send by e-mail."""
    errors: dict[str, str] = {}
    made: NewInvitation | None = None
    link = sent = trouble = ""
    if request.method == "POST":
        try:
            role, scope, over = wanted_of(request.POST, who)
            made = access.invite(
                who.brand.id, role, by=who.staff, email=request.POST.get("email", "").strip(),
                name=request.POST.get("name", ""), scope=scope, scope_ids=over,
                locale="zh-hans" if request.POST.get("language") == "zh-hans" else "en",
            )  # fmt: skip
            link = request.build_absolute_uri(reverse("join", args=[made.token]))
            if made.invitation.email and request.POST.get("send"):
                sent, trouble = _send(who, made, link)
        except BadInput as error:
            errors = {p.field: p.fix for p in error.problems} or {"": str(error)}
    given = {
        **form_of(request.POST, who),
        "errors": errors,
        "typed": request.POST or {"role": Role.STORE.value, "scope": ScopeKind.STORE.value},
        "made": made.invitation if made else None,
        "role_said": word(ROLE, made.invitation.role) if made else "",
        "link": link,
        "sent": sent,
        "trouble": trouble,
        "mail": has_server(),
    }
    return page(request, who, "people/invite", given, status=422 if errors else 200)


def _send(who: Who, made: NewInvitation, link: str) -> tuple[str, str]:
    """('sent', '') or ('', why not)."""
    subject, body = invitation_mail(who.brand.name, made.invitation, who.name, link)
    try:
        send_mail(made.invitation.email, subject, body)
    except Unavailable as error:
        return "", str(error)
    return made.invitation.email, ""


@require_POST
@desk(Action.STAFF_EDIT)
def invitation(request: HttpRequest, who: Who) -> HttpResponse:
    """Take an invitation back, or send its mail once more."""
    if request.POST.get("do") == "again":
        try:
            access.mail_again(who.brand.id, _uuid(request.POST.get("id", "")), by=who.staff)
            messages.success(request, _("It goes out again in a moment, with a new link."))
        except Conflict:
            messages.error(request, _("Its mail is on its way, or the invitation is over."))
        return redirect("staff")
    access.revoke_invitation(who.brand.id, _uuid(request.POST.get("id", "")), by=who.staff)
    messages.success(request, _("Taken back. The link opens nothing any more."))
    return redirect("staff")


def _find(who: Who, user_id: UUID) -> Staff:
    found = access.staff_of(user_id, who.brand.id)
    if found is None or (who.stores is not None and not found.store_ids & who.stores):
        raise NotFound("nobody of that name here")
    return found


@require_safe
@desk(Action.STAFF_VIEW)
def person(request: HttpRequest, who: Who, user_id: UUID) -> HttpResponse:
    """One person: rights in words, sessions, history, and what would be left behind."""
    return _person(request, who, _find(who, user_id), {})


def _person(request: HttpRequest, who: Who, found: Staff, errors: dict[str, str], status: int = 200) -> HttpResponse:
    user, you = found.user_id, found.user_id == who.staff.user_id
    may_edit = who.may(Action.STAFF_EDIT) and access.may_grant(who.staff, found.role)
    typed = request.POST if errors else _as_form(found, who)
    left = access.leaving(who.brand.id, user)
    channels = {c.id: c for c in brands.list_channels(who.brand.id)}
    rights = [(a, words.ACTION.get(a, a.value)) for a in Action if access.sees(found, a)]
    given = {
        **form_of(typed, who),
        "it": found,
        "role": word(ROLE, found.role),
        "reach": words.reach_of(who.brand.id, found.scope, found.scope_ids),
        "can": [text for action, text in rights if not action.value.endswith(".view")],
        "sees": [text for action, text in rights if action.value.endswith(".view")],
        "narrowed": access.scope_of(found) is not None,
        "you": you,
        "may_edit": may_edit,
        "errors": errors,
        "typed": typed,
        "sessions": [(s, word(words.OUTCOME, s.how), words.device_of(s.agent)) for s in access.sessions_of(user)]
        if may_edit else [],
        "history": [(h, word(words.OUTCOME, h.outcome), h.outcome in words.FAILED) for h in access.logins_of(user, 10)]
        if may_edit else [],
        "factors": [word(words.FACTOR, f.kind) for f in access.factors_of(user)],
        "keys": left.keys,
        "requests": [(r, words.kind_title(r.kind)) for r in left.requests],
        "channels": [channels[c] for c in left.channels if c in channels],
        "others": _others(who, user),
        "trail": audit.page(who.brand.id, actor=found.username, limit=8).entries
        if who.sees(Action.AUDIT_VIEW) else (),
    }  # fmt: skip
    return page(request, who, "people/person", given, status=status)


def _others(who: Who, user: UUID) -> list[tuple[str, str]]:
    """Everybody else, for a select."""
    return [(str(s.user_id), s.name or s.username) for s in access.list_staff(who.brand.id) if s.user_id != user]


@require_POST
@desk(Action.STAFF_VIEW, write=Action.STAFF_EDIT)
def act(request: HttpRequest, who: Who, user_id: UUID) -> HttpResponse:
    """Change role and reach, end sessions, reset the second factor, make a log-in link."""
    found = _find(who, user_id)
    access.check_grant(who.staff, found.role)
    what, by = request.POST.get("do", ""), who.staff.username
    if what == "assign":
        try:
            role, scope, over = wanted_of(request.POST, who)
            access.check_grant(who.staff, role)
            access.assign(
                who.brand.id, user_id, role, by=by, scope=scope, scope_ids=over, reason=request.POST.get("reason", "")
            )
        except BadInput as error:
            return _person(request, who, found, {p.field: p.fix for p in error.problems} or {"": str(error)}, 422)
        messages.success(request, _("Saved. It holds from the next click."))
    elif what == "sessions":
        one = request.POST.get("session", "")
        access.end_sessions(user_id, by=by, one=_uuid(one) if one else None)
        messages.success(request, _("Ended. The next click there asks to log in."))
    elif what == "factors":
        access.reset_factors(who.brand.id, user_id, by=by)
        messages.success(request, _("Taken away. They set a new one up after the next log-in."))
    elif what == "link":
        token = access.login_token(user_id, who.brand.id, by=by)
        link = request.build_absolute_uri(reverse("one-click", args=[token]))
        return page(request, who, "people/link", {"it": found, "link": link})
    return redirect("person", user_id=user_id)


@require_POST
@desk(Action.STAFF_VIEW, write=Action.STAFF_EDIT)
def leave(request: HttpRequest, who: Who, user_id: UUID) -> HttpResponse:
    """Somebody leaves: out at once, and nothing of theirs left hanging."""
    found = _find(who, user_id)
    if found.user_id == who.staff.user_id:
        raise Conflict(_("Nobody lets themselves go; another person does."))
    chosen = request.POST.get("successor", "")
    successor = access.staff_of(_uuid(chosen), who.brand.id) if chosen else None
    try:
        left = access.let_go(
            who.brand.id, user_id, by=who.staff, successor=successor,
            revoke_keys=[_uuid(k) for k in request.POST.getlist("key")], reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except BadValue as error:
        return _person(request, who, found, {p.field: p.fix for p in error.problems}, 422)
    messages.success(request, _("%(name)s is out: every session has ended.") % {"name": found.name or found.username})
    if left.channels:
        messages.error(request, _("Channels without an owner now: name one on the channel's page."))
    return redirect("staff")


def wanted_of(form: Any, who: Who) -> tuple[Role, ScopeKind, list[UUID]]:
    """Role and reach as a form says them; raises BadValue by field."""
    try:
        role, scope = Role(form.get("role", "")), ScopeKind(form.get("scope", "brand"))
    except ValueError:
        raise BadValue("role", form.get("role", ""), _("one of the roles")) from None
    if scope is ScopeKind.BRAND:
        return role, scope, []
    if scope is ScopeKind.STORE:
        known = {s.code: s.id for s in stores_of(who)}
        codes = form.get("stores", "").replace(",", " ").replace("，", " ").replace("、", " ").split()
        unknown = [code for code in codes if code not in known]
        if unknown or not codes:
            said = _("codes of stores, such as %(codes)s") % {"codes": ", ".join(sorted(known)[:3])}
            raise BadValue("stores", " ".join(unknown), said)
        return role, scope, [known[code] for code in codes]
    field = "region" if scope is ScopeKind.REGION else "company"
    tree = brands.tree(who.brand.id)
    there = {str(each.id): each.id for each in (tree.regions if field == "region" else tree.companies)}
    over = [there[value] for value in form.getlist(field) if value in there]
    if not over:
        raise BadValue("scope", scope.value, _("at least one of the list"))
    return role, scope, over


def form_of(typed: Any, who: Who) -> dict[str, Any]:
    """What the fields of role and reach need."""
    tree = brands.tree(who.brand.id)
    chosen: Collection[str] = [*typed.getlist("region"), *typed.getlist("company")]
    return {
        "role_options": words.role_options(who.staff),
        "scope_options": [(s.value, words.SCOPE[s]) for s in ScopeKind],
        "regions": [(str(r.id), r.name, str(r.id) in chosen) for r in tree.regions],
        "companies": [(str(c.id), c.name, str(c.id) in chosen) for c in tree.companies],
        "codes": [s.code for s in stores_of(who)[:200]],
    }


def _as_form(found: Staff, who: Who) -> Any:
    """A person's present role and reach as the form would send them."""
    form = QueryDict(mutable=True)
    form["role"], form["scope"] = found.role.value, found.scope.value
    form.setlist("region", [str(i) for i in found.scope_ids] if found.scope is ScopeKind.REGION else [])
    form.setlist("company", [str(i) for i in found.scope_ids] if found.scope is ScopeKind.COMPANY else [])
    if found.scope is ScopeKind.STORE:
        form["stores"] = ", ".join(s.code for s in stores_of(who) if s.id in found.scope_ids)
    return form


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such thing") from None
