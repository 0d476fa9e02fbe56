"""An exchange by files: `in`, `processed`, `failed`, `out`. A file is read whole or not at all, and once."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, Problem
from datong.sync.erp.apply import apply
from datong.sync.erp.mapping import ErpMapping, FeedWords
from datong.sync.erp.read import problem_rows, read_file
from datong.sync.erp.types import Erp, Feed, FileState, Taken

SETTLED_S = 3.0  # a file that was written to less long ago is still being written
MAX_FILES = 50
MAX_BYTES = 64 * 1024 * 1024
UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload")
KEPT_PROBLEMS = 100

SEEN = "SELECT state FROM sync_erpfile WHERE brand_id = %(brand)s AND erp_id = %(erp)s AND sha = %(sha)s"
KEEP = """
    INSERT INTO sync_erpfile (brand_id, erp_id, sha, name, feed, out, state, rows, changed, problems, at)
    VALUES (%(brand)s, %(erp)s, %(sha)s, %(name)s, %(feed)s, false, %(state)s, %(rows)s, %(changed)s,
            %(problems)s::jsonb, %(now)s)
    ON CONFLICT (brand_id, erp_id, sha) DO UPDATE
       SET name = excluded.name, state = excluded.state, rows = excluded.rows, changed = excluded.changed,
           problems = excluded.problems, at = excluded.at
"""


class _DryRun(Exception):
    """Undoes what was tried."""


def read_folder(brand_id: UUID, erp: Erp, mapping: ErpMapping, currency: str) -> list[Taken]:
    """Take the files that are waiting, items before stock and prices. While the connection is not live each file is
    read and tried, and nothing is kept: it stays where it is."""
    root = Path(str(erp.settings["folder"]))
    done = []
    for path, words in _waiting(root / "in", mapping):
        taken = take_file(brand_id, erp, path, words, mapping, currency)
        if erp.live:
            _put_away(root, path, taken)
        done.append(taken)
    return done


def _waiting(folder: Path, mapping: ErpMapping) -> Iterator[tuple[Path, FeedWords | None]]:
    order = {"items": 0, "stock": 1, "prices": 2}
    found = []
    now = clock.now().timestamp()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.is_file() or path.is_symlink() or path.name.startswith(".") or path.suffix in UNFINISHED:
            continue
        if now - path.stat().st_mtime < SETTLED_S:
            continue
        words = next((w for w in mapping.feeds if any(fnmatch(path.name, p) for p in w.files)), None)
        found.append((order.get(words.feed if words else "", 9), path.name, path, words))
    for _, _, path, words in sorted(found, key=lambda each: each[:2])[:MAX_FILES]:
        yield path, words


def take_file(
    brand_id: UUID, erp: Erp, path: Path, words: FeedWords | None, mapping: ErpMapping, currency: str
) -> Taken:
    """One file, in one transaction with the note that it was read; the same content again is passed over."""
    feed = Feed(words.feed) if words else None
    if words is None or feed is None:
        fix = f"a name that fits one of {', '.join(p for w in mapping.feeds for p in w.files)[:200]}"
        return _failed(brand_id, erp, path, feed, BadInput("no feed", Problem("", "unknown_file", fix, path.name)))
    if path.stat().st_size > MAX_BYTES:
        problem = Problem("", "too_large", f"at most {MAX_BYTES} bytes a file", path.stat().st_size)
        return _failed(brand_id, erp, path, feed, BadInput("the file is too large", problem))
    sha = _sha(path)
    with in_brand(brand_id):
        if erp.live and any(state != FileState.FAILED for (state,) in rows(SEEN, _about(brand_id, erp, sha))):
            return Taken(path.name, feed, again=True)
    try:
        lines, problems, count = read_file(path, words, mapping, currency)
    except BadInput as error:
        return _failed(brand_id, erp, path, feed, error)
    with in_brand(brand_id):
        changed, more = try_lines(brand_id, erp, feed, lines)
        problems = [*problems, *more]
        state = FileState.PARTLY if problems else FileState.TAKEN
        taken = Taken(path.name, feed, count, changed, max(0, len(lines) - changed - len(more)), tuple(problems), state)
        if erp.live:
            note_file(brand_id, erp, sha, taken)
    return taken


def try_lines(brand_id: UUID, erp: Erp, feed: Feed, lines: Sequence[Any]) -> tuple[int, list[Problem]]:
    """What the lines change; taken back at once while the connection is not live."""
    found: tuple[int, list[Problem]] = (0, [])
    try:
        with savepoint():
            found = apply(brand_id, erp.id, feed, lines, by=f"erp {erp.code}")
            if not erp.live:
                raise _DryRun
    except _DryRun:
        pass
    return found


def _failed(brand_id: UUID, erp: Erp, path: Path, feed: Feed | None, error: BadInput) -> Taken:
    problems = tuple(error.problems) or (Problem("", error.code, "a file that can be read", str(error)[:200]),)
    taken = Taken(path.name, feed, problems=problems, state=FileState.FAILED)
    if erp.live:
        with in_brand(brand_id):
            note_file(brand_id, erp, _sha(path), taken)
    return taken


def _put_away(root: Path, path: Path, taken: Taken) -> None:
    """Into `processed` or `failed`, with a list of what is wrong beside it. A crash before this only repeats it."""
    to = root / ("failed" if taken.state is FileState.FAILED else "processed")
    name = path.name if not (to / path.name).exists() else f"{path.stem}-{_sha(path).hex()[:8]}{path.suffix}"
    if taken.problems:
        _write_csv(
            root / "failed" / f"{path.stem}.errors.csv",
            [["row", "column", "value", "code", "fix"], *problem_rows(taken.problems)],
        )
    path.replace(to / name)


def _write_csv(path: Path, table: Sequence[Sequence[str]]) -> None:
    unfinished = path.with_name(f"{path.name}.tmp")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)
    unfinished.replace(path)


def write_whole(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all: nobody reads half of it."""
    unfinished = path.with_name(f".{path.name}.tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def note_file(brand_id: UUID, erp: Erp, sha: bytes, taken: Taken) -> None:
    problems = [
        {"field": p.field, "code": p.code, "fix": p.fix, "value": None if p.value is None else str(p.value)[:200]}
        for p in taken.problems[:KEPT_PROBLEMS]
    ]
    facts = {
        "name": taken.name[:200],
        "feed": taken.feed.value if taken.feed else "",
        "state": taken.state.value,
        "rows": taken.rows,
        "changed": taken.changed,
        "problems": json.dumps(problems).replace("\\u0000", ""),
        "now": clock.now(),
    }
    execute(KEEP, {**_about(brand_id, erp, sha), **facts})


def _about(brand_id: UUID, erp: Erp, sha: bytes) -> dict[str, Any]:
    return {"brand": brand_id, "erp": erp.id, "sha": sha}


def _sha(path: Path) -> bytes:
    return sha256(path.read_bytes()).digest()
