"""The style sheets, scripts and pictures of all apps in one folder, from where the server sends them itself.

A folder is named after what is in it and never changes: servers of one version share one, those of another version
have their own, and nobody's files go away under a server that sends them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from datong.kernel import embedded

FOLDER = "static-files"
UNFINISHED = "part-"
IN_USE = ".in-use"


@contextmanager
def collected(home: Path) -> Iterator[Path]:
    """The folder, for as long as the block uses it. Raises NotOursError when somebody else's has its name."""
    embedded.make_home(home)
    top = home / FOLDER
    with ExitStack() as stack:
        with embedded.locked(home, "static.lock"):
            embedded.claim(top)
            sources = _sources()
            target = top / _digest(sources)
            stack.enter_context(embedded.locked(top, target.name + IN_USE, shared=True))
            _sweep(top, keep=target)
            if not target.exists():
                _copy(sources, target)
        yield target


def _sources() -> dict[str, Path]:
    """Name below /static/ -> the file of the first app that has it."""
    from django.contrib.staticfiles.finders import get_finders  # Django is set up by now

    found: dict[str, Path] = {}
    for finder in get_finders():
        for name, storage in finder.list([]):
            found.setdefault(name, Path(storage.path(name)))
    return found


def _digest(sources: dict[str, Path]) -> str:
    hashed = hashlib.sha256()
    for name in sorted(sources):
        hashed.update(name.encode() + b"\0" + hashlib.sha256(sources[name].read_bytes()).digest())
    return hashed.hexdigest()[:20]


def _copy(sources: dict[str, Path], target: Path) -> None:
    new = target.with_name(UNFINISHED + target.name)
    for name, source in sources.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
    new.rename(target)


def _sweep(top: Path, *, keep: Path) -> None:
    """Remove what a killed command left half made, and the folders of other versions that no server uses."""
    for folder in [path for path in top.iterdir() if path.is_dir() and path != keep]:
        if folder.name.startswith(UNFINISHED):
            shutil.rmtree(folder)
            continue
        lock = top / (folder.name + IN_USE)
        fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                gone = folder.with_name(UNFINISHED + folder.name)  # half removed is never taken for whole
                folder.rename(gone)
                shutil.rmtree(gone)
                lock.unlink()
        finally:
            os.close(fd)
