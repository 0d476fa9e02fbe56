"""Which of several values holds: rules narrow them down in their order, the first that leaves one has chosen it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from datong.customers.rules.identities import is_masked
from datong.customers.types.golden import HALVES, RULED, Chosen, Field, Golden, Pin, Rule, Survivorship, Value, Why
from datong.kernel.errors import BadValue

DEFAULTS: Mapping[Field, Survivorship] = {
    each: Survivorship(each, rules)
    for each, rules in {
        Field.NAME: (Rule.OFTEN, Rule.FIRST),
        Field.PHONE: (Rule.VERIFIED, Rule.RECENT),
        Field.EMAIL: (Rule.VERIFIED, Rule.RECENT),
        Field.ADDRESS: (Rule.RECENT,),
        Field.BIRTHDAY: (Rule.HAND, Rule.OFTEN, Rule.RECENT),
        Field.LANGUAGE: (Rule.HAND, Rule.RECENT),
        Field.PREFERRED: (Rule.HAND, Rule.RECENT),
        Field.COMPANY: (Rule.HAND, Rule.LONGEST),
    }.items()
}
"""What holds until a brand says otherwise."""
MAX_SOURCES = 20
_HAN = re.compile("[\u3400-\u9fff]{2,6}")
DOUBLE = frozenset(
    ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "宇文", "长孙", "夏侯"]
    + ["独孤", "南宫", "西门", "端木"]
)
"""Family names of two signs (复姓)."""


def split_name(name: str) -> tuple[str, str]:
    """(given, family) of a name in full: 张三丰 is 三丰 and 张, Mary Jane Lee: Mary Jane and Lee; one word is given."""
    words = name.split()
    if len(words) == 1 and _HAN.fullmatch(words[0]):
        two = 2 if words[0][:2] in DOUBLE and len(words[0]) > 2 else 1
        return words[0][two:], words[0][:two]
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (name.strip(), "")


def joined_name(given: str, family: str) -> str:
    """A name in full of its halves, in the order of its script."""
    if _HAN.fullmatch(f"{family}{given}"):
        return f"{family}{given}"
    return " ".join(filter(None, (given, family)))


@lru_cache(maxsize=4096)
def same_text(text: str) -> str:
    """What two spellings of one value have in common."""
    return " ".join(text.split()).casefold()


def golden(
    head: UUID,
    said: Mapping[Field, Sequence[Value]],
    pins: Iterable[Pin],
    since: Mapping[UUID, datetime],
    rules: Mapping[Field, Survivorship],
) -> Golden:
    """What holds for a person of whose records all this was said; the order of values, pins and records is no matter.

    `since`: record -> since when it is known. Of two pins of a field the later holds.
    """
    pinned: dict[Field, Pin] = {}
    for pin in sorted(pins, key=lambda one: (one.at, one.id)):
        pinned[pin.field] = pin
    fields = {}
    for each in RULED:
        chosen = choose(each, said.get(each, ()), rules[each], since, pinned.get(each))
        if chosen:
            fields[each] = chosen
    if name := fields.get(Field.NAME):
        fields |= _halves(name, said, pinned)
    return Golden(head, fields)


def choose(
    of: Field,
    values: Sequence[Value],
    survivorship: Survivorship,
    since: Mapping[UUID, datetime],
    pin: Pin | None = None,
) -> Chosen | None:
    """The value that holds; None when nothing was said. One written in full goes before one that is masked."""
    full = [value for value in values if not is_masked(value.text)] or list(values)
    if pin:
        return _pinned(of, full, pin)
    if not full:
        return None
    if len({same_text(value.text) for value in full}) == 1:
        return Chosen(of, _best(full), Why.ONLY)
    left, why = full, Why.TIE
    for rule in (*survivorship.rules, Rule.RECENT):
        score = _score(rule, full, survivorship.sources, since)
        best = max(map(score, left))
        left = [value for value in left if score(value) == best]
        if len({same_text(value.text) for value in left}) == 1:
            return Chosen(of, _best(left), rule, _others(full, left[0]))
    least = min(same_text(value.text) for value in left)
    held = _best([value for value in left if same_text(value.text) == least])
    return Chosen(of, held, why, _others(full, held))


def _pinned(of: Field, values: Sequence[Value], pin: Pin) -> Chosen:
    same = [value for value in values if same_text(value.text) == same_text(pin.text)]
    held = _best(same) if same else Value(pin.text, pin.customer_id, pin.at, pin.at, by=pin.by)
    return Chosen(of, held, Why.PINNED, _others(values, held), pin)


def _score(
    rule: Rule, values: Sequence[Value], sources: Sequence[UUID], since: Mapping[UUID, datetime]
) -> Callable[[Value], Any]:
    """How good a value is by one rule; more is better."""
    if rule is Rule.SOURCES:
        places = {source: -place for place, source in enumerate(sources)}
        return lambda value: places.get(value.channel_id, -len(sources)) if value.channel_id else -len(sources)
    if rule is Rule.OFTEN:
        saying: dict[str, set[tuple[UUID, UUID | None, str]]] = {}
        for value in values:
            key = (value.record_id, value.channel_id, value.by)
            saying.setdefault(same_text(value.text), set()).add(key)
        return lambda value: len(saying[same_text(value.text)])
    return {
        Rule.HAND: lambda value: float(bool(value.by)),
        Rule.VERIFIED: lambda value: float(value.verified),
        Rule.RECENT: lambda value: value.last_seen.timestamp(),
        Rule.LONGEST: lambda value: len(same_text(value.text)),
        Rule.FIRST: lambda value: (
            -since.get(value.record_id, value.first_seen).timestamp(),
            -value.first_seen.timestamp(),
        ),
    }[rule]


def _best(values: Sequence[Value]) -> Value:
    """Of sources that say the same, the one to name: proven before not, then the latest."""
    return max(values, key=lambda one: (one.verified, bool(one.by), one.last_seen, one.record_id, one.text))


def _others(values: Sequence[Value], held: Value) -> tuple[Value, ...]:
    """What else was said, each value once, the latest first."""
    by_text: dict[str, list[Value]] = {}
    for value in values:
        if same_text(value.text) != same_text(held.text):
            by_text.setdefault(same_text(value.text), []).append(value)
    found = (_best(same) for same in by_text.values())
    return tuple(sorted(found, key=lambda one: (one.last_seen, one.text), reverse=True))


def _halves(name: Chosen, said: Mapping[Field, Sequence[Value]], pinned: Mapping[Field, Pin]) -> dict[Field, Chosen]:
    """Given and family name: as the source of the name says them, else as the name is written."""
    source, halves = name.value, dict(zip(HALVES, split_name(name.value.text), strict=True))
    whole = same_text(source.text).split()
    for half in HALVES:
        for value in said.get(half, ()):
            told = same_text(value.text)
            # Of the same source, and part of this very name: an earlier name's half must not stay.
            if (value.record_id, value.channel_id) == (source.record_id, source.channel_id) and (
                told in " ".join(whole)
            ):
                halves[half] = value.text
    found = {}
    for half, text in halves.items():
        if pin := pinned.get(half):
            found[half] = _pinned(half, said.get(half, ()), pin)
        elif text:
            part = Value(text, source.record_id, source.first_seen, source.last_seen, source.channel_id, by=source.by)
            found[half] = Chosen(half, part, Why.PART)
    return found


def checked_rules(told: Survivorship) -> Survivorship:
    """Rules that can be used; BadValue names what cannot. `sources` of rules that do not ask for them are left out."""
    if told.field not in RULED:
        raise BadValue("field", told.field, "a field with rules of its own; the halves of a name go with it")
    if not told.rules or len(set(told.rules)) != len(told.rules):
        raise BadValue("rules", ", ".join(told.rules), "one rule or more, each once")
    if Rule.SOURCES not in told.rules:
        return Survivorship(told.field, tuple(told.rules))
    if not 1 <= len(told.sources) <= MAX_SOURCES or len(set(told.sources)) != len(told.sources):
        raise BadValue("sources", len(told.sources), f"1 to {MAX_SOURCES} channels, each once, the best first")
    return Survivorship(told.field, tuple(told.rules), tuple(told.sources))
