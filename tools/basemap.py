"""Make the offline base map (static/datong/basemap.svg) from Natural Earth 1:10m shapes.

    python tools/basemap.py NATURAL_EARTH_DIR OUT.svg

NATURAL_EARTH_DIR holds ne_10m_land.shp, ne_10m_lakes.shp, ne_10m_admin_1_states_provinces_lines.shp and
ne_10m_admin_0_boundary_lines_land.shp (public domain, naturalearthdata.com). Only the standard library is used. The
result is in Web Mercator, the world 100,000 units wide, so one unit is 400 m on the equator; the United States and
China keep detail to about that, the rest of the world to several kilometres.
"""

from __future__ import annotations

import struct
import sys
from math import atan, degrees, exp, log, pi, radians, tan
from pathlib import Path

WORLD = 100_000
Pt = tuple[float, float]
Ring = list[Pt]

# Longitude and latitude boxes that keep the detail: the lower United States, Hawaii, eastern China.
FINE = ((-125.5, 24, -66, 49.6), (-161, 18, -154, 23), (105, 18, 123, 41.5))
# Whose inner lines are drawn. Each is a rough outline: the lines of its neighbours' provinces stay out.
USA = [(-125, 49.1), (-95, 49.5), (-89, 48.3), (-82.2, 45.5), (-82.8, 41.7), (-78.9, 42.9), (-76.3, 44.2),
       (-74.8, 45.1), (-71.4, 45.3), (-69.2, 47.6), (-66.5, 47.2), (-66.6, 44.5), (-80, 24.2), (-97, 25.9),
       (-99.4, 27.2), (-101.4, 29.7), (-103.2, 28.9), (-106.5, 31.7), (-111, 31.2), (-114.8, 32.5), (-118, 32.4),
       (-125.5, 40)]  # fmt: skip
CHINA = [(73.6, 39.4), (80.2, 42.1), (80.3, 45), (82.6, 45.2), (85.6, 47.2), (85.7, 48.3), (87.8, 49.1), (91, 45.2),
         (95.4, 44.3), (96.4, 42.7), (105, 41.6), (107.5, 42.4), (111.9, 43.7), (111.9, 45), (116.6, 46.3),
         (115.6, 47.7), (119.8, 47), (117.8, 49.5), (120, 52.6), (121, 53.3), (125.6, 53), (127.5, 49.8), (131, 47.7),
         (134.7, 48.3), (131, 44.9), (130.6, 42.4), (128, 42), (124.3, 39.9), (122, 36.8), (122.6, 30),
         (118.5, 24.4), (114.2, 22.2), (111, 18), (108.4, 18.5), (108, 21.5), (105.3, 23.3), (102.1, 22.4),
         (99.2, 22.1), (97.5, 24), (98.7, 27.5), (91.7, 27.9), (85, 28.3), (81, 30.1), (78.7, 31.5), (78.9, 34.4),
         (75.9, 35.9)]  # fmt: skip
NORTH_AMERICA: Ring = [(-130, 24), (-130, 50), (-60, 50), (-60, 24)]


def shapes(path: Path) -> list[Ring]:
    """Every part of every polyline or polygon of an ESRI shapefile, as lists of (longitude, latitude)."""
    data, at, found = path.read_bytes(), 100, []
    while at < len(data):
        (words,) = struct.unpack(">i", data[at + 4 : at + 8])
        record = data[at + 8 : at + 8 + words * 2]
        at += 8 + words * 2
        if struct.unpack("<i", record[:4])[0] not in (3, 5):
            continue
        parts, points = struct.unpack("<2i", record[36:44])
        starts = [*struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts]), points]
        flat = struct.unpack(f"<{points * 2}d", record[44 + 4 * parts : 44 + 4 * parts + 16 * points])
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        found += [pairs[a:b] for a, b in zip(starts, starts[1:], strict=False)]
    return found


def mercator(p: Pt) -> Pt:
    lat = max(-85.0, min(85.0, p[1]))
    y = 0.5 - log(tan(pi / 4 + radians(lat) / 2)) / (2 * pi)
    return (p[0] / 360 + 0.5) * WORLD, y * WORLD


