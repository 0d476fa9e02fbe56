"""The command line: `datong`. Each command is a file; Django is set up inside a command, never on import."""

from datong.site.cli.app import main

__all__ = ["main"]
