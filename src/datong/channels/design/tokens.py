"""Design tokens: DTCG 2025.10 files in, CSS custom properties out.

`python -m datong.channels.design.tokens` writes static/datong/css/tokens.css; a test says when that was forgotten.
A brand may replace the accent, the type face and the corner radius; whatever accent it brings is moved until it reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from datong.channels.design import colour
from datong.kernel.errors import BadValue

HERE = Path(__file__).parent / "tokens"
OUT = Path(__file__).parents[1] / "static" / "datong" / "css" / "tokens.css"
Tokens = dict[str, str]

_FONT = re.compile(r"[\w .,'\"-]{1,200}")
_LENGTH = re.compile(r"\d{1,2}px")


@cache
def load() -> dict[str, Tokens]:
    """What the resolver document yields: CSS custom properties of 'base', 'light' and 'dark'."""
    resolver = _read("datong.resolver.json")
    contexts = resolver["modifiers"]["theme"]["contexts"]
    sources = {"base": resolver["sets"]["base"]["sources"], **contexts}
    return {name: dict(pair for ref in refs for pair in _flat(_read(ref["$ref"]))) for name, refs in sources.items()}


def stylesheet() -> str:
    """The style sheet of all tokens: light by default, dark when the system or `data-theme` says so."""
    tokens = load()
    light, dark = _block(tokens["light"], "light"), _block(tokens["dark"], "dark")
    return (
        "/* Made by `python -m datong.channels.design.tokens` from design/tokens; do not edit. */\n"
        f":root {{\n{_lines(tokens['base'])}}}\n"
        f':root, [data-theme="light"] {{\n{light}}}\n'
        f"@media (prefers-color-scheme: dark) {{\n:root:not([data-theme]) {{\n{dark}}}\n}}\n"
        f'[data-theme="dark"] {{\n{dark}}}\n'
    )


def brand_stylesheet(own: Mapping[str, str]) -> str:
    """The properties a brand replaces, as a style sheet; names we do not know are left out.

    Known: accent (a hexadecimal colour), font (family names), radius (0 to 99 px), each with or without '--' or
    '--color-'. Raises BadValue for a value that is not what its name wants.
    """
    wanted = {key.removeprefix("--").removeprefix("color-"): value for key, value in own.items()}
    shared: Tokens = {}
    if font := wanted.get("font"):
        shared["--font-sans"] = f"{_check('font', font, _FONT, 'font family names')}, {load()['base']['--font-sans']}"
    if radius := wanted.get("radius"):
        shared["--radius-medium"] = _check("radius", radius, _LENGTH, "a length such as 6px")
    light = dark = shared
    if accent := wanted.get("accent"):
        light, dark = shared | _accent(accent, "light"), shared | _accent(accent, "dark")
    return (
        f':root, [data-theme="light"] {{\n{_lines(light)}}}\n'
        f"@media (prefers-color-scheme: dark) {{\n:root:not([data-theme]) {{\n{_lines(dark)}}}\n}}\n"
        f'[data-theme="dark"] {{\n{_lines(dark)}}}\n'
    )


def _accent(accent: str, theme: str) -> Tokens:
    """Everything that follows from one accent colour in a theme; each pair that carries text meets AA."""
    ground = load()[theme]
    surface, canvas = ground["--color-surface"], ground["--color-canvas"]
    # A button keeps the brand's own colour: its text must read, its ground must only stand out from the surface.
    fill = colour.readable(accent, surface, ratio=1.4)
    on = colour.text_on(fill)
    soft = colour.mix(fill, surface, 0.1 if theme == "light" else 0.22)
    return {
        "--color-accent": fill,
        "--color-accent-on": on,
        "--color-accent-strong": colour.readable(colour.mix(fill, "#000000", 0.84), on),
        "--color-accent-soft": soft,
        "--color-accent-text": colour.readable(accent, surface, canvas, soft),
        "--color-chart-1": colour.readable(accent, surface, ratio=3),
    }


def _check(name: str, value: str, shape: re.Pattern[str], wanted: str) -> str:
    if not shape.fullmatch(value):
        raise BadValue(name, value, wanted)
    return value


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return found


def _flat(node: Mapping[str, Any], path: tuple[str, ...] = (), kind: str = "") -> Iterator[tuple[str, str]]:
    kind = node.get("$type", kind)
    if "$value" in node:
        yield "--" + "-".join(path), _css(node["$value"], kind)
        return
    for key, child in node.items():
        if not key.startswith("$"):
            yield from _flat(child, (*path, key), kind)


def _css(value: Any, kind: str) -> str:
    if kind == "color":
        return str(value["hex"]) if "alpha" not in value else f"{value['hex']}{round(value['alpha'] * 255):02x}"
    if kind in ("dimension", "duration"):
        return f"{value['value']}{value['unit']}"
    if kind == "fontFamily":
        return ", ".join(f'"{name}"' if " " in name else name for name in value)
    if kind == "cubicBezier":
        return f"cubic-bezier({', '.join(map(str, value))})"
    if kind == "shadow":
        sizes = " ".join(_css(value[part], "dimension") for part in ("offsetX", "offsetY", "blur", "spread"))
        return f"{sizes} {_css(value['color'], 'color')}"
    if kind in ("number", "fontWeight"):
        return str(value)
    raise BadValue("$type", kind, "a token type this reader knows")


def _block(tokens: Tokens, scheme: str) -> str:
    return f"  color-scheme: {scheme};\n{_lines(tokens)}"


def _lines(tokens: Tokens) -> str:
    return "".join(f"  {name}: {value};\n" for name, value in tokens.items())


if __name__ == "__main__":
    OUT.write_text(stylesheet(), encoding="utf-8")
