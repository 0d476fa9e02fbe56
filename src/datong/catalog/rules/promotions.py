"""How promotions apply: when, to which lines, how much, and how they go together. Integers only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from datong.catalog.rules import predicates
from datong.catalog.rules.discounts import FORWARD, offs_of, shortfall
from datong.catalog.types import Ask, AskLine, Chosen, Finding, Promotion, Scene, Verdict, Who, Window

NOWHERE = Scene()


@dataclass(slots=True)
class Running:
    """One line while promotions are worked out: `left_minor` is what is still to pay.

    `taken` holds the groups whose promotion this line has had, each with that promotion's code.
    """

    line: AskLine
    unit_minor: int
    left_minor: int
    category: str = ""
    promotions: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    chosen: tuple[Chosen, ...] = ()


class Note(Protocol):
    """Hears what became of each promotion; the last word on a code counts, except that `applied` stands."""

    def __call__(self, finding: Finding) -> None: ...


def in_force(valid_from: datetime | None, valid_to: datetime | None, at: datetime) -> bool:
    """From inclusive, to exclusive, so that two that follow each other never both hold."""
    return (valid_from is None or valid_from <= at) and (valid_to is None or at < valid_to)


def applicable(promotions: Iterable[Promotion], ask: Ask, scene: Scene = NOWHERE) -> list[Promotion]:
    """The promotions of this door at this moment: highest priority first, then by code so that the order is fixed."""
    return in_order(promotion for promotion in promotions if refusal(promotion, ask, scene) is None)


def in_order(promotions: Iterable[Promotion]) -> list[Promotion]:
    return sorted(promotions, key=lambda promotion: (-promotion.priority, promotion.code))


def refusal(promotion: Promotion, ask: Ask, scene: Scene) -> Verdict | None:
    """Why the promotion does not even look at this basket; None when it does."""
    if promotion.valid_from is not None and ask.at < promotion.valid_from:
        return Verdict.NOT_BEGUN
    if promotion.valid_to is not None and ask.at >= promotion.valid_to:
        return Verdict.ENDED
    if promotion.channels and ask.channel_id not in promotion.channels:
        return Verdict.OTHER_CHANNEL
    if promotion.stores and ask.store_id not in promotion.stores:
        return Verdict.OTHER_STORE
    if promotion.who is Who.MEMBERS and ask.member is None:
        return Verdict.MEMBERS_ONLY
    if promotion.levels and ask.member not in promotion.levels:
        return Verdict.OTHER_LEVEL
    if ask.people < promotion.min_people:
        return Verdict.TOO_FEW_PEOPLE
    if promotion.windows:
        zone = scene.store_zone if promotion.in_store_zone and scene.store_zone else scene.zone
        if not open_now(promotion.windows, ask.at.astimezone(ZoneInfo(zone))):
            return Verdict.OUTSIDE_HOURS
    return None


def open_now(windows: Iterable[Window], local: datetime) -> bool:
    """Whether a local moment lies in a window; what began yesterday and runs past midnight counts as yesterday's."""
    minute, today = local.hour * 60 + local.minute, local.isoweekday()
    yesterday = (local - timedelta(days=1)).isoweekday()
    for window in windows:
        over = window.ends <= window.begins
        days = window.weekdays or _EVERY_DAY
        if today in days and window.begins <= minute and (over or minute < window.ends):
            return True
        if over and yesterday in days and minute < window.ends:
            return True
    return False


_EVERY_DAY = frozenset(range(1, 8))


def apply_promotions(running: Sequence[Running], promotions: Iterable[Promotion], note: Note | None = None) -> None:
    """Take each promotion off the lines it covers, in the order given.

    A line that has had one promotion which is not stackable takes part in no other such promotion of its group,
    neither for its discount nor towards a threshold or a number of units. Stackable ones go together with anything.
    A best-of group comes at the place of its first; the one that takes most off goes first, whatever their order.
    """
    for turn in _turns(promotions):
        rivals = turn
        while rivals:
            winner = _best(rivals, running, note)
            rivals = [promotion for promotion in rivals if promotion is not winner] if winner else []


def _best(rivals: Sequence[Promotion], running: Sequence[Running], note: Note | None) -> Promotion | None:
    """Apply the one that takes most off (by code when they are even), which is returned; None when none does."""
    tries = [(promotion, *_try(promotion, running)) for promotion in rivals]
    best = min(tries, key=lambda found: (-sum(found[2]), found[0].code)) if len(tries) > 1 else tries[0]
    winner = best[0] if any(best[2]) else None
    for promotion, lines, offs in tries if note else ():
        assert note is not None
        if winner is None:
            note(_why_not(promotion, running, lines))
        elif promotion is not winner and any(offs):
            note(Finding(promotion.code, promotion.title, Verdict.BETTER, by=winner.code))
    if winner:
        _take(*best, note)
    return winner


