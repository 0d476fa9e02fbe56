"""Print docs/reference/templates.md from the kinds of table that are registered; a test compares."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datong.site.settings")
os.environ.setdefault("DATONG_SECRET_KEY", "templates")

HEAD = """# The columns of the templates

Made by `tools/template_columns.py`. Headings are recognised by their English name, their Chinese name, the name in code
style and the others named here, in any order and case. How it goes: [import your data](../how-to/import-your-data.md).
"""


def page() -> str:
    from datong.imports import api as imports
    from datong.imports.words import said

    parts = [HEAD]
    for kind in imports.kinds():
        parts.append(f"## {said(kind.title, 'en')} ({kind.name})\n\n{said(kind.about, 'en')}\n")
        parts += [
            "| column | English | 中文 | needed | what it means | example | also |",
            "|---|---|---|---|---|---|---|",
        ]
        for column in kind.columns:
            needed = "yes" if column.needed else "where new" if column.first else ""
            cells = [
                f"`{column.name}`", said(column.label, "en"), said(column.label, "zh-hans"), needed,
                said(column.help, "en"), str(column.example or ""), ", ".join(column.also),
            ]  # fmt: skip
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    import django

    django.setup()
    print(page(), end="")
