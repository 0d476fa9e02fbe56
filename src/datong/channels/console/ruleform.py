"""The form of a sourcing rule: what it shows for a rule, and the rule read from what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datong.brand.types import Channel, StoreKind
from datong.channels.console import words
from datong.channels.design.formats import money, number
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import Money, minor_of

Settings = dict[str, Any]

SOURCED = (FulfilmentKind.DELIVERY, FulfilmentKind.PICKUP, FulfilmentKind.IN_STORE)
WEIGHTS = ("distance", "load", "depth", "cost", "split")
MAX_SPLIT = 10
MAX_KM = 2000
MAX_NAME = 60
MAX_WEIGHT = 1000
MAX_TOTAL_MINOR = 10**15
FIELD_OF = {"max_distance_m": "max_distance_km", "min_total_minor": "min_total", "weights": "weight_distance"}
"""Where the form shows a field of the rule that has another name there."""
FIELDS = ("name", "min_total", "regions", "max_distance_km", "max_stores", *(f"weight_{part}" for part in WEIGHTS))


@dataclass(frozen=True, slots=True)
class Known:
    """What the brand has to choose from, and the names its other rules have."""

    channels: tuple[Channel, ...]
    regions: tuple[str, ...]
    currency: str
    taken: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reader:
    """Reads one form after the other field, and keeps what is wrong with each."""

    post: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return " ".join(self.post.get(name, "").split())

    def ticked(self, prefix: str, codes: Iterable[str]) -> list[str]:
        return [code for code in codes if f"{prefix}-{code}" in self.post]

    def wrong(self, name: str, fix: str) -> None:
        self.problems.append(Problem(name, "bad_value", fix, self.text(name)[:200]))


def says(name: str, currency: str = "") -> str:
    """How to mend a field, in the form's own words; '' when it has none."""
    said = {
        "name": _("A name of 1 to 60 characters."),
        "max_distance_km": _("A number of kilometers above 0, at most 2,000."),
        "max_stores": _("1 to 10 stores."),
        "rules": _("A brand has at most 50 rules."),
        "min_total": _("Write an amount such as %(example)s.") % {"example": money(1999, currency) if currency else ""},
    }
    said |= {f"weight_{part}": _("A whole number from 0 to 1,000.") for part in WEIGHTS}
    return said.get(name, "")


def shown(rule: Settings, currency: str) -> dict[str, str]:
    """A rule as the form's fields; a known name in the reader's language, kilometres, an amount as it is typed."""
    minor, metres = rule["min_total_minor"], rule["max_distance_m"]
    fields = {
        "name": name_of(rule["name"]),
        "min_total": str(Money(minor, currency).decimal) if minor else "",
        "regions": ", ".join(rule["regions"]),
        "max_distance_km": f"{Decimal(metres) / 1000:f}",
        "max_stores": str(rule["max_stores"]),
    }
    fields |= {f"weight_{part}": str(rule["weights"][part]) for part in WEIGHTS}
    fields |= {f"channel-{code}": "1" for code in rule["channels"]}
    fields |= {f"fulfilment-{code}": "1" for code in rule["fulfilments"]}
    return fields | {f"kind-{code}": "1" for code in rule["store_kinds"]}


def choices(typed: Mapping[str, str], known: Known) -> dict[str, Any]:
    """The form's boxes and lists: (field, label, ticked)."""
    return {
        "channels": _boxes("channel", [(str(c.id), c.name) for c in known.channels], typed),
        "fulfilments": _boxes("fulfilment", [(k.value, words.FULFILMENT[k]) for k in SOURCED], typed),
        "kinds": _boxes("kind", [(k.value, words.STORE_KIND[k]) for k in StoreKind], typed),
        "splits": [(str(n), split(n)) for n in range(1, MAX_SPLIT + 1)],
        "parts": [
            {"name": f"weight_{part}", "label": words.SCORE_PART[part], "value": typed.get(f"weight_{part}", "")}
            for part in WEIGHTS
        ],
    }


def split(stores: int) -> str:
    """Over how many stores an order may be split, in words."""
    if stores == 1:
        return _("one store only")
    return ngettext("up to %(n)s store", "up to %(n)s stores", stores) % {"n": number(stores)}


def _boxes(prefix: str, options: list[tuple[str, Any]], typed: Mapping[str, str]) -> list[tuple[str, Any, bool]]:
    return [(f"{prefix}-{code}", label, f"{prefix}-{code}" in typed) for code, label in options]


