"""The design system in templates: `ui` for a component, `wrap` and `fill` for one with content, and formats.

    {% ui "badge" text=state status="good" %}
    {% wrap "section" title=_("Lines") %}...{% fill "foot" %}...{% endfill %}{% endwrap %}

A component sees what it is given, the request and nothing else of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import get_template
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide import _render_icon as lucide_svg

from datong.channels.design import charts, formats

register = template.Library()
register.filter("number", formats.number)
register.filter("compact", formats.compact)
register.filter("percent", formats.percent)
register.filter("distance", formats.distance)
register.filter("relative", formats.relative)
register.filter("absolute", formats.absolute)
register.filter("time_of_day", formats.time_of_day)
register.filter("day", formats.day)


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Minor units as money of `currency`; nothing for None."""
    return "" if minor is None else formats.money(minor, currency)


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key) if mapping else None


@register.filter
def at(values: Sequence[Any], index: int) -> Any:
    return values[index]


@register.filter
def initials(name: str, person: bool = True) -> str:
    """The first letters of the first and last word; in Chinese one character, a person's given name's."""
    words = name.split()
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E80:
        return words[0][-1] if person and len(words[0]) == 3 else words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def icon(name: str, label: str = "", inline: bool = False) -> SafeString:
    """A lucide icon; with a label it speaks, without it is decoration."""
    return _drawn_icon(str(name), str(label), inline)


@lru_cache(maxsize=2000)
def _drawn_icon(name: str, label: str, inline: bool) -> SafeString:
    """Drawn once: a page has some seventy of them, a quarter of its time when each is made anew from its XML."""
    said = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    kind = "icon icon-inline" if inline else "icon"
    return mark_safe(lucide_svg(name, 16, **{"class": kind, **said}))  # noqa: S308 - our own icon names


@register.simple_tag
def when(at: datetime | None) -> SafeString:
    """How long ago, with the exact moment on hover."""
    if at is None:
        return mark_safe("")
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        formats.absolute(at),
        formats.relative(at),
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """This page's query string with `changes`; None or '' takes a key out, and the paging cursor always goes."""
    params = context["request"].GET.copy()
    for key in ("after", "before"):
        params.pop(key, None)
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return f"?{params.urlencode()}" if params else context["request"].path


@register.simple_tag(takes_context=True)
def here(context: Context, language: str = "") -> str:
    """This page's own address, for forms that come back to it."""
    request = context["request"]
    return translate_url(request.get_full_path(), language) if language else request.get_full_path()


@register.inclusion_tag("design/spark.html")
def spark(values: Any, label: str = "") -> dict[str, Any]:
    path, end = charts.spark(list(values))
    return {"path": path, "end": end, "label": label}


def _isolated(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    shared = {key: context[key] for key in ("request", "csrf_token", "who") if key in context}
    return {**shared, **given}


class UiNode(template.Node):
    def __init__(self, name: FilterExpression, given: dict[str, FilterExpression]) -> None:
        self.name, self.given = name, given

    def render(self, context: Context) -> SafeString:
        given = {key: value.resolve(context) for key, value in self.given.items()}
        name = self.name.resolve(context)
        return get_template(f"design/{name}.html").template.render(Context(_isolated(context, given)))  # type: ignore[attr-defined]


class FillNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        context["_fills"][self.name] = self.nodelist.render(context)
        return SafeString("")


class WrapNode(UiNode):
    def __init__(self, name: FilterExpression, given: dict[str, FilterExpression], nodelist: NodeList) -> None:
        super().__init__(name, given)
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        given = {key: value.resolve(context) for key, value in self.given.items()}
        fills: dict[str, SafeString] = {}
        with context.push(_fills=fills):
            given["content"] = self.nodelist.render(context)
        given |= fills
        name = self.name.resolve(context)
        return get_template(f"design/{name}.html").template.render(Context(_isolated(context, given)))  # type: ignore[attr-defined]


def _arguments(parser: Parser, token: Token) -> tuple[FilterExpression, dict[str, FilterExpression]]:
    bits = token.split_contents()
    if len(bits) < 2:
        raise template.TemplateSyntaxError(f"{bits[0]} needs the name of a component")
    rest = bits[2:]
    given = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"{bits[0]} {bits[1]}: name=value expected, got {rest[0]}")
    return parser.compile_filter(bits[1]), given


@register.tag
def ui(parser: Parser, token: Token) -> UiNode:
    return UiNode(*_arguments(parser, token))


@register.tag
def wrap(parser: Parser, token: Token) -> WrapNode:
    name, given = _arguments(parser, token)
    nodelist = parser.parse(("endwrap",))
    parser.delete_first_token()
    return WrapNode(name, given, nodelist)


@register.tag
def fill(parser: Parser, token: Token) -> FillNode:
    _, name = token.split_contents()
    nodelist = parser.parse(("endfill",))
    parser.delete_first_token()
    return FillNode(name.strip("\"'"), nodelist)
