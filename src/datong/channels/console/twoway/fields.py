"""Products and prices both ways: who leads which field at each channel, and what differs now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Channel
from datong.channels.console import words as common
from datong.channels.console.shell import desk, page, require
from datong.channels.console.twoway import words
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, DatongError, NotFound
from datong.sync import api as sync
from datong.sync.api import FieldName, Master


@require_safe
@desk(Action.CHANNELS_VIEW)
def fields(request: HttpRequest, who: Who) -> HttpResponse:
    channels = {c.id: c for c in brands.list_channels(who.brand.id)}
    linked = [channels[link.channel_id] for link in sync.list_links(who.brand.id) if link.channel_id in channels]
    chosen = next((c for c in linked if c.code == request.GET.get("channel", "")), None)
    found = sync.differing(who.brand.id, channel_id=chosen.id if chosen else None)
    stopped = sum(row.field.state in ("stopped", "conflict") for row in found)
    differ = ngettext("%(n)s field differs", "%(n)s fields differ", len(found)) % {"n": number(len(found))}
    hands = ngettext("%(n)s needs a decision", "%(n)s need a decision", stopped) % {"n": number(stopped)}
    given = {
        "lead": _("%(taken)s, %(hands)s") % {"taken": differ, "hands": hands} if found else _("Both sides agree."),
        "rows": [_row(row, channels[row.channel_id], who) for row in found if row.channel_id in channels],
        "masters": [_masters(c, who) for c in ([chosen] if chosen else linked)],
        "channels": [("", _("All channels")), *((c.code, c.name) for c in linked)],
        "params": request.GET,
        "linked": linked,
        "may_edit": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "twoway/fields", given)


@require_POST
@desk(Action.CHANNELS_VIEW)
def act(request: HttpRequest, who: Who) -> HttpResponse:
    """Declare who leads a field, let both sides try again, or read a channel's products now."""
    require(who, Action.CHANNELS_EDIT)
    channel = _channel(who, request.POST.get("channel", ""))
    by, do = who.staff.username, request.POST.get("do", "")
    try:
        if do == "read":
            done = sync.read_products(who.brand.id, channel.id, by=by)
            said = _("%(seen)s fields compared: %(agree)s agree, %(pushed)s sent, %(taken)s taken over.")
            messages.success(
                request,
                said
                % {
                    "seen": number(done.seen),
                    "agree": number(done.agree),
                    "pushed": number(done.pushed),
                    "taken": number(done.taken),
                },
            )
        elif do == "again":
            name = FieldName(request.POST.get("field", ""))
            sync.try_again(who.brand.id, channel.id, UUID(request.POST.get("item", "")), name, by=by)
            messages.success(request, _("Both sides may try once more at the next reading."))
        else:
            _declare(request, who, channel)
    except ValueError:
        messages.error(request, _("That is no field or no master; choose one of the list."))
    except BadInput as error:
        messages.error(request, "; ".join(p.fix for p in error.problems) or str(error))
    except DatongError as error:
        messages.error(request, str(error))
    return redirect("sync-fields")


def _declare(request: HttpRequest, who: Who, channel: Channel) -> None:
    """What was chosen otherwise than it stands; all of it is read before anything is written."""
    stands = sync.masters_of(who.brand.id, channel.id)
    chosen = {name: Master(request.POST[name]) for name in FieldName if name in request.POST}
    changed = {name: master for name, master in chosen.items() if master is not stands[name]}
    for name, master in changed.items():
        sync.set_master(who.brand.id, channel.id, name, master, by=who.staff.username)
        led = {"field": words.FIELD[name], "master": words.MASTER[master]}
        messages.success(request, _("%(field)s: led by %(master)s from now on.") % led)
    if not changed:
        messages.info(request, _("Nothing was changed: this is who leads already."))


def _row(row: Any, channel: Channel, who: Who) -> dict[str, Any]:
    field = row.field
    shown = {name: _shown(field.field, getattr(field, name), who) for name in ("theirs", "ours")}
    return {
        "row": row,
        "f": field,
        "channel": channel,
        "name": words.FIELD[field.field],
        "master": words.MASTER[row.master],
        "word": common.word(words.FIELD_STATE, field.state),
        "status": words.FIELD_HUE.get(field.state, ""),
        **shown,
    }


def _shown(name: FieldName, value: str, who: Who) -> str:
    if name is FieldName.PRICE and value.lstrip("-").isdecimal():
        return money(int(value), who.brand.currency)
    return number(int(value)) if name is FieldName.STOCK and value.lstrip("-").isdecimal() else value


def _masters(channel: Channel, who: Who) -> dict[str, Any]:
    led = sync.masters_of(who.brand.id, channel.id)
    choices = sync.leaders(who.brand.id, channel.id)
    return {
        "channel": channel,
        "fields": [
            {
                "name": name.value,
                "label": words.FIELD[name],
                "master": master.value,
                "word": words.MASTER[master],
                "options": [(code, words.MASTER[code]) for code in choices[name]],
            }
            for name, master in led.items()
        ],
    }


def _channel(who: Who, code: str) -> Channel:
    found = next((c for c in brands.list_channels(who.brand.id) if c.code == code), None)
    if found is None:
        raise NotFound(f"no channel {code}")
    return found
