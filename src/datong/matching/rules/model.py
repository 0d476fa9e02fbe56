"""What is compared of two records, and which pairs are worth comparing: settings for Splink, the same on every engine.

The weights are learned from the data itself (expectation maximisation); no number here is fitted to known answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from datong.matching.types import Field

BLOCKS: tuple[tuple[str, ...], ...] = (
    ("national_id",),
    ("phone",),
    ("email",),
    ("device",),
    ("given", "family"),
    ("birth", "given"),
    ("birth", "family"),
    ("birth",),
    ("split_part(email, '@', 1)",),
    ("substr(email, 1, 6)",),
    ("postcode", "given"),
    ("postcode", "family"),
    ("street", "house"),
    ("street", "given"),
    ("street", "family"),
    ("place", "given"),
    ("place", "family"),
    ("family", "substr(given, 1, 1)", "substr(birth, 1, 4)"),
    ("given", "substr(birth, 1, 4)"),
    ("given", "city"),
    ("family", "city"),
    ("substr(national_id, 1, 5)", "substr(birth, 1, 4)"),
    ("substr(birth, 1, 6)", "substr(given, 1, 1)"),
)
"""Two records are compared when they agree on one of these; in order of worth, as long as the pairs stay few."""
SURE: tuple[tuple[str, ...], ...] = (("national_id",), ("phone",), ("email",), ("given", "family", "birth"))
"""Agreement that nearly always means one person: how many pairs there are to be found is estimated by it."""
RECALL_OF_SURE = 0.7
LEARN: tuple[tuple[str, ...], ...] = (
    ("birth",),
    ("given", "family"),
    ("national_id",),
    ("email",),
    ("phone",),
    ("postcode", "street"),
)
"""Rounds of learning: each teaches the weights of the fields that it does not hold equal, until all were taught."""
COMPARED = (
    Field.GIVEN,
    Field.FAMILY,
    Field.BIRTH,
    Field.NATIONAL_ID,
    Field.PHONE,
    Field.EMAIL,
    Field.DEVICE,
    Field.HOUSE,
    Field.STREET,
    Field.PLACE,
    Field.CITY,
    Field.POSTCODE,
    Field.REGION,
)
_FIELD = re.compile("|".join(rf"\b{field.value}\b" for field in COMPARED))


def fits(block: Sequence[str], have: Collection[str]) -> bool:
    """Whether the records have every field that a block needs."""
    return {word for part in block for word in _FIELD.findall(part)} <= set(have)


def implied(block: Sequence[str], by: Sequence[str]) -> bool:
    """Whether records that agree on `block` always agree on `by`: its pairs are among those of the other."""
    return all(any(theirs == ours or _FIELD.findall(theirs) == [ours] for ours in block) for theirs in by)


def settings(have: Collection[str], blocks: Sequence[Sequence[str]]) -> Any:
    """Splink's settings for records with these fields, compared within these blocks."""
    import splink.comparison_library as library  # a second of imports that only a run needs
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            library.CustomComparison(output_column_name=field.value, comparison_levels=_levels(field, have))
            for field in COMPARED
            if field.value in have
        ],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _levels(field: Field, have: Collection[str]) -> list[Any]:
    """From equal to unlike. An equal value counts the more, the rarer it is."""
    import splink.comparison_level_library as level

    name = field.value
    equal: Any = level.ExactMatchLevel(name)
    if field is not Field.BIRTH:
        equal = equal.configure(tf_adjustment_column=name)
    return [level.NullLevel(name), equal, *_near(field, have, level), level.ElseLevel()]


def _near(field: Field, have: Collection[str], level: Any) -> list[Any]:
    """The levels between equal and unlike: as people mistype this field."""
    name = field.value
    edits: Callable[[int], Any] = lambda most: level.DamerauLevenshteinLevel(name, most)  # noqa: E731
    match field:
        case Field.GIVEN | Field.FAMILY:
            swapped = level.CustomLevel("given_l = family_r AND family_l = given_r", "given and family swapped")
            both = {Field.GIVEN.value, Field.FAMILY.value} <= set(have)
            return [*([swapped] if both else []), level.JaroWinklerLevel(name, 0.92), level.JaroWinklerLevel(name, 0.8)]
        case Field.BIRTH | Field.PHONE | Field.NATIONAL_ID:
            return [edits(1), edits(2)]
        case Field.EMAIL:
            user = level.CustomLevel(
                "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)", "the same before the @"
            )
            return [user, edits(2), level.JaroWinklerLevel(name, 0.88)]
        case Field.POSTCODE | Field.HOUSE:
            return [edits(1)]
        case Field.DEVICE | Field.REGION:
            return []
        case _:
            return [level.JaroWinklerLevel(name, 0.9), level.JaroWinklerLevel(name, 0.75)]
