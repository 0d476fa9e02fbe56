"""Whose folder is it? What we make carries a marker; anything else is not written to, started, stopped or deleted.

Homes made before there was a marker are known by what only we put there, and get theirs.
"""

from __future__ import annotations

from pathlib import Path

from datong.kernel.embedded import home as homes
from datong.kernel.embedded.postmaster import DatabaseDownError

MARKER = ".datong"
TEXT = "Made by datong, which rewrites and deletes what is here. No place for files of your own.\n"
NAMES = ("postgres", "secrets.json", "port")  # of what we rewrite in a home


class NotOursError(DatabaseDownError):
    """A folder we would have to change was made by somebody else; nothing in it was changed."""

    fix = "choose another folder with DATONG_HOME; a database of your own is used by DATABASE_URL"


def marked(folder: Path) -> bool:
    return (folder / MARKER).is_file()


def mark(folder: Path) -> None:
    """Say that the folder is ours; under the lock of whoever makes it."""
    if not marked(folder):
        homes.put(folder / MARKER, TEXT)


def claim(folder: Path) -> None:
    """Make a folder of our own, or find it made; under a lock of the folder above. Raises NotOursError."""
    if _holds_something(folder) and not marked(folder):
        raise NotOursError(f"{folder} was not made by datong and is left alone")
    folder.mkdir(exist_ok=True)
    mark(folder)


def refuse_foreign_home(home: Path) -> None:
    """Raise NotOursError when what has our names in `home` is somebody else's. Other files there do not matter.

    The marker is written before anything else and is looked for last, so that a home somebody is just making is ours.
    """
    found = [name for name in NAMES if _holds_something(home / name)]
    if found and not _has_our_secrets(home) and not marked(home):
        raise NotOursError(f"{home / found[0]} was not made by datong: {home} is left alone")


def refuse_foreign_data(home: Path, data: Path) -> None:
    """Raise NotOursError when `data` is there and was not made by us; ours of an earlier version gets its marker."""
    if not _holds_something(data):
        return
    if not is_ours(home, data):
        raise NotOursError(f"{data} was not made by datong and is left alone")
    mark(data)


def is_ours(home: Path, data: Path) -> bool:
    """Whether we made the data folder: by its marker or, made before there was one, by our settings and passwords."""
    return marked(data) or (_has_our_secrets(home) and _has_our_settings(data))


def _has_our_secrets(home: Path) -> bool:
    try:
        kept = homes.read_secrets(home)
    except (OSError, ValueError):
        return False
    return isinstance(kept, dict) and not kept.keys().isdisjoint((homes.SUPERUSER, homes.OWNER))


def _has_our_settings(data: Path) -> bool:
    try:
        return (data / "datong.conf").exists() or "datong.conf" in (data / "postgresql.conf").read_text()
    except (OSError, ValueError):
        return False


def _holds_something(path: Path) -> bool:
    """A file, or a folder with more in it than a marker that was being written."""
    if path.is_dir():
        return any(entry.name != f"{MARKER}.new" for entry in path.iterdir())
    return path.exists()
