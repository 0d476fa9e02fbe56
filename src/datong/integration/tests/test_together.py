"""Real threads and committed rows: the inbox shared by workers, calls committed together, files read on."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from datong.access.types import Client, Scope
from datong.brand.types import ChannelKind
from datong.integration import api
from datong.integration.local.wechat import LocalWeChat
from datong.integration.tasks import drain_all
from datong.integration.tests.conftest import House
from datong.integration.types import InboxState
from datong.integration.wire import wechat_api
from datong.integration.wire.send import native, shopify, wechat_shop
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.orders.types import Accepted, IntentLine, Refused
from datong.payments.types import PaymentMethod

pytestmark = pytest.mark.requirement("S-162", "S-163", "S-175")
Parallel = Callable[[int, Callable[[], Any]], list[Any]]
gather: Any = sys.modules["datong.integration.actions.gather"]
imports: Any = sys.modules["datong.integration.actions.imports"]


def fill(house: House, count: int, *, twice: bool = True) -> None:
    token, ctx = house.door("shopify")
    for n in range(count):
        request = shopify.build(house.order(external_id=f"{n}", lines=(IntentLine(1, "TEA-1", 1, 1800),)), ctx)
        for _ in range(2 if twice else 1):
            api.receive(token, request)


def test_workers_share_the_inbox_and_every_order_is_taken_once(
    committed_db: str, make_house: Callable[..., House], in_parallel: Parallel
) -> None:
    house = make_house()
    fill(house, 40)

    def work() -> int:
        done = 0
        for _ in range(60):
            found = api.drain(house.brand.id, 7).taken
            done += found
            if not found and not house.inbox(InboxState.PENDING):
                break
        return done

    assert sum(in_parallel(4, work)) == 80
    assert Counter(house.states()) == {"placed": 40, "repeat": 40}
    assert Counter(o[0] for o in house.orders()) == {str(n): 1 for n in range(40)}


def test_one_round_of_the_worker_reaches_every_brand(committed_db: str, make_house: Callable[..., House]) -> None:
    houses = [make_house(), make_house()]
    for house in houses:
        fill(house, 2, twice=False)
    assert drain_all() == 4
    assert [house.states() for house in houses] == [["placed", "placed"]] * 2
    assert drain_all() == 0


def client_of(house: House) -> Client:
    channel = house.channel(ChannelKind.APP, "app")
    return Client(uuid7(), house.brand.id, channel, "app", frozenset({Scope.ORDERS_WRITE}), clock.now())


def body(house: House, number: object, sku: str = "TEA-1") -> bytes:
    line = IntentLine(1, sku, 1)
    order = house.order(
        external_id=f"{number}", lines=(line,), amounts=None, paid=False, payment=PaymentMethod.PAY_AT_STORE
    )
    return msgspec.json.encode(native.payload(order))


def test_calls_that_arrive_together_are_committed_together(
    committed_db: str, make_house: Callable[..., House], in_parallel: Parallel, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    client = client_of(house)
    bodies = [body(house, n) for n in range(24)]
    numbers = iter(range(24))
    batches: list[int] = []
    real = gather.place

    def counted(intents: Any, **more: Any) -> Any:
        batches.append(len(intents))
        return real(intents, **more)

    monkeypatch.setattr(gather, "place", counted)
    monkeypatch.setattr(gather, "WINDOW_S", 0.05)
    lock = threading.Lock()

    def call() -> Any:
        with lock:
            n = next(numbers)
        answer = api.take_native(client, [bodies[n]], {})
        return n, answer.external_ids, answer.outcomes[0]

    answers = in_parallel(24, call)
    assert all(ids == (str(n),) and isinstance(outcome, Accepted) for n, ids, outcome in answers)
    assert len({outcome.order_id for *_, outcome in answers}) == 24
    assert sum(batches) == 24 and len(batches) <= 6
    assert Counter(house.states()) == {"placed": 24}


def test_each_caller_gets_its_own_refusal_and_poison_hurts_nobody_else(
    committed_db: str, make_house: Callable[..., House], in_parallel: Parallel, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    client = client_of(house)
    work = iter([body(house, 1), body(house, 2, "NOPE"), b"{", body(house, "boom"), body(house, 1), body(house, 5)])
    lock = threading.Lock()
    real = gather.place

    def poisoned(intents: Any, **more: Any) -> Any:
        if any(intent.external_id == "boom" for intent in intents):
            raise ZeroDivisionError
        return real(intents, **more)

    monkeypatch.setattr(gather, "place", poisoned)
    monkeypatch.setattr(gather, "WINDOW_S", 0.05)

    def call() -> str:
        with lock:
            mine = next(work)
        try:
            outcome = api.take_native(client, [mine], {}).outcomes[0]
        except ZeroDivisionError:
            return "poison"
        return outcome.code if isinstance(outcome, Refused) else f"repeat {outcome.repeat}"  # type: ignore[union-attr]

    found = Counter(in_parallel(6, call))
    assert found == {"repeat False": 2, "repeat True": 1, "not_sellable": 1, "bad_input": 1, "poison": 1}
    assert Counter(house.states()) == {"placed": 2, "repeat": 1, "rejected": 2}


def test_a_caller_whose_turn_does_not_come_is_told(
    committed_db: str, make_house: Callable[..., House], in_parallel: Parallel, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    client = client_of(house)
    bodies = iter([body(house, n) for n in range(3)])
    lock, stuck = threading.Lock(), threading.Event()
    real = gather.place

    def slow(intents: Any, **more: Any) -> Any:
        stuck.wait(0.6)
        return real(intents, **more)

    monkeypatch.setattr(gather, "place", slow)
    monkeypatch.setattr(gather, "PATIENCE_S", 0.2)
    monkeypatch.setattr(gather, "WINDOW_S", 0.0)

    def call() -> str:
        with lock:
            mine = next(bodies)
        try:
            return type(api.take_native(client, [mine], {}).outcomes[0]).__name__
        except Exception as error:
            return getattr(error, "code", repr(error))

    found = Counter(in_parallel(3, call))
    assert found["Accepted"] >= 1 and set(found) <= {"Accepted", "unavailable"}
    monkeypatch.setattr(gather, "PATIENCE_S", 30.0)
    assert type(api.take_native(client, [body(house, "after")], {}).outcomes[0]) is Accepted


# files ---------------------------------------------------------------------------------------------------------------

MAPPING = """
name = "drop"
time = "iso"
[order]
external_id = "/order"
placed_at = "/at"
paid = { const = true }
[order.lines]
each = "/rows"
sku = "/sku"
units = "/n"
unit_price = "/price"
[order.amounts]
paid = "/total"
"""


def drop(tmp_path: Path, count: int) -> tuple[Path, str]:
    now = clock.now().replace(microsecond=0).isoformat()
    lines = ["order,at,sku,n,price,total"]
    for n in range(count):
        bad = "many" if n == 3 else 1
        lines += [f"D-{n},{now},TEA-1,{bad},18.00,43.00", f"D-{n},{now},CAKE,1,25.00,43.00"]
    (tmp_path / "drop.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "drop.toml").write_text(MAPPING)
    return tmp_path / "drop.csv", str(tmp_path / "drop.toml")


def test_a_file_is_imported_with_progress_and_its_bad_rows_are_kept(
    committed_db: str, make_house: Callable[..., House], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    path, mapping = drop(tmp_path, 10)
    monkeypatch.setattr(imports, "BATCH", 4)
    steps: list[tuple[int, int, bool]] = []
    channel = house.channel(ChannelKind.FILE, "file")
    done = api.import_orders(path, mapping, channel, house.brand.id, lambda s: steps.append((s.rows, s.orders, s.done)))
    assert steps == [(8, 4, False), (16, 8, False), (20, 10, False)]
    assert (done.rows, done.orders, done.done) == (20, 10, True)
    assert done.states == {InboxState.PLACED: 9, InboxState.REJECTED: 1}
    assert len(house.orders()) == 9 and house.orders()[0][:2] == ("D-0", 4300)
    [bad] = house.inbox(InboxState.REJECTED)
    assert bad.external_id == "D-3" and bad.problems[0].field == "/rows/0/n"
    assert bad.headers == {"row": "7", "file": "drop.csv"}
    text = api.inbox_entry(house.brand.id, bad.id).body.replace('"many"', '"1"')
    assert api.correct(house.brand.id, bad.id, text, "staff anna").state is InboxState.PLACED
    assert api.import_orders(path, mapping, channel, house.brand.id) == done.__class__(
        done.run_id, 20, 10, done.states, True, 20
    )
    again = api.import_orders(path, mapping, channel, house.brand.id, resume=False)
    assert again.states == {InboxState.REPEAT: 9, InboxState.REJECTED: 1}
    assert len(house.orders()) == 10


def test_a_line_that_cannot_be_read_waits_in_the_inbox_and_is_mended_there(
    committed_db: str, make_house: Callable[..., House], tmp_path: Path
) -> None:
    house = make_house()
    path, mapping = drop(tmp_path, 2)
    whole = path.read_text()
    path.write_text(
        whole + 'D-9,"never closed\n' + whole.replace("D-0", "D-7").replace("D-1", "D-8").partition("\n")[2]
    )
    done = api.import_orders(path, mapping, house.channel(ChannelKind.FILE, "file"), house.brand.id)
    assert done.states == {InboxState.PLACED: 4, InboxState.REJECTED: 1}
    [bad] = house.inbox(InboxState.REJECTED)
    assert (bad.problems[0].code, bad.problems[0].value, bad.headers["row"]) == ("bad_row", 'D-9,"never closed\n', "5")
    row = {"order": "D-9", "at": whole.split(",")[6], "sku": "TEA-1", "n": "1", "price": "18.00", "total": "18.00"}
    assert api.correct(house.brand.id, bad.id, json.dumps({**row, "rows": [row]}), "anna").state is InboxState.PLACED


def test_an_import_that_was_killed_goes_on_where_it_was(
    committed_db: str, make_house: Callable[..., House], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    path, mapping = drop(tmp_path, 12)
    channel = house.channel(ChannelKind.FILE, "file")
    monkeypatch.setattr(imports, "BATCH", 4)

    class KilledError(BaseException):
        """As SIGKILL would: nothing of ours runs after it."""

    real, calls = imports.settle, []

    def killed(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KilledError
        return real(*args)

    monkeypatch.setattr(imports, "settle", killed)
    with pytest.raises(KilledError):
        api.import_orders(path, mapping, channel, house.brand.id)
    assert len(house.inbox(InboxState.PENDING)) == 4  # kept, and the worker's now
    monkeypatch.setattr(imports, "settle", real)
    done = api.import_orders(path, mapping, channel, house.brand.id)
    assert (done.resumed_at_row, done.rows, done.done) == (16, 24, True)
    drain_all()
    assert sorted(o[0] for o in house.orders()) == sorted(f"D-{n}" for n in range(12) if n != 3)
    with in_brand(house.brand.id):
        assert rows("SELECT count(*) FROM integration_inbox") == [(12,)]


def test_the_place_in_a_file_and_its_rows_are_written_together_or_not_at_all(
    committed_db: str, make_house: Callable[..., House], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    path, mapping = drop(tmp_path, 6)
    channel = house.channel(ChannelKind.FILE, "file")

    class KilledError(BaseException):
        """As SIGKILL would: nothing of ours runs after it."""

    def killed(*_: Any) -> Any:
        raise KilledError

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(imports, "execute", killed)  # after the rows, before the checkpoint
        api.import_orders(path, mapping, channel, house.brand.id)
    assert house.inbox() == []
    done = api.import_orders(path, mapping, channel, house.brand.id)
    assert (done.resumed_at_row, done.orders, len(house.inbox())) == (0, 6, 6)


def test_workers_ask_a_platform_once_for_each_order_even_when_it_is_slow(
    committed_db: str, make_house: Callable[..., House], in_parallel: Parallel, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    wechat_api._tokens.clear()
    with LocalWeChat("wx1", "as") as wechat:
        token, ctx = house.door("wechat_shop", base_url=wechat.url)
        for n in range(6):
            order = house.order(external_id=f"{9000 + n}")
            wechat.put(wechat_shop.details(order))
            api.receive(token, wechat_shop.build(order, ctx))
        real = wechat.answer

        def slow(path: str, query: Any, body: Any) -> Any:
            if path.endswith("/order/get"):
                time.sleep(0.2)  # long enough for the other workers to look for work
            return real(path, query, body)

        monkeypatch.setattr(wechat, "answer", slow)
        in_parallel(3, lambda: api.drain(house.brand.id, 6))
        drain_all()
        assert wechat.calls["/channels/ec/order/get"] == 6
    assert house.states() == ["placed"] * 6