def read(post: Mapping[str, str], before: Settings | None, known: Known) -> Settings:
    """The settings that were typed. Raises BadInput with a problem for each field that cannot be read.

    `orders.put_rules` has the last word on what a rule may hold. All that can be told from the form alone is told
    here, so that nobody mends one field only to hear of the next.
    """
    reader = Reader(post)
    ids = {str(c.id) for c in known.channels}
    gone = [code for code in (before["channels"] if before else ()) if code not in ids]
    settings: Settings = {
        "name": _name(reader, before, known),
        # A channel that is not listed any more cannot be ticked off by mistake.
        "channels": sorted([*reader.ticked("channel", ids), *gone]),
        "fulfilments": reader.ticked("fulfilment", [k.value for k in SOURCED]),
        "min_total_minor": _total(reader, known.currency),
        "store_kinds": reader.ticked("kind", [k.value for k in StoreKind]),
        "regions": _regions(reader, before, known),
        "max_distance_m": _metres(reader),
        "weights": {part: _whole(reader, f"weight_{part}", 0, MAX_WEIGHT) for part in WEIGHTS},
        "max_stores": _whole(reader, "max_stores", 1, MAX_SPLIT),
    }
    if not reader.problems and not any(settings["weights"].values()):
        reader.wrong("weight_distance", _("At least one of them must count."))
    if reader.problems:
        raise BadInput("the form has to be mended", *reader.problems)
    return settings


def _name(reader: Reader, before: Settings | None, known: Known) -> str:
    """The name typed; a name of ours that was only shown translated stays the code it is."""
    name = reader.text("name")
    if before and name == name_of(before["name"]):
        return str(before["name"])
    if not name.isprintable() or not 0 < len(name) <= MAX_NAME:
        reader.wrong("name", says("name"))
    elif name in known.taken:
        reader.wrong("name", _("Another rule has this name; orders tell by it why a store was chosen."))
    return name


def _total(reader: Reader, currency: str) -> int:
    text = reader.text("min_total").replace(",", "")
    try:
        minor = minor_of(text or "0", currency)
    except (BadInput, ArithmeticError):
        minor = -1
    if not 0 <= minor <= MAX_TOTAL_MINOR:
        reader.wrong("min_total", says("min_total", currency))
    return minor


def _metres(reader: Reader) -> int:
    try:
        km = Decimal(reader.text("max_distance_km").replace(",", ""))
    except InvalidOperation:
        km = Decimal("NaN")
    if not km.is_finite() or not Decimal("0.001") <= km <= MAX_KM:
        reader.wrong("max_distance_km", says("max_distance_km"))
        return 0
    return int((km * 1000).to_integral_value())


def _whole(reader: Reader, name: str, least: int, most: int) -> int:
    text = reader.text(name)
    if not (text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        reader.wrong(name, says(name))
        return least
    return int(text)


def _regions(reader: Reader, before: Settings | None, known: Known) -> list[str]:
    """Regions between commas, spelt as the stores spell them."""
    spelt = {name.casefold(): name for name in (*known.regions, *(before["regions"] if before else ()))}
    typed = [name.strip() for name in re.split(r"[,;，；、\n]", reader.post.get("regions", "")) if name.strip()]
    strange = [name for name in typed if name.casefold() not in spelt]
    if strange:
        named = ", ".join(strange)[:120]
        reader.wrong(
            "regions", _("No store is in %(regions)s; write it as in the list of stores.") % {"regions": named}
        )
    return sorted({spelt[name.casefold()] for name in typed if name.casefold() in spelt})


def errors_of(error: BadInput, currency: str) -> dict[str, str]:
    """What to show beside which field of the form; '' is the whole form.

    A problem that `orders.put_rules` found names its field as the rule has it, and is said in the form's units.
    """
    said: dict[str, str] = {}
    for problem in error.problems:
        theirs = problem.field.startswith("/rules")
        name = problem.field.rpartition("/")[2]
        name = FIELD_OF.get(name, name)
        said.setdefault(name if name in FIELDS else "", (theirs and says(name, currency)) or problem.fix)
    return said or {"": str(error)}


def name_of(code: str) -> str:
    """A rule's name as a heading: ours in the reader's language, the brand's own as it was written."""
    ours = words.RULE.get(code)
    return str(capfirst(str(ours))) if ours else str(words.word(words.RULE, code))


def anchor_of(name: str) -> str:
    """Where on the page a rule stands, for a link to it."""
    return f"rule-{slugify(name, allow_unicode=True)}"


def known_regions(names: Iterable[str], most: int = 12) -> str:
    """The first regions in a sentence, for the help below the field."""
    every = sorted(set(names))
    few = ", ".join(every[:most])
    more = _("and %(n)s more") % {"n": number(len(every) - most)} if len(every) > most else ""
    return f"{few} {more}".strip()
