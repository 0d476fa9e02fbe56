"""What the commands write to: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def fail(message: str, fix: str = "") -> NoReturn:
    """Say what is wrong and what to do about it, and end with code 1."""
    err.print(f"[bold red]error[/] {escape(message)}", highlight=False)
    if fix:
        err.print(f"[bold]fix[/]   {escape(fix)}", highlight=False)
    sys.exit(1)
