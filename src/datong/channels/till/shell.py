"""What makes the till an app that starts without network: its service worker, with the list of its files."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from json import dumps
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.channels.open import anyone

SHEETS = ("tokens", "base", "shell", "controls", "data", "overlays", "graphics", "pages", "people")


@anyone("a script that holds nothing")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        script("datong-till", reverse("till"), "till"),
        content_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


@anyone("names the app and its start")
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """W3C Web Application Manifest."""
    start = reverse("till")
    said = {
        "name": _("Till"),
        "short_name": _("Till"),
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": static("datong/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@cache
def script(name: str, page: str, folder: str, more: tuple[str, ...] = ()) -> bytes:
    """The worker of an app with the files it keeps; it changes when one of them does, so that a new one is fetched."""
    files = Path(_file(f"{folder}/main.js")).parent
    names = [f"{folder}/{path.name}" for path in sorted(files.glob("*")) if path.name != "worker.js"] + list(more)
    names += [f"datong/css/{name}.css" for name in SHEETS] + ["datong/icon.svg"]
    mark = sha256(b"".join(Path(_file(each)).read_bytes() for each in names)).hexdigest()[:16]
    kept = [static(each) for each in names]
    given = f"const MARK = {dumps(mark)}, NAME = {dumps(name)}, PAGE = {dumps(page)}, FILES = {dumps(kept)};\n"
    return given.encode() + Path(_file("till/worker.js")).read_bytes()


def _file(name: str) -> str:
    path = finders.find(name)
    assert isinstance(path, str), name
    return path
