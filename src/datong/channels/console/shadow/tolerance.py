"""What a project lets pass: asked in minutes, kilometers and money, as people say it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datong.access.types import Action
from datong.channels.console.shadow.common import project_of
from datong.channels.console.shadow.sources import sources_page
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, DatongError
from datong.kernel.money import minor_of
from datong.shadow import api as shadow
from datong.shadow.types import Tolerances

UNITS = {"grace_s": 60, "double_s": 60, "gap_s": 60, "nearer_m": 1000}
MOST = {"grace_s": 1440, "double_s": 1440, "gap_s": 1440, "nearer_m": 1000}


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def tolerances(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """Holds from the next look on."""
    project = project_of(who, project_id)
    wanted, errors = _read(request.POST, project.currency)
    if not errors:
        try:
            shadow.set_tolerances(who.brand.id, project_id, wanted, by=who.staff.username)
        except BadInput as error:
            errors = {problem.field: problem.fix for problem in error.problems}
    if errors:
        return sources_page(request, who, project_id, errors, "tolerances")
    messages.success(request, _("Kept. The next look lets this pass."))
    return redirect("shadow-sources", project_id)


def _read(typed: QueryDict, currency: str) -> tuple[Tolerances, dict[str, str]]:
    values, errors = {}, {}
    for name, unit in UNITS.items():
        text = typed.get(name, "").strip()
        if text.isascii() and text.isdecimal() and int(text[:9]) <= MOST[name]:
            values[name] = int(text) * unit
        else:
            errors[name] = _("A whole number from 0 to %(most)s.") % {"most": MOST[name]}
    try:
        values["km_minor"] = minor_of(typed.get("km_minor", "").strip() or "-", currency)
    except DatongError:
        errors["km_minor"] = _("An amount such as 0.20.")
    return Tolerances(**values), errors
