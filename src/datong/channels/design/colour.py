"""Colour arithmetic for the tokens: WCAG contrast, and moving an accent in OKLCH until it can be read.

Formulas: WCAG 2.2 relative luminance and contrast ratio; OKLab by Björn Ottosson (2020).
"""

from __future__ import annotations

import re
from math import atan2, cbrt, cos, hypot, sin

from datong.kernel.errors import BadValue

AA_TEXT = 4.5
_HEX = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")

Rgb = tuple[float, float, float]


def parse(text: str) -> Rgb:
    """sRGB components 0 to 1 of '#rrggbb' or '#rgb'; raises BadValue."""
    match = _HEX.fullmatch(text.strip())
    if not match:
        raise BadValue("colour", text, "a hexadecimal colour such as #3a4fc4")
    digits = match[1] if len(match[1]) == 6 else "".join(2 * c for c in match[1])
    r, g, b = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return r, g, b


def to_hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, c)) * 255):02x}" for c in rgb)


def luminance(rgb: Rgb) -> float:
    r, g, b = (_linear(c) for c in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """WCAG contrast ratio of two hexadecimal colours, 1 to 21."""
    high, low = sorted((luminance(parse(a)), luminance(parse(b))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, *grounds: str, ratio: float = AA_TEXT) -> str:
    """`colour`, made darker or lighter (hue and chroma kept as far as sRGB allows) until it reads on all `grounds`."""
    lightness, chroma, hue = _oklch(parse(colour))
    darker = sum(luminance(parse(g)) for g in grounds) / len(grounds) > 0.18
    for step in range(101):
        at = lightness - step / 100 if darker else lightness + step / 100
        candidate = to_hex(_within_srgb(max(0.0, min(1.0, at)), chroma, hue))
        if all(contrast(candidate, g) >= ratio for g in grounds):
            return candidate
    return "#000000" if darker else "#ffffff"


def text_on(colour: str) -> str:
    """White where it reads on `colour`, else black; on any colour one of the two does (4.58 at worst)."""
    return "#ffffff" if contrast(colour, "#ffffff") >= AA_TEXT else "#000000"


def mix(a: str, b: str, share: float) -> str:
    """`share` of a over b, in sRGB: what a translucent a on b looks like."""
    x, y = parse(a), parse(b)
    return to_hex(
        (x[0] * share + y[0] * (1 - share), x[1] * share + y[1] * (1 - share), x[2] * share + y[2] * (1 - share))
    )


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _gamma(c: float) -> float:
    return 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055


def _oklch(rgb: Rgb) -> tuple[float, float, float]:
    r, g, b = (_linear(c) for c in rgb)
    long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    bb = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, hypot(a, bb), atan2(bb, a)


def _within_srgb(lightness: float, chroma: float, hue: float) -> Rgb:
    """sRGB of an OKLCH colour; chroma is given up until it fits."""
    for step in range(51):
        rgb = _rgb(lightness, chroma * (1 - step / 50), hue)
        if all(-0.001 <= c <= 1.001 for c in rgb):
            return rgb
    return _rgb(lightness, 0.0, hue)


def _rgb(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    r = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    g = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return tuple(_gamma(c) if c > 0 else c for c in (r, g, blue))  # type: ignore[return-value]
