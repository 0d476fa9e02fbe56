"""What work on a hundred thousand rows needs: arrays written quickly, and no collector walking through the rows."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


def array(texts: Iterable[str]) -> str:
    """The literal of a PostgreSQL array of these texts, to be cast by the statement: %(skus)s::text[].

    As psycopg writes a list, in a fraction of its time: it asks two regular expressions about each element.
    Also for ids and times, as text.
    """
    found = list(texts)
    if not found:
        return "{}"
    joined = "".join(found)
    if '"' in joined or "\\" in joined:
        found = [text.replace("\\", "\\\\").replace('"', '\\"') for text in found]
    return '{"' + '","'.join(found) + '"}'


def settled() -> None:
    """Before a process starts its work, and before it forks: what is loaded by now stays, so nobody need walk through
    it for circles again, and forks go on sharing its memory."""
    gc.collect()
    gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Rows are plain values that refer to no one in a circle: while they are made, looking for circles only costs.

    For a few seconds at most: what lies in circles waits until the block ends. Threads may overlap: whoever found
    the collector at work starts it again.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
