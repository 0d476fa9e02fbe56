"""Charts as data for the chart templates: everything in per cent of the plot, so that type never scales with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from datong.channels.design.formats import compact, number

Format = Callable[[float], str]

# Room inside the plot, in per cent of its height: for the labels above and below the marks.
_TOP, _BOTTOM = 10.0, 88.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, point or row: geometry in per cent, and the words beside it."""

    label: str
    value: float
    text: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    on: bool = False
    href: str = ""
    show_label: bool = True
    show_value: bool = False

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Series:
    """One line: `path` in a 100 by 100 box, `label` written at its end at `end_y` per cent."""

    number: int
    label: str
    path: str
    area: str
    end_y: float
    end_text: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind` is 'columns', 'bars' or 'lines'. `note` is the definition and source, shown under the title."""

    kind: str
    title: str
    note: str = ""
    source: str = ""
    marks: tuple[Mark, ...] = ()
    series: tuple[Series, ...] = ()
    labels: tuple[Mark, ...] = ()
    ticks: tuple[Mark, ...] = ()
    unit: str = ""
    height: int = 160
    baseline: float = _BOTTOM
    zero: tuple[str, ...] = field(default=())


def columns(
    title: str,
    points: Sequence[tuple[str, float]],
    *,
    note: str = "",
    source: str = "",
    on: int | None = None,
    text: Format = compact,
) -> Chart:
    """Upright bars from zero, for counts over a few buckets. The highest and the `on` bar carry their value."""
    top = max((v for _, v in points), default=0) or 1
    step = 100 / max(len(points), 1)
    every = max(1, -(-len(points) // 8))
    highest = max(range(len(points)), key=lambda i: points[i][1], default=0)
    marks = []
    for i, (label, value) in enumerate(points):
        high = (_BOTTOM - _TOP) * max(value, 0) / top
        marks.append(
            Mark(
                label,
                value,
                text(value),
                i * step + step * 0.12,
                _BOTTOM - high,
                step * 0.76,
                high,
                i == on,
                show_label=i % every == 0,
                show_value=i in (highest, on) and value > 0,
            )  # fmt: skip
        )
    return Chart("columns", title, note, source, marks=tuple(marks))


def bars(
    title: str,
    points: Sequence[tuple[str, float] | tuple[str, float, str]],
    *,
    note: str = "",
    source: str = "",
    text: Format = number,
) -> Chart:
    """Lying bars from zero, for categories: (name, value) or (name, value, link). Value and name stand beside each."""
    top = max((p[1] for p in points), default=0) or 1
    marks = [
        Mark(p[0], p[1], text(p[1]), 0, 0, max(100 * p[1] / top, 0), 100, href=p[2] if len(p) > 2 else "")
        for p in points
    ]
    return Chart("bars", title, note, source, marks=tuple(marks))


def lines(
    title: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    *,
    note: str = "",
    source: str = "",
    text: Format = compact,
) -> Chart:
    """Lines over time from zero, at most four, each named at its end."""
    top = _nice(max((v for _, values in series for v in values), default=0) or 1)
    last = max(len(labels) - 1, 1)
    drawn = []
    for order, (name, values) in enumerate(series[:4], 1):
        at = [(100 * i / last, _BOTTOM - (_BOTTOM - _TOP) * v / top) for i, v in enumerate(values)]
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in at)
        area = f"{path}L{at[-1][0]:.2f} {_BOTTOM}L0 {_BOTTOM}Z" if len(series) == 1 else ""
        drawn.append(Series(order, name, path, area, at[-1][1], text(values[-1]), tuple(text(v) for v in values)))
    every = max(1, -(-len(labels) // 6))
    below = tuple(Mark(name, 0, "", 100 * i / last, 100) for i, name in enumerate(labels) if i % every == 0)
    ticks = tuple(
        Mark("", top * part, text(top * part), 0, _BOTTOM - (_BOTTOM - _TOP) * part) for part in (0.0, 0.5, 1.0)
    )
    return Chart("lines", title, note, source, series=_apart(drawn), labels=below, ticks=ticks, zero=tuple(labels))


def spark(values: Sequence[float]) -> tuple[str, float]:
    """A word-sized line: the path in a 100 by 100 box and the height of its last point."""
    top = max(values, default=0) or 1
    last = max(len(values) - 1, 1)
    at = [(100 * i / last, 95 - 90 * v / top) for i, v in enumerate(values)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at), at[-1][1] if at else 95


def _nice(top: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten at or above `top`."""
    power = 10.0 ** (len(str(int(top))) - 1) if top >= 1 else 1.0
    return next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= top), top)


def _apart(drawn: list[Series]) -> tuple[Series, ...]:
    """The same lines with their end labels at least 9 per cent apart, so that no two lie on each other."""
    placed: list[Series] = []
    floor = -1e9
    for s in sorted(drawn, key=lambda s: s.end_y):
        floor = max(s.end_y, floor + 9)
        placed.append(Series(s.number, s.label, s.path, s.area, floor, s.end_text, s.values))
    return tuple(sorted(placed, key=lambda s: s.number))
