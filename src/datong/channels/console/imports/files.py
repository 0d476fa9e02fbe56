"""What can be downloaded: templates, everything there is of a kind, the bad rows of a file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.shell import desk, require
from datong.channels.console.who import Who
from datong.imports import api as imports
from datong.imports.types import DOWNLOADS
from datong.kernel.errors import NotFound


@require_safe
@desk(Action.IMPORTS_VIEW)
def template(request: HttpRequest, who: Who, kind: str, ending: str) -> HttpResponse:
    """An empty table; `?language=zh-hans` says which headings come first, otherwise the page's own."""
    language = request.GET.get("language") or get_language() or "en"
    return _file(imports.template(kind, _known(ending), language), f"{kind}-template", ending)


@require_safe
@desk(Action.IMPORTS_VIEW)
def sample(_request: HttpRequest, _who: Who) -> HttpResponse:
    """Three invented people to try an import with, in the page's language."""
    return _file(imports.sample(get_language() or "en"), "customers-sample", "csv")


@require_safe
@desk(Action.IMPORTS_VIEW)
def export(request: HttpRequest, who: Who, kind: str, ending: str) -> StreamingHttpResponse:
    """`?part=2` is what follows the first 200,000 rows. Who may only look gets codes and contacts masked."""
    found = imports.kind_of(kind)
    whole = who.may(found.shows)
    if not whole:
        require(who, found.leaves or found.shows)
    part = request.GET.get("part", "1")
    pieces = imports.export_file(
        who.brand.id,
        kind,
        _known(ending),
        get_language() or "en",
        by=who.staff.username,
        masked=not whole,
        part=int(part) if part.isascii() and part.isdecimal() and len(part) < 4 else 0,
    )
    response = StreamingHttpResponse(pieces, content_type=DOWNLOADS[ending])
    response["Content-Disposition"] = f'attachment; filename="{kind}-{who.brand.slug}.{ending}"'
    return response


@require_safe
@desk(Action.IMPORTS_VIEW)
def bad_rows(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    found = imports.get_run(who.brand.id, run_id)
    require(who, imports.kind_of(found.kind).shows)
    data, ending = imports.bad_rows(who.brand.id, run_id)
    return _file(data, f"{found.kind}-to-correct", ending)


def _known(ending: str) -> str:
    if ending not in DOWNLOADS:
        raise NotFound(f"there are {' and '.join(DOWNLOADS)}")
    return ending


def _file(data: bytes, name: str, ending: str) -> HttpResponse:
    response = HttpResponse(data, content_type=DOWNLOADS[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
