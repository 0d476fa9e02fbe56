"""How well found people agree with true ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from datong.matching.types import Score

Array = np.ndarray[Any, Any]


def of_pairs(a: Array, b: Array, truth: Array) -> Score:
    """Of pairs named one by one: which of them are of one person, how many of all such pairs were named."""
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    once = np.unique(low * len(truth) + high)
    right = int((truth[once // len(truth)] == truth[once % len(truth)]).sum())
    return _score(right, len(once), _together(truth))


def of_groups(found: Array, truth: Array) -> Score:
    """Of all pairs that the groups imply, those of one person who were joined through a third included."""
    right = _together(found.astype(np.int64) * (int(truth.max()) + 1) + truth)
    return _score(right, _together(found), _together(truth))


def of_whole_groups(found: Array, truth: Array) -> Score:
    """Of groups that hold exactly the records of one person, not one more, not one less."""
    both, shared = np.unique(found.astype(np.int64) * (int(truth.max()) + 1) + truth, return_counts=True)
    first, second = both // (int(truth.max()) + 1), both % (int(truth.max()) + 1)
    sizes, true_sizes = np.bincount(found), np.bincount(truth)
    right = int(((shared == sizes[first]) & (shared == true_sizes[second])).sum())
    return _score(right, len(np.unique(found)), len(np.unique(truth)))


def _together(labels: Array) -> int:
    sizes = np.unique(labels, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _score(right: int, found: int, true: int) -> Score:
    precision, recall = right / found if found else 1.0, right / true if true else 1.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)
