"""Tax categories (税收分类编码) of products and categories: found, put one by one or by a file, taken away."""

from __future__ import annotations

import csv
from io import StringIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.pricing.forms import MAX_FILE, errors_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.invoices import api as invoices
from datong.kernel.errors import BadInput, Problem
from datong.kernel.text import NotText, decode, separator

HEAD = ("about", "key", "tax_code")
ABOUT = {"sku": "sku", "category": "category", "商品": "sku", "分类": "category"}
TOLD = 10


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def codes(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        try:
            count = _put(request, who)
            said = ngettext("%(n)s tax category is kept.", "%(n)s tax categories are kept.", count) % {"n": count}
            messages.success(request, said)
            return redirect("invoice-codes")
        except BadInput as error:
            errors = errors_of(error)
    search = request.GET.get("q", "").strip()[:100]
    found, following = invoices.list_tax_codes(who.brand.id, search=search, after=request.GET.get("after", "")[:220])
    given = {
        "crumbs": [(_("Tax invoices"), reverse("invoices"))],
        "rows": found,
        "next": following,
        "q": search,
        "abouts": [("sku", _("a product, by its SKU")), ("category", _("all of a category"))],
        "errors": errors,
        "typed": request.POST,
        "may_edit": who.may(Action.CATALOG_EDIT),
        "export": reverse("invoice-codes-csv"),
    }
    return page(request, who, "invoices/codes", given, status=422 if errors else 200)


def _put(request: HttpRequest, who: Who) -> int:
    """How many were put, from the form or the file. BadInput names the field."""
    post, by = request.POST, who.staff.username
    if file := request.FILES.get("file"):
        found = read_codes(file.read(MAX_FILE + 1))
        try:
            return invoices.put_tax_codes(who.brand.id, found, by=by)
        except BadInput as error:
            named = ", ".join(problem.field for problem in error.problems[:TOLD])
            said = _("These have no code of 19 digits: %(names)s") % {"names": named}
            raise BadInput("the file cannot be used", Problem("file", "bad_value", said, "")) from None
    about, key, code = ABOUT.get(post.get("about", ""), "sku"), post.get("key", "").strip(), post.get("tax_code", "")
    code = "" if "drop" in post else code.strip()
    if not 0 < len(key) <= 200:
        raise BadInput(
            "no key", Problem("key", "bad_value", _("The SKU, or the category as products have it."), key[:80])
        )
    if "drop" not in post and not (len(code) == 19 and code.isascii() and code.isdigit()):
        raise BadInput("no code", Problem("tax_code", "bad_value", _("The 19 digits of a tax category."), code[:80]))
    return invoices.put_tax_codes(who.brand.id, {(about, key): code}, by=by)


def read_codes(data: bytes) -> dict[tuple[str, str], str]:
    """Tax categories of a CSV file: sku or category, its key, the code; a head or none. BadInput names `file`."""
    if len(data) > MAX_FILE:
        raise BadInput("too big", Problem("file", "too_big", _("A file of at most 5 MB."), ""))
    try:
        text, _encoding = decode(data)
    except NotText:
        raise BadInput("no text", Problem("file", "encoding", _("Save the file as CSV UTF-8."), "")) from None
    found: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    for number, row in enumerate(csv.reader(StringIO(text), delimiter=separator(text)), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[-1:] == [HEAD[-1]]):
            continue
        about = ABOUT.get(cells[0].lower())
        if about is None or len(cells) < 3:
            said = _("Row %(n)s: sku or category, its key, the 19 digits.") % {"n": number}
            problems.append(Problem("file", "columns", said, ",".join(row)[:80]))
            continue
        found[about, cells[1]] = cells[2].lstrip("'")
    if problems:
        raise BadInput("rows", *problems[:TOLD])
    if not found:
        raise BadInput("empty", Problem("file", "empty", _("The file has no rows."), ""))
    return found


@require_safe
@desk(Action.CATALOG_VIEW)
def export(request: HttpRequest, who: Who) -> HttpResponse:
    """As the import reads it. The mark before the digits keeps spreadsheets from rounding them."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tax-categories-{who.brand.slug}.csv"'
    answer.write("\ufeff")
    out = csv.writer(answer)
    out.writerow(HEAD)
    after = ""
    for _page in range(40):
        found, after = invoices.list_tax_codes(who.brand.id, after=after, limit=500)
        out.writerows((one.about, one.key, f"'{one.tax_code}") for one in found)
        if not after:
            break
    return answer
