"""The systems of today: what is planted is found, whatever the seed; on a clean day nothing is."""

from __future__ import annotations

from datetime import date

import pytest

from datong.kernel import clock
from datong.shadow import api as shadow
from datong.shadow.types import Kind
from datong.site.demo.retail.world import retail_world
from datong.site.demo.shadow.load import look_beside, open_brand
from datong.site.demo.shadow.plant import COUNTS, plant
from datong.site.demo.shadow.score import all_findings, score
from datong.site.demo.shadow.today import clean_day

DAY = date(2026, 11, 20)
FEW = 500


def _looked_at(slug, seed, counts, baskets=FEW):
    today = clean_day(retail_world(DAY, baskets))
    planted = plant(today, seed, counts)
    brand = open_brand(today.world, slug, clock.now())
    beside = look_beside(brand, today, "Today")
    assert beside.refused == 0
    shadow.run(brand.id, beside.project.id, by="test")
    return planted, all_findings(brand.id, beside.project.id)


@pytest.mark.requirement("S-163", "S-175", "S-69")
@pytest.mark.parametrize(("seed", "times"), [(1, 1), (7, 2)])
def test_what_was_planted_is_found_and_nothing_else(db, seed, times):
    counts = {kind: max(1, number * times // 3) for kind, number in COUNTS.items()}
    planted, found = _looked_at(f"sown-{seed}", seed, counts)
    assert {kind: len(planted.of[kind]) for kind in Kind} == counts
    for kind, result in score(planted, found).items():
        assert (kind, result.recall, result.precision) == (kind, 1.0, 1.0)


@pytest.mark.requirement("S-17")
def test_a_clean_day_has_no_findings(db):
    planted, found = _looked_at("clean", 3, {})
    assert planted.count == 0 and found == []
