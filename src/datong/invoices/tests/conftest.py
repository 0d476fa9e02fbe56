"""A provider in memory, and the shop that issues through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from datong.invoices import ports
from datong.invoices.types import Heard, State
from datong.kernel.errors import Unavailable
from datong.site.testing.china import open_in_china


@dataclass
class Memory:
    """A provider that keeps what it gets. `fails`: what the next calls raise; `lost`: answers that never arrive."""

    got: dict[UUID, Any] = field(default_factory=dict)
    bills: list[UUID] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    lost: int = 0
    confirmed: bool = True
    ready: bool = True
    issues: int = 0
    plain: bool = False

    def issue(self, brand_id, seller, secret, document, of):
        self.issues += 1
        if self.fails:
            raise self.fails.pop(0)
        self.got.setdefault(document.id, document)
        if self.lost:
            self.lost -= 1
            raise Unavailable("no answer")

    def result(self, seller, secret, document):
        if document.id not in self.got:
            return None
        if not self.ready:
            return Heard(document.id, State.ISSUING)
        return Heard(document.id, State.ISSUED, number=f"26{document.id.int % 10**18:018}", pdf_url="https://x/1.pdf")

    def confirm(self, seller, secret, document, of):
        self.bills.append(document.id)
        return f"bill {len(self.bills)}"

    def confirmation(self, seller, secret, document):
        return self.confirmed

    def read(self, body):
        return UUID(body.decode())


@pytest.fixture
def provider(monkeypatch):
    memory = Memory()
    monkeypatch.setitem(ports._issuers, "memory", memory)
    return memory


@pytest.fixture
def shop(brand, provider):
    return open_in_china(brand)