def inside(area: Ring, p: Pt) -> bool:
    hit = False
    for i, a in enumerate(area):
        b = area[i - 1]
        if (a[1] > p[1]) != (b[1] > p[1]) and p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]:
            hit = not hit
    return hit


def fine(p: Pt) -> bool:
    return any(w <= p[0] <= e and s <= p[1] <= n for w, s, e, n in FINE)


def thin(ring: Ring, near: float, far: float) -> Ring:
    """Douglas-Peucker on Mercator units; the tolerance is `near` inside the detailed boxes and `far` elsewhere."""
    flat = [mercator(p) for p in ring]
    weight = [1 / near if fine(p) else 1 / far for p in ring]
    keep, stack = {0, len(flat) - 1}, [(0, len(flat) - 1)]
    while stack:
        a, b = stack.pop()
        (x0, y0), (x1, y1) = flat[a], flat[b]
        dx, dy = x1 - x0, y1 - y0
        size = (dx * dx + dy * dy) ** 0.5
        worst, place = 1.0, None
        for i in range(a + 1, b):
            px, py = flat[i][0] - x0, flat[i][1] - y0
            off = abs(px * dy - py * dx) / size if size else (px * px + py * py) ** 0.5
            if off * weight[i] > worst:
                worst, place = off * weight[i], i
        if place is not None:
            keep.add(place)
            stack += [(a, place), (place, b)]
    return [flat[i] for i in sorted(keep)]


def area(ring: Ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False))) / 2


def path(lines: list[Ring], *, closed: bool) -> str:
    """SVG path data in whole units, relative moves."""
    out = []
    for line in lines:
        whole = [(round(x), round(y)) for x, y in line]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(whole, whole[1:], strict=False) if a != b]
        if not steps:
            continue
        text = "".join(f"{' ' if x >= 0 else ''}{x}{' ' if y >= 0 else ''}{y}" for x, y in steps)
        out.append(f"M{whole[0][0]} {whole[0][1]}l{text.strip()}{'z' if closed else ''}")
    return "".join(out)


def build(folder: Path) -> dict[str, str]:
    """Path data by id: land, lakes, lines (state, province and North American national lines)."""
    land = [thin(r, 3, 36) for r in shapes(folder / "ne_10m_land.shp") if max(y for _, y in r) > -60]
    land = [
        r for r, keep in ((r, 40 if fine(unproject(r[0])) else 4000) for r in land) if len(r) > 3 and area(r) > keep
    ]
    lakes = [thin(r, 3, 20) for r in shapes(folder / "ne_10m_lakes.shp")]
    lakes = [r for r in lakes if len(r) > 3 and area(r) > (5000 if fine(unproject(r[0])) else 60000)]
    inner = shapes(folder / "ne_10m_admin_1_states_provinces_lines.shp")
    inner = [r for r in inner if any(inside(c, r[len(r) // 2]) for c in (USA, CHINA))]
    outer = shapes(folder / "ne_10m_admin_0_boundary_lines_land.shp")
    outer = [r for r in outer if inside(NORTH_AMERICA, r[len(r) // 2])]
    return {
        "land": path(land, closed=True),
        "lakes": path(lakes, closed=True),
        "lines": path([thin(r, 2.2, 8) for r in inner], closed=False),
        "borders": path([thin(r, 1.8, 8) for r in outer], closed=False),
    }


def unproject(p: Pt) -> Pt:
    return (p[0] / WORLD - 0.5) * 360, degrees(2 * atan(exp((0.5 - p[1] / WORLD) * 2 * pi)) - pi / 2)


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    parts = build(folder)
    body = "\n".join(f'<path id="{k}" vector-effect="non-scaling-stroke" d="{d}"/>' for k, d in parts.items())
    note = "<!-- Made with Natural Earth, public domain. See tools/basemap.py. -->"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WORLD} {WORLD}">\n{note}\n{body}\n</svg>\n'
    out.write_text(svg, encoding="utf-8")
    print(f"{out}: {len(svg):,} bytes; " + ", ".join(f"{k} {len(d):,}" for k, d in parts.items()))


if __name__ == "__main__":
    main()
