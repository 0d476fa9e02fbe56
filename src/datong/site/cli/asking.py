"""Secrets that are asked for: typed unseen, or read from a pipe, a file or a variable, never from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from datong.kernel.errors import BadValue

MAX_SECRET = 64 * 1024


def at_a_terminal() -> bool:
    return sys.stdin.isatty()


def ask(what: str, *, twice: bool = False) -> str:
    """Ask for a secret: unseen at a terminal, else the next line of standard input. Raises BadValue when empty."""
    if at_a_terminal():
        found: str = typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True)
    else:
        found = sys.stdin.readline(MAX_SECRET)
    return _some(what, found.rstrip("\r\n"))


def piped(what: str) -> str:
    """A secret that must come by standard input."""
    return _some(what, sys.stdin.readline(MAX_SECRET).rstrip("\r\n"))


def secrets_of(given: Sequence[str], needed: Sequence[str]) -> dict[str, str]:
    """The secrets of an endpoint: name=@FILE, name=env:VARIABLE or name=- (standard input); what lacks is asked for."""
    found = {}
    for each in given:
        name, _, source = each.partition("=")
        if not name or not source:
            raise BadValue("--secret", name, "name=@FILE, name=env:VARIABLE or name=-")
        found[name] = _some(name, _from(name, source))
    return found | {name: ask(name) for name in needed if name not in found}


def _from(name: str, source: str) -> str:
    if source == "-":
        return piped(name)
    if source.startswith("@"):
        try:
            return Path(source[1:]).read_text("utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadValue("--secret", source, f"a text file that can be read ({type(error).__name__})") from None
    if source.startswith("env:"):
        return os.environ.get(source[4:], "")
    # Not repeated: what stands on a command line is seen by everybody on the machine and kept by the shell.
    raise BadValue("--secret", f"{name}=...", f"{name}=@FILE, {name}=env:VARIABLE or {name}=-, not the secret itself")


def _some(what: str, found: str) -> str:
    if not found:
        raise BadValue(what, "", "a value: type it, or give it by a file, a variable or standard input")
    return found
