"""The systems that are looked at: connected, fed with files, and what could not be read of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand.api import list_channels
from datong.channels.console.shadow.common import project_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.money import Money
from datong.shadow import api as shadow
from datong.shadow.types import FeedKind, Project, System, SystemKind
from datong.sync import api as sync

MAX_UPLOAD = 64 * 1024 * 1024
HOLDS = {
    FeedKind.ORDERS: gettext_lazy("Orders"),
    FeedKind.STOCK: gettext_lazy("Stock"),
    FeedKind.PRICES: gettext_lazy("Prices"),
    FeedKind.MEMBERS: gettext_lazy("Members"),
    FeedKind.ITEMS: gettext_lazy("Which SKUs are one product"),
}
CONNECTORS = (
    ("", gettext_lazy("files only")),
    ("shopify", "Shopify"),
    ("woocommerce", "WooCommerce"),
    ("pos", gettext_lazy("registers")),
)


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    """Open a project and go on to its sources."""
    try:
        project = shadow.open_project(who.brand.id, request.POST.get("name", ""), by=who.staff.username)
    except BadInput as error:
        given = {"may_edit": True, "typed": request.POST.get("name", ""), "error": error.problems[0].fix}
        return page(request, who, "shadow/empty", given, status=422)
    return redirect("shadow-sources", project.id)


@require_safe
@desk(Action.SHADOW_VIEW)
def sources(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    return sources_page(request, who, project_id, {}, "")


def sources_page(request: HttpRequest, who: Who, project_id: UUID, errors: dict[str, str], part: str) -> HttpResponse:
    project = project_of(who, project_id)
    names: dict[UUID, str] = {system.id: system.name for system in project.systems}
    feeds = [(f, names.get(f.system_id, ""), HOLDS[f.kind]) for f in shadow.feeds(who.brand.id, project_id, limit=30)]
    linked = {link.channel_id for link in sync.list_links(who.brand.id)}
    lonely = shadow.unmatched(who.brand.id, project_id)
    given = {
        "project": project,
        "lead": _("Read-only: watched channels, copies of webhooks, exports as they are. Nothing is written to them."),
        "systems": [_system(request, system) for system in project.systems],
        "feeds": feeds,
        "lonely": lonely[:20],
        "lonely_more": max(len(lonely) - 20, 0),
        "watched": any(system.channel_id for system in project.systems),
        "kinds": [(kind.value, shadow.SYSTEM_KIND[kind]) for kind in SystemKind],
        "connectors": CONNECTORS,
        "channels": [("", _("none")), *((str(c.id), c.name) for c in list_channels(who.brand.id) if c.id in linked)],
        "holds": list(HOLDS.items()),
        "choices": [(system.code, system.name) for system in project.systems],
        "may_edit": who.may(Action.SHADOW_EDIT),
        "let_pass": request.POST if part == "tolerances" else _let_pass(project),
        "errors": errors,
        "part": part,
        "typed": request.POST,
    }
    return page(request, who, "shadow/sources", given, status=422 if errors else 200)


def _let_pass(project: Project) -> dict[str, str]:
    """The tolerances in minutes, kilometers and money."""
    stands = project.tolerances
    times = {name: str(getattr(stands, name) // 60) for name in ("grace_s", "double_s", "gap_s")}
    cost = str(Money(stands.km_minor, project.currency).decimal)
    return {**times, "nearer_m": str(stands.nearer_m // 1000), "km_minor": cost}


def _system(request: HttpRequest, system: System) -> dict[str, Any]:
    does = [
        word for word, yes in
        ((_("sells"), system.sells), (_("keeps the book"), system.books), (_("keeps the stock"), system.keeps_stock))
        if yes
    ]  # fmt: skip
    hook = reverse("shadow-hook", args=[system.token]) if system.token else ""
    return {
        "system": system,
        "kind": shadow.SYSTEM_KIND[system.kind],
        "does": ", ".join(does),
        "address": request.build_absolute_uri(hook) if hook else "",
        "read_at": _moment(system.settings.get("read_at")),
        "error": system.settings.get("error", ""),
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadValue("channel", text, _("Choose a channel.")) from None


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def connect(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """One more system."""
    typed = request.POST
    channel, connector, secret = typed.get("channel", ""), typed.get("connector", ""), typed.get("secret", "")
    name = typed.get("name", "").strip()
    try:
        try:
            kind = SystemKind(typed.get("kind", ""))
        except ValueError:
            raise BadValue("kind", typed.get("kind", ""), _("Choose what it is.")) from None
        system = shadow.connect(
            who.brand.id,
            project_id,
            typed.get("code", "").strip().lower(),
            kind,
            by=who.staff.username,
            name=name,
            connector=connector,
            channel_id=_uuid(channel),
            secrets={"secret": secret} if secret else {},
            price_group=typed.get("price_group", ""),
        )
    except BadInput as error:
        errors = {problem.field.removeprefix("secrets/"): problem.fix for problem in error.problems}
        return sources_page(request, who, project_id, errors, "connect")
    messages.success(request, _("%(name)s is connected, reading only.") % {"name": system.name})
    return redirect("shadow-sources", project_id)


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def read(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """The channels of the project, now; nothing is written to any."""
    done = [
        shadow.read_channel(who.brand.id, project_id, each.code)
        for each in project_of(who, project_id).systems
        if each.channel_id
    ]
    for each in done:
        if each.problem:
            messages.error(request, f"{each.system}: {each.problem}")
    good = [each for each in done if not each.problem]
    if good:
        said = {"orders": number(sum(e.orders for e in good)), "figures": number(sum(e.stock + e.prices for e in good))}
        messages.success(request, _("Read: %(orders)s orders listed, %(figures)s new figures.") % said)
    return redirect("shadow-sources", project_id)


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def feed(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """One file of one system."""
    file, kind = request.FILES.get("file"), request.POST.get("holds", "")
    if file is None or kind not in HOLDS:
        return sources_page(request, who, project_id, {"file": _("Choose a file: CSV, XLSX or JSON Lines.")}, "feed")
    if (file.size or 0) > MAX_UPLOAD:
        fix = _("At most 64 MB here; larger files: datong shadow feed.")
        return sources_page(request, who, project_id, {"file": fix}, "feed")
    system, holds = request.POST.get("system", ""), FeedKind(kind)
    if holds is not FeedKind.ITEMS and not system:
        return sources_page(
            request, who, project_id, {"system": _("Choose the system this file is an export of.")}, "feed"
        )
    try:
        fed = shadow.feed_file(who.brand.id, project_id, system, holds, file.name or "file", file.read())
    except BadInput as error:
        text = "; ".join(f"{p.field}: {p.fix}" for p in error.problems) or str(error)
        return sources_page(request, who, project_id, {"file": text}, "feed")
    said = {"name": file.name, "taken": number(fed.taken), "refused": number(fed.refused)}
    if fed.repeat:
        messages.success(request, _("%(name)s was taken before; nothing was done.") % said)
    elif fed.refused:
        text = ngettext(
            "%(name)s: %(refused)s row could not be read; see below.",
            "%(name)s: %(refused)s rows could not be read; see below.",
            fed.refused,
        )
        messages.error(request, text % said)
    else:
        messages.success(request, _("%(name)s: %(taken)s taken.") % said)
    return redirect("shadow-sources", project_id)


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def delete(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """The project with all it saw; its name has to be typed."""
    project = project_of(who, project_id)
    if request.POST.get("name", "").strip() != project.name:
        return sources_page(request, who, project_id, {"name": _("Type the name as it stands above.")}, "delete")
    gone = shadow.delete_project(who.brand.id, project_id, by=who.staff.username)
    messages.success(request, _("Deleted, with %(n)s rows.") % {"n": number(gone)})
    return redirect("shadow")
