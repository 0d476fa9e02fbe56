"""How well what was found is what was planted: recall and precision by kind. Reads findings as anybody sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from datong.shadow import api as shadow
from datong.shadow.types import Finding, Kind
from datong.site.demo.shadow.types import Planted

PEOPLE = (Kind.DUPLICATE, Kind.MAYBE_SAME)


@dataclass(frozen=True, slots=True)
class Score:
    """`hit` findings are planted ones; recall and precision are 1 where nothing was planted or found."""

    planted: int
    found: int
    hit: int

    @property
    def recall(self) -> float:
        return self.hit / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        return self.hit / self.found if self.found else 1.0


def score(planted: Planted, found: Iterable[Finding]) -> Mapping[Kind, Score]:
    """Each planted error counts once, for one finding of its kind that shows all of its signs."""
    by_kind: dict[Kind, list[frozenset[str]]] = {kind: [] for kind in Kind}
    for each in found:
        by_kind[each.kind].append(signs_of(each))
    scores = {}
    for kind in Kind:
        left = list(by_kind[kind])
        hit = 0
        for signs in planted.of.get(kind, ()):
            match = next((shown for shown in left if signs <= shown), None)
            if match is not None:
                left.remove(match)
                hit += 1
        scores[kind] = Score(len(planted.of.get(kind, ())), len(by_kind[kind]), hit)
    return scores


def signs_of(finding: Finding) -> frozenset[str]:
    if finding.kind in PEOPLE:
        return frozenset(f"{row['system']}/{row['member']}" for row in finding.evidence)
    if finding.kind in (Kind.OVERSELL, Kind.NEAR_MISS):
        return frozenset((finding.store, finding.item))
    if finding.kind is Kind.PRICE_GAP:
        return frozenset((finding.item,))
    return frozenset((str(finding.facts["order"]),))


def all_findings(brand_id: UUID, project_id: UUID) -> Collection[Finding]:
    """Every finding of the latest run."""
    found: list[Finding] = []
    after = None
    while True:
        page = shadow.findings_page(brand_id, project_id, after=after, limit=500)
        found += page.rows
        after = page.next
        if after is None:
            return found
