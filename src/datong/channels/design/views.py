"""The page of the design system, and the style sheet of a brand."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from datong.brand import api as brands
from datong.channels.design import specimens
from datong.channels.design.tokens import brand_stylesheet
from datong.channels.open import anyone
from datong.kernel.errors import BadValue, NotFound


@anyone("specimens of the design, no data")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    theme = request.GET.get("theme") or request.COOKIES.get("theme", "")
    given = {
        "groups": list(specimens.groups()),
        "theme": theme if theme in ("light", "dark") else "",
        "language": get_language(),
    }
    return render(request, "design/page.html", given)


@anyone("colors of a brand")
@require_safe
def brand_css(request: HttpRequest, brand_id: UUID, mark: str) -> HttpResponse:
    """A brand's own tokens. Its address changes with its content, so it may be kept for good."""
    try:
        sheet = brand_stylesheet(brands.get_brand(brand_id).tokens)
    except NotFound as error:
        raise Http404 from error
    except BadValue:
        sheet = ""  # a token that cannot be used leaves the house's own look, never a broken page
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
