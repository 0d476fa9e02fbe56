"""What a kind of table must be able to do, and where the kinds are kept. A new kind is registered in an apps.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from datong.access.types import Action
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.kernel.errors import NotFound


class Kind:
    """A table that comes in and goes out. What is done is said by keys and states, so that the engine can count what is
    new, changed or the same, keep what each row replaced, and put it back.

    One key is one thing: a SKU, a store and a day. All verbs take many at once and run in the caller's transaction.
    """

    name: ClassVar[str]
    title: ClassVar[Any]
    about: ClassVar[Any]
    icon: ClassVar[str] = "file-spreadsheet"
    columns: ClassVar[tuple[Column, ...]]
    needs: ClassVar[Action]
    shows: ClassVar[Action]
    leaves: ClassVar[Action | None] = None
    """Who may export it with what is secret in it masked (Column.mask); None: only who sees it whole (`shows`)."""

    def keys(self, row: Row) -> list[Key]:
        """The things a row is about; [] when it cannot be told. Two rows of a file must not share one."""
        raise NotImplementedError

    def across(self, context: Context) -> Callable[[Row], None]:
        """A look at each row in the order of the file that remembers the earlier ones."""
        return lambda row: None

    def look(self, rows: Sequence[Row], context: Context) -> None:
        """Note what refers to nothing: an unknown store or SKU."""

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        """What there is under these keys now; those under which there is nothing are absent."""
        raise NotImplementedError

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        """What shall be under each key of the row; columns the row leaves empty stay as they are. May note faults."""
        raise NotImplementedError

    def write(self, changes: Sequence[Change], context: Context) -> None:
        """Make it so. Raises DatongError when something cannot be; then nothing of these changes was done."""
        raise NotImplementedError

    def called(self, key: Key, about: Row | State) -> str:
        """A thing as people know it: by the row that names it, or by the state it was left in."""
        return " ".join(filter(None, key[1:]))

    def unchanged(self, now: State | None, after: State) -> bool:
        """Whether a thing is as a row left it; names that begin with _ were said to it and cannot be read back."""
        return now == {name: value for name, value in after.items() if not name.startswith("_")}

    def why_changed(self, now: State | None, after: State) -> str:
        """The code of what happened to a thing that is not as a row left it (words.FAULTS)."""
        return "changed_since"

    def in_use(self, changes: Sequence[Change], context: Context) -> dict[Key, str]:
        """Of things that were new: those that something else stands on by now, with the code of what (words.FAULTS)."""
        return {}

    def apart(self, changes: Sequence[Change], context: Context) -> set[Key]:
        """The things that rows did not write but asked for, to be granted by `settle` or another person, and taken
        back by `unsettle`."""
        return set()

    def waits(self, context: Context) -> bool:
        """Whether what stands apart is as it was before: it waits, was refused, or was taken back."""
        return False

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        """Put what was there before; what was new is taken away."""
        raise NotImplementedError

    def finish(self, context: Context) -> None:
        """Once after the last row went in, or was taken back."""

    def settle(self, context: Context) -> None:
        """Once after the last row went in, before `finish`: what all rows together ask for."""

    def unsettle(self, context: Context) -> None:
        """Once after rows were taken back, before `finish`: what stands apart."""

    reconciles: ClassVar[bool] = False
    """Whether what it takes in can be held against control totals: then `says`, `measured` and `unit` are there."""
    measures: ClassVar[tuple[str, ...]] = ()
    """The amounts that are summed, beside the rows themselves."""

    def says(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        """The group a row's amounts belong to (a currency, a programme), and the amounts; None when unreadable."""
        raise NotImplementedError

    def measured(self, state: State) -> tuple[tuple[str, ...], dict[str, int]]:
        """The same of what stands."""
        raise NotImplementedError

    def unit(self, about: Mapping[str, Any]) -> str:
        """The currency of the amounts of a row or a state; '' for points and pieces."""
        return ""

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        """What there is, a row each, by column."""
        raise NotImplementedError

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. The same name again replaces it (an app may be set up twice in a test)."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """All kinds, in the order they were registered: the order in which a brand is opened."""
    return list(_kinds.values())


def kind_of(name: str) -> Kind:
    if name not in _kinds:
        raise NotFound(f"no kind of table {name!r}; there are {', '.join(_kinds)}")
    return _kinds[name]
