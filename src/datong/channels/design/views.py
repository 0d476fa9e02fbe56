"""The page of the design system, and the style sheet of a brand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from datong.channels.design import specimens


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    theme = request.GET.get("theme") or request.COOKIES.get("theme", "")
    given = {
        "groups": list(specimens.groups()),
        "theme": theme if theme in ("light", "dark") else "",
        "language": get_language(),
    }
    return render(request, "design/page.html", given)
