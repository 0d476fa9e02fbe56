"""Maps as data for the map template: Web Mercator, centred on what is shown, in the pixels of a 800 by 480 view.

The base map (static/datong/basemap.svg) is drawn under it by reference. Closer than `CITY_M` across it has nothing to
tell, so a quiet graticule stands in; closer than `GRID_M` the two are drawn together. Above `CLUSTER_ABOVE` points,
neighbours are drawn as one circle with a count. With a tile server (TILE_URL) the script lays its tiles below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import atan, atan2, cos, degrees, floor, hypot, log, log10, pi, radians, sinh, tan
from pathlib import Path

from django.conf import settings

from datong.channels.design.formats import distance, locale
from datong.kernel.geo import Point

WORLD = 100_000.0
EQUATOR_M = 40_075_016.686
WIDTH, HEIGHT = 800.0, 480.0
CLUSTER_ABOVE = 200
CITY_M = 100_000.0
GRID_M = 400_000.0
_CELL = 44.0
_NARROWEST_M = 2_500.0


@dataclass(frozen=True, slots=True)
class Pin:
    """A point to show. `look` is 'dot', 'chosen', 'refused' or 'customer'; `status` one of the four hues or ''."""

    place: Point
    name: str
    note: str = ""
    href: str = ""
    look: str = "dot"
    status: str = ""
    label: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A line with a direction; `refused` lines are dashed."""

    start: Point
    end: Point
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    pin: Pin


@dataclass(frozen=True, slots=True)
class Cluster:
    x: float
    y: float
    count: int
    radius: float


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    refused: bool

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    @property
    def heading(self) -> float:
        return degrees(atan2(self.y2 - self.y1, self.x2 - self.x1))


@dataclass(frozen=True, slots=True)
class Place:
    x: float
    y: float
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class View:
    """A map ready to draw. `scale` is pixels per world unit, (`cx`, `cy`) the world place of the view's centre."""

    label: str
    scale: float
    cx: float
    cy: float
    city: bool
    gridded: bool
    marks: tuple[Mark, ...]
    clusters: tuple[Cluster, ...]
    lines: tuple[Line, ...]
    places: tuple[Place, ...]
    grid: str
    bar_px: float
    bar_text: str
    looks: frozenset[str]
    points: str = ""
    tiles: str = ""
    credit: str = "Natural Earth"

    @property
    def back(self) -> str:
        """What moves the base map so that the centre is at the origin, as SVG wants it in every language."""
        return f"{-self.cx:.6f} {-self.cy:.6f}"

    @property
    def metres_per_px(self) -> float:
        return EQUATOR_M / WORLD / self.scale * cos(radians(_lat(self.cy)))


def world(p: Point) -> tuple[float, float]:
    """Web Mercator, the world 100,000 units wide, y down."""
    lat = max(-85.0, min(85.0, p.lat))
    return (p.lon / 360 + 0.5) * WORLD, (0.5 - log(tan(pi / 4 + radians(lat) / 2)) / (2 * pi)) * WORLD


def draw(pins: Sequence[Pin], routes: Sequence[Route] = (), *, label: str) -> View:
    """Everything in view with a margin; no pins show the world."""
    spots = [world(p.place) for p in pins] + [world(q) for r in routes for q in (r.start, r.end)]
    cx, cy, scale = _fit(spots)

    def local(p: Point) -> tuple[float, float]:
        x, y = world(p)
        return round((x - cx) * scale, 2), round((y - cy) * scale, 2)

    marks = [
        Mark(*local(p.place), p)
        for p in sorted(pins, key=lambda p: ("refused", "dot", "customer", "chosen").index(p.look))
    ]
    crowded = len(marks) > CLUSTER_ABOVE
    clusters, alone = _clusters(marks) if crowded else ((), marks)
    metres = EQUATOR_M / WORLD / scale * cos(radians(_lat(cy)))
    bar_m = _round_down(metres * 120)
    return View(
        label=label,
        scale=scale,
        cx=cx,
        cy=cy,
        city=metres * WIDTH < CITY_M,
        gridded=metres * WIDTH < GRID_M,
        marks=tuple(alone),
        clusters=tuple(clusters),
        lines=tuple(Line(*local(r.start), *local(r.end), r.refused) for r in routes),
        places=tuple(_places(cx, cy, scale, metres)),
        grid=_grid(metres),
        bar_px=round(bar_m / metres, 1),
        bar_text=distance(bar_m),
        looks=frozenset(p.look for p in pins),
        points=_points(marks) if crowded else "",
        tiles=settings.TILE_URL,
        credit=settings.TILE_CREDIT if settings.TILE_URL else "Natural Earth",
    )


