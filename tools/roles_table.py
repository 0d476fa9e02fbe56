"""Prints the table of roles and actions from the rules that are asked: src/datong/access/rules.py.

docs/reference/roles-and-scopes.md holds what this prints (a test compares them):
`.venv/bin/python tools/roles_table.py --write` puts it there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from datong.access.rules import REACH, SCOPED, WHO, limit_of, roles_of
from datong.access.types import Action, Role

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "roles-and-scopes.md"
BEGIN, END = "<!-- made by tools/roles_table.py -->", "<!-- end -->"


def table() -> str:
    """A row an action, a column a role: 'yes', 'own' (what belongs to the stores of the role's scope), or nothing."""
    assert set(WHO) <= set(Action)
    head = "| | " + " | ".join(f"`{role}`" for role in Role) + " |\n|---|" + "---|" * len(Role)
    rows = [
        f"| `{action}` | "
        + " | ".join("" if role not in roles_of(action) else "own" if role in SCOPED else "yes" for role in Role)
        + " |"
        for action in sorted(Action)
    ]
    reach = "\n".join(f"| `{role}` | {', '.join(REACH[role])} |" for role in Role)
    alone = "\n".join(f"| `{role}` | {_alone(role)} |" for role in Role)
    reached = ["", "| role | reaches (the usual first) |", "|---|---|", reach]
    limits = ["", "| role | acts alone up to, where the brand set nothing |", "|---|---|", alone]
    return "\n".join([head, *rows, *reached, *limits])


def _alone(role: Role) -> str:
    """What a role that may do it at all does without a second person."""
    limit = limit_of(role, {})
    return "any amount" if limit is None else "nothing" if limit < 0 else f"{limit / 100:,.0f}.00, or {limit:,} units"


def page(text: str) -> str:
    """The page with the present table in its place."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(PAGE.read_text()))
    else:
        print(table())
