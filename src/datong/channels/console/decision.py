"""Why this store: the decision's record as a table and a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.ruleform import anchor_of
from datong.channels.design import maps
from datong.channels.design.formats import distance, percent
from datong.kernel.geo import Point
from datong.orders.api import OrderView


def decision_of(decision: Any, names: Names, titles: Mapping[str, str]) -> dict[str, Any]:
    """A decision in words: the sentence, the rule, and every candidate with what refused it."""
    chosen = [_candidate(c, names, titles, chosen=True) for c in decision.chosen]
    refused = [_candidate(c, names, titles, chosen=False) for c in decision.refused]
    return {
        "title": _("Why this store") if chosen else _("Why no store yet"),
        "reason": _reason(decision.reason),
        "rule": words.word(words.RULE, decision.rule) if decision.rule else "",
        "rule_at": "" if decision.rule in ("", "named_store") else anchor_of(decision.rule),
        "actor": decision.actor,
        "at": decision.at,
        "chosen": chosen,
        "refused": refused,
        "candidates": [*chosen, *refused],
        "scored": any(c["score"] for c in [*chosen, *refused]),
    }


def _reason(code: str) -> str:
    """The sentence of a decision; a condition alone is what refused most of the stores."""
    if code in words.CONDITION:
        return _("Most of the stores in reach were refused: %(why)s.") % {"why": words.CONDITION[code]}
    return str(words.word(words.REASON, code))


def _candidate(raw: Mapping[str, Any], names: Names, titles: Mapping[str, str], *, chosen: bool) -> dict[str, Any]:
    store = names.stores.get(UUID(str(raw["store_id"])))
    refused = raw.get("refused") or ""
    parts = raw.get("parts") or {}
    return {
        "store": store,
        "distance_m": raw["distance_m"],
        "score": raw.get("score") or 0,
        "said": " · ".join(f"{words.word(words.SCORE_PART, part)} {percent(v)}" for part, v in parts.items()),
        "chosen": chosen,
        "why": _("serves it") if chosen else words.word(words.CONDITION, refused),
        "detail": _detail(raw.get("detail") or "", titles),
    }


def _detail(text: str, titles: Mapping[str, str]) -> str:
    """'item:free/wanted' as a sentence; anything else as it stands."""
    item, _colon, figures = text.partition(":")
    free, slash, wanted = figures.partition("/")
    if not slash:
        return text
    name = titles.get(item, _("one line"))
    return _("%(item)s: %(free)s of %(wanted)s there") % {"item": name, "free": max(int(free), 0), "wanted": wanted}


def map_of(order: OrderView, decision: Mapping[str, Any], names: Names) -> maps.View | None:
    """Candidates around the customer; None when there is nothing to place."""
    home = Point(order.lon, order.lat) if order.lon is not None and order.lat is not None else None
    pins = [
        maps.Pin(
            c["store"].place,
            c["store"].name,
            " · ".join(filter(None, (str(c["why"]), distance(c["distance_m"]) if home else "", c["detail"]))),
            reverse("store", args=[c["store"].code]),
            "chosen" if c["chosen"] else "refused",
            label=c["chosen"],
        )
        for c in decision["candidates"]
        if c["store"]
    ]
    if not pins:
        return None
    routes = [maps.Route(p.place, home) for p in pins if p.look == "chosen"] if home else []
    if home:
        pins.append(maps.Pin(home, _("Customer"), order.address, look="customer"))
    return maps.draw(pins, routes, label=_("Stores considered for order %(number)s") % {"number": order.number})
