"""What is sold where: the narrowest line that speaks of a product at a place decides; what none speaks of is sold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from datong.catalog.types import About, Category, CategoryRun, ChoiceOut, Place
from datong.kernel.errors import Problem

MAX_DEPTH = 12


def path_of(code: str, tree: Mapping[str, Category]) -> list[str]:
    """The category and those above it, narrowest first."""
    path: list[str] = []
    while code and code not in path and len(path) <= MAX_DEPTH:
        path.append(code)
        code = tree[code].parent if code in tree else ""
    return path


def is_open(code: str, tree: Mapping[str, Category]) -> bool:
    """Whether merchants may sell in the category: the nearest that says so decides; the top is self-run."""
    runs = (tree[step].run for step in path_of(code, tree) if step in tree)
    return next((run for run in runs if run), CategoryRun.SELF_RUN) is CategoryRun.OPEN


def problems_of_tree(tree: Mapping[str, Category], put: Sequence[Category]) -> list[Problem]:
    """What is wrong with the categories that are put into the tree (they are in it already)."""
    found = []
    for n, category in enumerate(put):
        where = f"/categories/{n}"
        if not category.code.strip() or len(category.code) > 200 or not category.code.isprintable():
            found.append(Problem(f"{where}/code", "bad_value", "1 to 200 printable characters", category.code[:80]))
        if not category.title.strip() or len(category.title) > 120:
            found.append(Problem(f"{where}/title", "bad_value", "1 to 120 characters", category.title[:80]))
        if category.parent and category.parent not in tree:
            found.append(Problem(f"{where}/parent", "unknown", "a category of the tree, or nothing", category.parent))
        chain, code = [category.code], category.parent
        while code and code in tree and code not in chain:
            chain.append(code)
            code = tree[code].parent
        if code and code in chain:
            text = " > ".join([*chain, code])
            found.append(Problem(f"{where}/parent", "cycle", "a category that is not below this one", text))
        elif len(chain) > MAX_DEPTH:
            found.append(Problem(f"{where}/parent", "too_deep", f"at most {MAX_DEPTH} levels", len(chain)))
    return found


class Range:
    """The assortments of a brand as of `stamp`, in a form that answers quickly; never changed once made."""

    __slots__ = ("_channels", "_missing", "_out", "_stores", "_tree", "stamp")

    def __init__(
        self,
        stamp: UUID | None = None,
        lines: Iterable[tuple[str, UUID, str, str, bool]] = (),
        tree: Mapping[str, Category] | None = None,
        out: Iterable[ChoiceOut] = (),
    ) -> None:
        self._out: dict[str, list[ChoiceOut]] = {}
        for choice in out:
            self._out.setdefault(choice.code, []).append(choice)
        self.stamp = stamp
        self._tree = tree or {}
        self._stores: dict[UUID, dict[tuple[str, str], bool]] = {}
        self._channels: dict[UUID, dict[tuple[str, str], bool]] = {}
        self._missing: dict[tuple[str, str], frozenset[UUID]] = {}
        for place, place_id, about, key, listed in lines:
            of = self._stores if place == Place.STORE else self._channels
            of.setdefault(place_id, {})[about, key] = listed

    def sold_by(self, channel_id: UUID, product: str, category: str) -> bool:
        """`product` is the product's id as text, '' for an item that belongs to none."""
        own = self._channels.get(channel_id)
        return own is None or self._decide(own, product, category)

    def sold_at(self, store_id: UUID, product: str, category: str) -> bool:
        return store_id not in self._stores or store_id not in self.not_at(product, category)

    def not_at(self, product: str, category: str) -> frozenset[UUID]:
        """The stores that do not sell it."""
        if not self._stores:
            return NOWHERE
        key = product, category
        found = self._missing.get(key)
        if found is None:
            found = frozenset(s for s, own in self._stores.items() if not self._decide(own, product, category))
            if len(self._missing) < 100_000:
                self._missing[key] = found
        return found

    def choice_out(self, code: str, store_id: UUID | None, at: datetime) -> ChoiceOut | None:
        """What takes a choice off sale at a moment: everywhere, or at the store that was named."""
        return next((o for o in self._off(code, at) if o.store_id is None or o.store_id == store_id), None)

    def choices_not_at(self, codes: Iterable[str], at: datetime) -> frozenset[UUID]:
        """The stores that do not sell one of these choices at a moment."""
        return (
            frozenset(o.store_id for code in codes for o in self._off(code, at) if o.store_id) if self._out else NOWHERE
        )

    def _off(self, code: str, at: datetime) -> list[ChoiceOut]:
        return [o for o in self._out.get(code, ()) if o.until is None or at < o.until]

    def _decide(self, own: Mapping[tuple[str, str], bool], product: str, category: str) -> bool:
        if product and (found := own.get((About.PRODUCT, product))) is not None:
            return found
        for step in path_of(category, self._tree):
            if (found := own.get((About.CATEGORY, step))) is not None:
                return found
        return own.get((About.ALL, ""), True)


NOWHERE: frozenset[UUID] = frozenset()
EVERYWHERE = Range()
