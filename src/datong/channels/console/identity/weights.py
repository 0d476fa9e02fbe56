"""The weights of two records as a waterfall: where each field begins and ends."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datong.channels.console.words import Words, word
from datong.matching.types import Setting, Weighed

FIELDS: Words = {
    "prior": gettext_lazy("any two customers"),
    "name": gettext_lazy("name"),
    "given": gettext_lazy("given name"),
    "family": gettext_lazy("family name"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "device": gettext_lazy("device"),
    "twice": gettext_lazy("counted with the name already"),
}


def waterfall(weighed: Weighed) -> list[dict[str, Any]]:
    """A line a field, and the sum: `x` and `width` in percent of the bar, `zero` where nothing speaks either way."""
    steps, at = [], 0.0
    for field in (one for one in FIELDS if one in weighed.parts):
        bits = weighed.parts[field]
        steps.append(
            (word(FIELDS, field), bits, min(at, at + bits), max(at, at + bits), "plus" if bits > 0 else "minus")
        )
        at += bits
    total = (_("In all"), weighed.weight, min(0.0, weighed.weight), max(0.0, weighed.weight), "total")
    low = min(0.0, *(start for _text, _bits, start, _end, _sign in (*steps, total)))
    wide = max(0.0, *(end for _text, _bits, _start, end, _sign in (*steps, total))) - low or 1.0
    return [
        {
            "text": text,
            "bits": f"{bits:+.1f}",
            "sign": sign,
            "x": f"{100 * (start - low) / wide:.1f}",
            "width": f"{max(100 * (end - start) / wide, 0.5):.1f}",
            "zero": f"{-100 * low / wide:.1f}",
        }
        for text, bits, start, end, sign in (*steps, total)
    ]


def said(weighed: Weighed | None, setting: Setting) -> tuple[str, str]:
    """How sure it is, in a word with its hue."""
    if weighed is None:
        return "", ""
    if weighed.weight >= setting.auto:
        return _("very likely"), "good"
    return (_("likely"), "waiting") if weighed.weight >= setting.review else (_("unlikely"), "neutral")
