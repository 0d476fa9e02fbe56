"""Play the day: every message through its channel's real door, then wait until the hub has dealt with all of them."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from datong.integration import api as integration
from datong.integration.types import Imported, InboxState
from datong.site.demo.native import Gate, details_of, intent_of, spoilt
from datong.site.demo.platforms import LocalJd, LocalWeChat
from datong.site.demo.post import Answered, post_all
from datong.site.demo.tradefile import MAPPING, write_file
from datong.site.demo.types import Door, Sending, Trouble, World

DRAIN_LIMIT_S = 300.0
DRAIN_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Platforms:
    """The platforms' own servers that the hub asks."""

    wechat: LocalWeChat
    jd: LocalJd

    @property
    def asked_at(self) -> dict[str, str]:
        return {"wechat_shop": self.wechat.url, "jd_daojia": self.jd.url}


@contextmanager
def platforms() -> Iterator[Platforms]:
    with ExitStack() as stack:
        wechat = stack.enter_context(LocalWeChat("", ""))
        yield Platforms(wechat, stack.enter_context(LocalJd()))


def sold_there(world: World, gates: Mapping[str, Gate], there: Platforms) -> None:
    """Before a platform tells of an order it knows it."""
    for sending in world.day:
        gate = gates[sending.order.channel]
        if gate.channel.door is Door.WECHAT_SHOP:
            there.wechat.appid = gate.context.secrets["appid"]
            there.wechat.appsecret = gate.context.secrets["appsecret"]
            there.wechat.put(details_of(sending, gate))
        elif gate.channel.mapping == "jd_daojia":
            there.jd.orders[sending.order.number] = spoilt(intent_of(sending.order, gate), sending.trouble)


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent and heard; `imported` are the runs of the dropped files, `seconds` until all was dealt with."""

    answered: Answered
    imported: tuple[Imported, ...]
    seconds: float
    drained: bool


def play(
    world: World,
    brand_id: UUID,
    gates: dict[str, Gate],
    address: tuple[str, int],
    on_progress: Callable[[int], None],
    check_running: Callable[[], None],
) -> Played:
    """Send the whole day in its order; the resellers' files are dropped meanwhile.

    `check_running` is asked while waiting, and raises when nobody will ever deal with what is left.
    """
    started = time.perf_counter()
    files = [s for s in world.day if gates[s.order.channel].channel.door is Door.FILE]
    posts = [s for s in world.day if gates[s.order.channel].channel.door is not Door.FILE]
    imported: list[Imported] = []
    dropping = threading.Thread(
        target=lambda: imported.extend(_drop(files, brand_id, gates, on_progress)), name="file-drop", daemon=True
    )
    dropping.start()
    answered = post_all(posts, gates, address, on_sent=on_progress)
    dropping.join()
    drained = wait_until_drained(brand_id, check_running)
    return Played(answered, tuple(imported), time.perf_counter() - started, drained)


def _drop(
    sendings: list[Sending], brand_id: UUID, gates: Mapping[str, Gate], on_progress: Callable[[int], None]
) -> list[Imported]:
    """The morning's file, and a second one with what the resellers send again."""
    if not sendings:
        return []
    gate = gates[sendings[0].order.channel]
    again = [s for s in sendings if s.trouble is Trouble.TWICE]
    runs = []
    with tempfile.TemporaryDirectory(prefix="datong-demo-") as folder:
        for name, part in (("orders.csv", [s for s in sendings if s not in again]), ("again.csv", again)):
            path, seen = Path(folder) / name, 0
            if not write_file(path, part, gate):
                continue

            def told(run: Imported) -> None:
                nonlocal seen
                on_progress(run.orders - seen)
                seen = run.orders

            runs.append(integration.import_orders(path, str(MAPPING), gate.context.channel_id, brand_id, told))
    return runs


def wait_until_drained(brand_id: UUID, check_running: Callable[[], None], limit_s: float = DRAIN_LIMIT_S) -> bool:
    """Whether nothing is pending in the inbox any more before the time is up."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        counts = integration.inbox_counts(brand_id)
        if not any(states.get(InboxState.PENDING) for states in counts.values()):
            return True
        check_running()
        time.sleep(DRAIN_EVERY_S)
    return False
