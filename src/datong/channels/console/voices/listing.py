"""What customers say: found by its filters, taken along, and several at once linked to an idea."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.contacts import whole_brand
from datong.channels.console.customers import STAGE
from datong.channels.console.export import line
from datong.channels.console.shell import desk, page
from datong.channels.console.voices.words import KIND, KIND_HUE
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.customers.types import Feedback, FeedbackFilter, FeedbackKind, Idea, Stage, WantedIdea
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.ids import uuid7

PAGE = customers.MAX_LINKED
MOST_ROWS = 100_000


def filter_of(request: HttpRequest, names: Names) -> FeedbackFilter:
    """What the address asks for; what it cannot mean narrows nothing."""
    get = request.GET
    kind, stage = get.get("kind", ""), get.get("stage", "")
    channel = names.channel(get.get("channel", ""))
    return FeedbackFilter(
        text=_plain(get.get("q", ""))[:100],
        kind=FeedbackKind(kind) if kind in set(FeedbackKind) else None,
        channel_id=channel.id if channel else None,
        stage=Stage(stage) if stage in set(Stage) else None,
        product=_plain(get.get("product", ""))[:60],
        unlinked=bool(get.get("unlinked")),
    )


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.VOICES_VIEW, write=Action.VOICES_EDIT)
def listing(request: HttpRequest, who: Who) -> HttpResponse:
    """POST links those that were chosen to an idea, known or new, or to none."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            count = _link(request, who)
        except BadInput as error:
            errors = {p.field: p.fix for p in error.problems}
        except NotFound as error:
            errors = {"id": str(error)}
        else:
            said = ngettext("%(n)s voice is linked.", "%(n)s voices are linked.", count)
            messages.success(request, said % {"n": number(count)})
            return redirect(request.get_full_path())
    names = Names.of(who)
    wanted = filter_of(request, names)
    found, following = customers.list_feedback(who.brand.id, wanted, cursor=request.GET.get("cursor", ""), limit=PAGE)
    ideas = customers.wanted_ideas(who.brand.id)
    older = request.GET.copy()
    older["cursor"] = following
    plain = request.GET.copy()
    plain.pop("cursor", None)
    given = {
        "lead": _("What customers say, in their words. Choose what belongs together and link it to an idea."),
        "rows": rows_of(who, found, names, {each.idea.id: each.idea for each in ideas}),
        "older": f"?{older.urlencode()}" if following else "",
        "wanted": wanted,
        "channel": request.GET.get("channel", ""),
        "query": plain.urlencode(),
        "filtered": wanted != FeedbackFilter(),
        "kinds": [("", _("Any kind")), *((kind.value, words.word(KIND, kind)) for kind in FeedbackKind)],
        "channels": [("", _("Any channel")), *((c.code, c.name) for c in names.channels.values())],
        "stages": [("", _("Any step")), *((stage.value, words.word(STAGE, stage)) for stage in Stage)],
        "ideas": [("", _("a new idea")), *_choices(ideas), ("none", _("no idea: take the link away"))],
        "typed": request.POST,
        "chosen": set(request.POST.getlist("id")),
        "errors": errors,
        "new_id": request.POST.get("new_id") or str(uuid7()),
        "may": who.may(Action.VOICES_EDIT),
    }
    return page(request, who, "voices/listing", given, status=422 if errors else 200)


def _choices(ideas: list[WantedIdea]) -> list[tuple[str, str]]:
    return [(str(each.idea.id), each.idea.title) for each in ideas]


def rows_of(who: Who, found: list[Feedback], names: Names, ideas: dict[UUID, Idea]) -> list[dict[str, Any]]:
    """Feedback as a list shows it; the customer's page is linked for those who may open every customer's."""
    sees = who.sees(Action.CUSTOMERS_VIEW) and whole_brand(who)
    return [
        {
            "f": one,
            "kind": words.word(KIND, one.kind),
            "hue": KIND_HUE[one.kind],
            "channel": names.channels[one.channel_id].name if one.channel_id in names.channels else "",
            "stage": words.word(STAGE, one.stage) if one.stage else "",
            "idea": ideas.get(one.idea_id) if one.idea_id else None,
            "customer": one.customer_id if sees else None,
        }
        for one in found
    ]


def _link(request: HttpRequest, who: Who) -> int:
    """How many links changed; the new idea is made with its links or not at all."""
    brand, by, post = who.brand.id, who.staff.username, request.POST
    ids = [each for text in post.getlist("id") if (each := _uuid(text))]
    if not ids:
        raise BadValue("id", "", _("at least one voice"))
    chosen = post.get("idea", "")
    with in_brand(brand):
        if chosen == "none":
            return customers.link_feedback(ids, None, brand=brand, by=by)
        if not chosen:
            new = Idea(_uuid(post.get("new_id", "")) or uuid7(), _plain(post.get("title", "")))
            made = customers.put_idea(new, brand=brand, by=by)
            return customers.link_feedback(ids, made.id, brand=brand, by=by)
        known = _uuid(chosen)
        if known is None:
            raise BadValue("idea", chosen[:80], _("one of the ideas"))
        return customers.link_feedback(ids, known, brand=brand, by=by)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@desk(Action.VOICES_VIEW)
def export(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    """The same filters as a file, row by row."""
    names = Names.of(who)
    wanted = filter_of(request, names)
    answer = StreamingHttpResponse(
        (line(row) for row in _lines(who, wanted, names)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="voices-{who.brand.slug}.csv"'
    return answer


def _lines(who: Who, wanted: FeedbackFilter, names: Names) -> Iterator[list[Any]]:
    # Spreadsheets take a file without this mark for an old code page and spoil every Chinese name.
    yield ["\ufeff" + _("When"), _("Kind"), _("What they said"), _("Channel"), _("Step"), _("Product"), _("Order"),
           _("Language"), _("Idea"), _("Written by")]  # fmt: skip
    ideas = {each.idea.id: each.idea for each in customers.wanted_ideas(who.brand.id)}
    cursor, sent = "", 0
    while sent < MOST_ROWS:
        found, cursor = customers.list_feedback(who.brand.id, wanted, cursor=cursor, limit=500)
        for row in rows_of(who, found, names, ideas):
            f = row["f"]
            yield [f.at.isoformat(), str(row["kind"]), f.text, row["channel"], str(row["stage"]), f.product, f.order,
                   f.language, row["idea"].title if row["idea"] else "", f.by]  # fmt: skip
        sent += len(found)
        if not cursor:
            return
