"""Compile every module's translations with Babel (there is no msgfmt here); a broken one is an error."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parents[1] / "src"


def compile_all(root: Path) -> list[str]:
    """Write django.mo beside each django.po that is newer; what is wrong, as 'path:line: message'."""
    wrong = []
    for source in sorted(root.rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
        for message, errors in catalog.check():
            wrong += [f"{source.relative_to(root)}:{message.lineno}: {error}" for error in errors]
        with target.open("wb") as file:
            write_mo(file, catalog)
    return wrong


if __name__ == "__main__":
    found = compile_all(SOURCE)
    for line in found:
        print(line, file=sys.stderr)
    sys.exit(bool(found))