def _turns(promotions: Iterable[Promotion]) -> list[list[Promotion]]:
    """One turn a promotion, and one for all those of a best-of group."""
    turns: list[list[Promotion]] = []
    groups: dict[str, list[Promotion]] = {}
    for promotion in promotions:
        if promotion.best_of and not promotion.stackable:
            if promotion.group not in groups:
                groups[promotion.group] = []
                turns.append(groups[promotion.group])
            groups[promotion.group].append(promotion)
        else:
            turns.append([promotion])
    return turns


def covers(promotion: Promotion, sku: str, category: str) -> bool:
    """Whether the promotion is about this product; what is excluded by name or category never is."""
    if sku in promotion.excluded_skus or _under(category, promotion.excluded_categories):
        return False
    if promotion.bundle:
        return any(sku == piece.sku for piece in promotion.bundle)
    if not promotion.skus and not promotion.categories:
        return True
    return sku in promotion.skus or _under(category, promotion.categories)


def _under(category: str, names: frozenset[str]) -> bool:
    """A category counts with all below it: 'drinks' covers 'drinks/tea'."""
    return bool(names) and any(category == name or category.startswith(f"{name}/") for name in names)


def _covered(promotion: Promotion, running: Sequence[Running]) -> list[Running]:
    return [line for line in running if line.left_minor > 0 and covers(promotion, line.line.sku, line.category)]


def _try(promotion: Promotion, running: Sequence[Running]) -> tuple[list[Running], list[int]]:
    """The lines that take part and what each would lose; no line loses more than it has."""
    lines = [line for line in _covered(promotion, running) if promotion.stackable or promotion.group not in line.taken]
    offs = offs_of(promotion, lines) if lines else []
    return lines, offs


def _take(promotion: Promotion, lines: Sequence[Running], offs: Sequence[int], note: Note | None) -> None:
    for line, off in zip(lines, offs, strict=True):
        line.left_minor -= off
        if off:
            line.promotions.append(promotion.code)
        if not promotion.stackable and (off or promotion.kind not in FORWARD):
            line.taken[promotion.group] = promotion.code
    if note:
        by_line = {line.line.line_no: off for line, off in zip(lines, offs, strict=True) if off}
        note(Finding(promotion.code, promotion.title, Verdict.APPLIED, sum(offs), by_line))


def _why_not(promotion: Promotion, running: Sequence[Running], lines: Sequence[Running]) -> Finding:
    finding = Finding(promotion.code, promotion.title, Verdict.NO_LINE)
    covered = _covered(promotion, running)
    if not covered:
        return finding
    if not lines:
        by = next((line.taken[promotion.group] for line in covered if promotion.group in line.taken), "")
        return Finding(promotion.code, promotion.title, Verdict.EXCLUDED, by=by)
    return shortfall(promotion, lines)


def facts_of(ask: Ask, scene: Scene, running: Sequence[Running]) -> Mapping[str, Mapping[str, object]]:
    """What a condition may look at (predicates.ENVIRONMENT). The basket counts at its full prices."""
    local = ask.at.astimezone(ZoneInfo(scene.store_zone or scene.zone))
    return {
        "basket": {
            "total_minor": sum(line.unit_minor * line.line.units for line in running),
            "units": sum(line.line.units for line in running),
            "lines": len(running),
            "skus": [line.line.sku for line in running],
            "categories": [line.category for line in running],
        },
        "customer": {"member": ask.member is not None, "level": ask.member or ""},
        "store": {**_NO_STORE, **scene.store},
        "channel": {**_NO_CHANNEL, **scene.channel},
        "now": {"hour": local.hour, "minute": local.minute, "weekday": local.isoweekday(), "day": local.day,
                "month": local.month},
        "group": {"people": ask.people},
    }  # fmt: skip


_NO_STORE = {"known": False, "code": "", "name": "", "city": "", "region": "", "country": "", "kind": "", "tier": 0}
_NO_CHANNEL = {"known": False, "code": "", "kind": ""}


def meeting_conditions(
    promotions: Sequence[Promotion], facts: Callable[[], Mapping[str, Mapping[str, object]]], note: Note | None
) -> list[Promotion]:
    """Those without a condition or whose condition holds; the facts are gathered only when somebody asks for them."""
    if not any(promotion.condition for promotion in promotions):
        return list(promotions)
    known, kept = facts(), []
    for promotion in promotions:
        holds, why = predicates.holds(promotion.condition, known) if promotion.condition else (True, "")
        if holds:
            kept.append(promotion)
        elif note:
            said = why or promotion.condition
            note(Finding(promotion.code, promotion.title, Verdict.CONDITION, says=said))
    return kept
