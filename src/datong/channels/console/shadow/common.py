"""What the shadow pages share: which project, which words, which hue."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.places import stores_of
from datong.channels.console.who import Who
from datong.shadow import api as shadow
from datong.shadow.types import Finding, Project, Severity

HUE = {Severity.HIGH: words.PROBLEM, Severity.MEDIUM: words.WAITING, Severity.LOW: words.NEUTRAL}


def project_in(request: HttpRequest, who: Who) -> Project | None:
    """The project the address names, else the newest; None while there is none."""
    projects = shadow.list_projects(who.brand.id)
    wanted = request.GET.get("project", "")
    return next((p for p in projects if str(p.id) == wanted), projects[0] if projects else None)


def shown(who: Who, finding: Finding) -> Finding:
    """As this person may see it: without names and contacts unless they may see customers."""
    return finding if who.may(Action.CUSTOMERS_VIEW) else shadow.hidden(finding)


def store_names(who: Who) -> dict[str, str]:
    return {store.code: store.name for store in stores_of(who)}


def names_of(project: Project) -> dict[str, str]:
    """System code -> name."""
    return {system.code: system.name for system in project.systems}


def project_of(who: Who, project_id: UUID) -> Project:
    return shadow.project_of(who.brand.id, project_id)
