"""Arrays as PostgreSQL reads them, and a collector that comes back."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.kernel.bulk import array, uncollected
from datong.kernel.db import rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
ODD = ["", "NULL", "null", "{}", "a,b", 'say "x"', "back\\slash", " ends ", "\t", "规格", "\u3000"]


@pytest.mark.django_db
def test_an_array_comes_back_as_it_went() -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(TEXTS | st.sampled_from(ODD), max_size=8))
    def same(texts: list[str]) -> None:
        assert rows("SELECT %(texts)s::text[]", {"texts": array(texts)}) == [(texts,)]

    same()


def test_the_collector_rests_in_the_block_and_comes_back_after_an_error() -> None:
    assert gc.isenabled()
    try:
        with uncollected():
            with uncollected():
                assert not gc.isenabled()
            assert not gc.isenabled()
            raise ValueError
    except ValueError:
        pass
    assert gc.isenabled()
