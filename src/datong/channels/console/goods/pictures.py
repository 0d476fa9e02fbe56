"""Pictures of a product: sent, put in order, described, taken away and had back; and served."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Product
from datong.channels.console.goods import said
from datong.channels.console.goods.gallery import shown_pictures
from datong.channels.console.goods.languages import language_name, languages_of
from datong.channels.console.goods.product import found
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, Problem

MOST_FILES = 12


@require_safe
@desk(Action.CATALOG_VIEW)
def serve(request: HttpRequest, who: Who, digest: str, size: str) -> HttpResponse:
    """The bytes of a picture. Its address is its content, so a browser may keep it for good; a proxy may not."""
    mark = f'"{digest}-{size}"'
    kept = catalog.picture_file(who.brand.id, digest, small=size == "small")
    if kept is None or size not in ("small", "full"):
        raise Http404
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(kept[1], content_type=kept[0])
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["ETag"] = mark
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def pictures(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    product = found(who, code)
    if request.method != "POST":
        return _page(request, who, product)
    if "upload" in request.POST:
        wrong = _take(request, who, product)
        if wrong:
            return _page(request, who, product, refused=wrong)
    elif gone := request.POST.get("remove"):
        _remove(request, who, product, gone)
    else:
        errors = _arrange(request, who, product)
        if errors:
            return _page(request, who, product, errors=errors)
    return redirect("goods-pictures", code=code)


def _page(
    request: HttpRequest,
    who: Who,
    product: Product,
    *,
    refused: Sequence[str] = (),
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    shown = shown_pictures(who, product)
    wrong = errors or {}
    languages = languages_of(who.brand, *(each["picture"].alt for each in shown))
    for n, each in enumerate(shown):
        at = each["picture"].id
        each["words"] = [
            {"name": (name := f"alt-{at}-{language}"), "label": language_name(language),
             "value": request.POST.get(name, each["picture"].alt.get(language, "")), "error": wrong.get(name, "")}
            for language in languages
        ]  # fmt: skip
        each |= {"first": n == 0, "last": n == len(shown) - 1}
    given = {
        "product": product,
        "title": said.name_of(product),
        "pictures": shown,
        "refused": refused,
        "errors": wrong,
        "room": catalog.MAX_PICTURES - len(shown),
        "most": catalog.MAX_PICTURES,
        "may_edit": who.may(Action.CATALOG_EDIT),
    }
    return page(request, who, "goods/pictures", given, status=422 if wrong or refused else 200)


def _take(request: HttpRequest, who: Who, product: Product) -> list[str]:
    """Take in what was sent; what is wrong with those that could not be taken, by name."""
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if not files:
        return [_("Choose one or more pictures first.")]
    taken, wrong = 0, []
    for n, file in enumerate(files):
        name = (file.name or _("A file"))[:80]
        if n >= MOST_FILES or (file.size or 0) > catalog.MAX_PICTURE_BYTES:
            code = "too_many" if n >= MOST_FILES else "too_large"
            wrong.append(f"{name}: {_fix(Problem('/data', code, '', ''))}")
            continue
        try:
            catalog.add_picture(who.brand.id, product.code, file.read(), by=who.staff.username)
            taken += 1
        except BadInput as error:
            wrong += [f"{name}: {_fix(problem)}" for problem in error.problems]
    if taken:
        messages.success(request, ngettext("%(n)s picture is in.", "%(n)s pictures are in.", taken) % {"n": taken})
    return wrong


def _fix(problem: Problem) -> str:
    most = {"mb": catalog.MAX_PICTURE_BYTES // 2**20, "n": catalog.MAX_PICTURES}
    return {
        "empty": _("The file is empty."),
        "too_large": _("At most %(mb)s MB. Make the picture smaller and send it again.") % most,
        "too_many_pixels": _("At most 40 million pixels, such as 6000 x 6000."),
        "not_a_picture": _("This is no PNG, JPEG, WebP or GIF that can be opened. Save it as one of these."),
        "too_many": _("A product has at most %(n)s pictures; take one away first.") % most,
    }.get(problem.code, problem.fix)


def _arrange(request: HttpRequest, who: Who, product: Product) -> dict[str, str]:
    """Save the words and, when a move was asked for, the new order; what is wrong by field."""
    kept = list(catalog.pictures_of(who.brand.id, [product.id]).get(product.id, ()))
    ids = [str(p.id) for p in kept]
    for button, step in (("up", -1), ("down", 1)):
        moved = request.POST.get(button, "")
        if moved in ids and 0 <= (to := ids.index(moved) + step) < len(ids):
            kept.insert(to, kept.pop(ids.index(moved)))
    languages = languages_of(who.brand, *(p.alt for p in kept))
    wanted = [
        (p.id, {lang: request.POST.get(f"alt-{p.id}-{lang}", p.alt.get(lang, "")) for lang in languages}) for p in kept
    ]
    try:
        catalog.arrange_pictures(who.brand.id, product.code, wanted, by=who.staff.username)
    except BadInput as error:
        found_wrong = {}
        for problem in error.problems:
            match problem.field.strip("/").split("/"):
                case ["pictures", n, "alt", language]:
                    found_wrong[f"alt-{kept[int(n)].id}-{language}"] = _("At most 200 characters.")
                case _:
                    found_wrong[""] = _("Somebody changed these pictures meanwhile. Look at them again.")
        return found_wrong
    if "save" in request.POST:
        messages.success(request, _("Saved. It holds at once."))
    return {}


def _remove(request: HttpRequest, who: Who, product: Product, gone: str) -> None:
    kept = catalog.pictures_of(who.brand.id, [product.id]).get(product.id, ())
    picture = next((p for p in kept if str(p.id) == gone), None)
    if picture is not None:
        catalog.remove_picture(who.brand.id, product.code, picture.id, by=who.staff.username)
        back = reverse("goods-picture-back", args=[product.code, picture.id])
        messages.success(request, _("The picture is taken away."), extra_tags=back)


@require_POST
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def back(request: HttpRequest, who: Who, code: str, picture: UUID) -> HttpResponse:
    """Have a picture back that was taken away a moment ago."""
    product = found(who, code)
    try:
        catalog.restore_picture(who.brand.id, product.code, picture, by=who.staff.username)
        messages.success(request, _("The picture is back."))
    except BadInput as error:
        messages.error(request, _fix(error.problems[0]))
    return redirect("goods-pictures", code=code)
