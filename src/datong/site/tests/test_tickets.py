"""Tickets of accepted orders on a printer that is a socket of this test: what it gets, once; what if it is away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import (
    FulfilmentKind,
    Printer,
    PrinterKind,
    Task,
    TaskState,
    TicketLine,
    TicketState,
    TicketText,
)
from datong.integration.escpos import EscPosPrinter, render
from datong.kernel import clock
from datong.kernel.audit import page
from datong.kernel.errors import BadInput, Unavailable
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.tests.conftest import Shop, open_shop

CUT = b"\x1dV\x00"


@dataclass
class Paper:
    """A printer: what came over each connection."""

    port: int
    came: list[bytes] = field(default_factory=list)


@pytest.fixture
def paper() -> Iterator[Paper]:
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)
    found = Paper(server.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                parts = []
                while part := line.recv(4096):
                    parts.append(part)
                found.came.append(b"".join(parts))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield found
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


@pytest.fixture
def shop(brand: Any) -> Shop:
    return open_shop(brand)


def printer(shop: Shop, port: int, **fields: Any) -> Printer:
    plain = Printer(uuid7(), shop.near.id, "Kitchen", PrinterKind.NETWORK, "127.0.0.1", port)
    made = replace(plain, **fields)
    fulfilment.put_printer(shop.brand.id, made, by="mia")
    return made


def accepted(shop: Shop, *lines: tuple[str, int], **fields: Any) -> Task:
    made = shop.place_one(*lines, **fields)
    task = Task(uuid7(), made.order_id, shop.near.id, FulfilmentKind.PICKUP, None)
    fulfilment.open_tasks([task], brand=shop.brand.id)
    fulfilment.advance([task.id], TaskState.ACCEPTED, brand=shop.brand.id, by="ann")
    ask(shop, task)
    return task


def ask(shop: Shop, task: Task) -> int:
    return orders.print_tickets([task.id], brand=shop.brand.id, order_ids=[task.order_id])


def states(shop: Shop) -> list[tuple[TicketState, int]]:
    return [(t.state, t.attempts) for t in fulfilment.tickets_of(shop.brand.id, shop.near.id)]


def arrived(paper: Paper, n: int = 1) -> bytes:
    for _ in range(500):
        if len(paper.came) >= n:
            break
        threading.Event().wait(0.01)
    assert len(paper.came) == n
    return paper.came[-1]


def test_an_accepted_order_is_printed_once_with_its_number_lines_notes_and_a_cut(shop: Shop, paper: Paper) -> None:
    printer(shop, paper.port)
    task = accepted(shop, ("TEA", 2), ("CUP", 1), note="少冰 no sugar")
    assert ask(shop, task) == 0, "told twice is printed once"
    assert fulfilment.print_due(shop.brand.id) == 1 and fulfilment.print_due(shop.brand.id) == 0
    said = arrived(paper)
    text = said.decode("gb18030", "replace")
    for part in ("001", "Pickup ", "Ann Lee", "2 x Green tea", "1 x Cup", "* 少冰 no sugar", "To collect: $22.00"):
        assert part in text, part
    assert "少冰".encode("gb18030") in said and said.index(b"\x1c&") < said.index(b"001") and said.endswith(CUT)
    assert states(shop) == [(TicketState.PRINTED, 1)]


def test_chinese_fills_the_width_of_the_paper_and_commands_in_a_name_are_no_commands() -> None:
    line = TicketLine(1, "加料很多的招牌珍珠奶茶大杯", ("去冰\x1dV\x00", "椰果"))
    said = render(TicketText("012", "自提", "W-1", (), (line,)), 16)
    assert "1 x 加料很多的招".encode("gb18030") in said and b"  + " in said
    assert said.count(CUT) == 1


def test_each_station_prints_what_it_makes(shop: Shop, paper: Paper) -> None:
    text = TicketText(
        "001", "Pickup", "W-1", (), (TicketLine(1, "Tea", (), "drinks/tea"), TicketLine(1, "Pie", (), "food"))
    )
    printer(shop, paper.port, name="Bar", categories=("drinks",))
    task = Task(uuid7(), uuid7(), shop.near.id, FulfilmentKind.PICKUP, None, TaskState.ACCEPTED)
    fulfilment.open_tasks([task], brand=shop.brand.id)
    fulfilment.ask_tickets(shop.brand.id, task.id, shop.near.id, text, by="x")
    fulfilment.print_due(shop.brand.id)
    said = arrived(paper)
    assert b"1 x Tea" in said and b"Pie" not in said
    assert (
        fulfilment.ask_tickets(shop.brand.id, uuid7(), shop.near.id, replace(text, lines=text.lines[1:]), by="x") == 0
    )


def test_a_printer_that_is_away_is_an_alarm_and_prints_when_it_is_back(shop: Shop, paper: Paper) -> None:
    with socket.create_server(("127.0.0.1", 0)) as spare:
        nobody = spare.getsockname()[1]
    made = printer(shop, nobody)
    accepted(shop, ("TEA", 1))
    assert fulfilment.print_due(shop.brand.id) == 0 and states(shop) == [(TicketState.WAITING, 1)]
    (away,) = fulfilment.printers_of(shop.brand.id, [shop.near.id])
    assert away.failing_since and "does not answer" in away.problem
    fulfilment.put_printer(shop.brand.id, replace(made, port=paper.port), by="mia")
    with clock.held_at(clock.now() + timedelta(minutes=3)):
        assert fulfilment.print_due(shop.brand.id) == 1
    assert arrived(paper).endswith(CUT)
    (back,) = fulfilment.printers_of(shop.brand.id, [shop.near.id])
    assert (back.failing_since, back.problem) == (None, "")


def test_an_order_that_was_taken_back_is_not_printed_and_is_when_it_comes_again(shop: Shop, paper: Paper) -> None:
    printer(shop, paper.port)
    task = accepted(shop, ("TEA", 1))
    by: dict[str, Any] = {"brand": shop.brand.id, "by": "ann"}
    fulfilment.undo_step(task.id, store_id=shop.near.id, **by)
    assert fulfilment.print_due(shop.brand.id) == 0 and states(shop) == [(TicketState.DROPPED, 1)]
    fulfilment.advance([task.id], TaskState.ACCEPTED, **by)
    assert ask(shop, task) == 1 and fulfilment.print_due(shop.brand.id) == 1
    arrived(paper)


def test_a_copy_is_printed_on_purpose_and_the_log_says_who_asked(shop: Shop, paper: Paper) -> None:
    printer(shop, paper.port)
    task = accepted(shop, ("TEA", 1))
    fulfilment.print_due(shop.brand.id)
    assert orders.print_again(task, brand=shop.brand.id, by="ben") == 1
    assert fulfilment.print_due(shop.brand.id) == 1
    arrived(paper, 2)
    assert [(t.copy, t.asked_by) for t in fulfilment.tickets_of(shop.brand.id, shop.near.id)] == [
        (1, "ben"),
        (0, "accepted"),
    ]
    assert [entry.actor for entry in page(shop.brand.id, verb="ticket.print_again").entries] == ["ben"]


@pytest.mark.parametrize("host", ["8.8.8.8", "169.254.169.254", "0.0.0.0", "http://x", "2001:4860:4860::8888", ""])  # noqa: S104
def test_a_printer_stands_in_a_private_network(shop: Shop, host: str) -> None:
    with pytest.raises(BadInput) as refused:
        printer(shop, 9100, host=host)
    assert refused.value.problems[0].field == "host"


def test_a_name_that_leads_outside_is_found_out_when_it_is_printed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    leads = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("93.184.216.34", 9100))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: leads)
    sent: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *a, **_: sent.append(a))
    one = Printer(uuid7(), uuid7(), "Kitchen", PrinterKind.NETWORK, "printer.example", 9100)
    with pytest.raises(Unavailable, match="private"):
        EscPosPrinter().print(one, TicketText("001", "Pickup", "W-1"))
    assert sent == []


def test_two_workers_print_a_ticket_once(committed_db: str, make_brand: Any, in_parallel: Any, paper: Paper) -> None:
    shop = open_shop(make_brand())
    printer(shop, paper.port)
    tasks = [accepted(shop, ("TEA", 1)) for _ in range(3)]
    assert sum(in_parallel(3, lambda: fulfilment.print_due(shop.brand.id))) == 3
    arrived(paper, 3)
    assert len({task.id for task in tasks}) == 3 and {state for state, _ in states(shop)} == {TicketState.PRINTED}


def test_another_stores_printer_is_not_changed_and_one_that_is_gone_prints_nothing(shop: Shop, paper: Paper) -> None:
    made = printer(shop, paper.port)
    task = accepted(shop, ("TEA", 1))
    fulfilment.remove_printer(shop.brand.id, made.id, store_id=UUID(int=7), by="eve")
    assert len(fulfilment.printers_of(shop.brand.id, [shop.near.id])) == 1
    fulfilment.remove_printer(shop.brand.id, made.id, store_id=shop.near.id, by="mia")
    fulfilment.remove_printer(shop.brand.id, made.id, store_id=shop.near.id, by="mia")
    assert fulfilment.print_due(shop.brand.id) == 0 and ask(shop, task) == 0 and paper.came == []