def _fit(spots: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Centre and scale that show all spots inside 84 per cent of the view, never closer than a few streets."""
    if not spots:
        return WORLD / 2, WORLD * 0.4, WIDTH / WORLD
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    cx, cy = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    narrowest = _NARROWEST_M * WORLD / EQUATOR_M / cos(radians(_lat(cy)))
    wide, high = max(max(xs) - min(xs), narrowest), max(max(ys) - min(ys), narrowest * HEIGHT / WIDTH)
    return cx, cy, min(0.84 * WIDTH / wide, 0.8 * HEIGHT / high)


def _lat(y: float) -> float:
    return 180 / pi * atan(sinh(pi * (1 - 2 * y / WORLD)))


def _clusters(marks: Sequence[Mark]) -> tuple[list[Cluster], list[Mark]]:
    cells: dict[tuple[int, int], list[Mark]] = {}
    for mark in marks:
        cells.setdefault((floor(mark.x / _CELL), floor(mark.y / _CELL)), []).append(mark)
    clusters, alone = [], []
    for inside in cells.values():
        if len(inside) < 3:
            alone += inside
            continue
        x, y = sum(m.x for m in inside) / len(inside), sum(m.y for m in inside) / len(inside)
        clusters.append(_cluster(x, y, len(inside)))
    return _merged(clusters), alone


def _cluster(x: float, y: float, count: int) -> Cluster:
    return Cluster(round(x, 1), round(y, 1), count, round(min(8 + count**0.5, 22), 1))


def _merged(clusters: Sequence[Cluster]) -> list[Cluster]:
    """The same points in circles that do not lie on each other: the smaller joins the greater it touches."""
    placed: list[Cluster] = []
    for c in sorted(clusters, key=lambda c: -c.count):
        at = next((n for n, p in enumerate(placed) if hypot(p.x - c.x, p.y - c.y) < p.radius + c.radius), None)
        if at is None:
            placed.append(c)
            continue
        p, total = placed[at], placed[at].count + c.count
        placed[at] = _cluster((p.x * p.count + c.x * c.count) / total, (p.y * p.count + c.y * c.count) / total, total)
    # One that grew may touch another now.
    return placed if len(placed) == len(clusters) else _merged(placed)


def _points(marks: Sequence[Mark]) -> str:
    """What the script needs to cluster anew at another zoom: [x, y, name, note, link, status]."""
    rows = [[m.x, m.y, m.pin.name, m.pin.note, m.pin.href, m.pin.status] for m in marks]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _grid(metres_per_px: float) -> str:
    """Lines of a round number of metres across three views, in local pixels."""
    step = _round_down(metres_per_px * 160) / metres_per_px
    reach = 1.5 * WIDTH
    at = [i * step for i in range(-int(reach / step), int(reach / step) + 1)]
    return "".join(f"M{x:.1f} {-reach}V{reach}M{-reach} {x:.1f}H{reach}" for x in at)


def _round_down(metres: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `metres`."""
    power = 10.0 ** floor(log10(metres))
    return next(m * power for m in (5, 2, 1) if m * power <= metres)


@cache
def _gazetteer() -> list[tuple[str, str, float, float, int]]:
    rows = json.loads((Path(__file__).parent / "places.json").read_text(encoding="utf-8"))
    return [(en, zh, *world(Point(lon, lat)), rank) for en, zh, lon, lat, rank in rows]


def _places(cx: float, cy: float, scale: float, metres_per_px: float) -> Iterator[Place]:
    """Names of cities in and around the view, the greater first, no two on each other."""
    if metres_per_px * WIDTH < CITY_M:
        return
    chinese = locale().language == "zh"
    taken: list[tuple[float, float, float]] = []
    for en, zh, wx, wy, rank in _gazetteer():
        x, y, name = (wx - cx) * scale, (wy - cy) * scale, zh if chinese else en
        half = len(name) * (6 if chinese else 3.2)
        if abs(x) > WIDTH or abs(y) > HEIGHT or metres_per_px > (0, 7_500, 3_000, 900)[rank]:
            continue
        if any(abs(x - a) < half + h and abs(y - b) < 14 for a, b, h in taken):
            continue
        taken.append((x, y, half))
        yield Place(round(x, 1), round(y, 1), name, rank)
