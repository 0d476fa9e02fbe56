"""`datong worker` exports its spans as the server does, or says what is missing."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from datong.kernel import telemetry
from datong.kernel.telemetry import NotInstalledError
from datong.site import wiring
from datong.site.cli import worker as command


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command did, without a database and without work."""
    seen: list[str] = []

    class Worked:
        def run(self, stop: object) -> None:
            seen.append("ran")

    monkeypatch.setattr(command, "ready", lambda **_: nullcontext())
    monkeypatch.setattr(command, "keep_alive", lambda **_: None)
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    monkeypatch.setattr(wiring, "worker", lambda only: Worked())
    return seen


def test_spans_are_exported_before_the_work_begins(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "start", lambda: done.append("exports"))
    command.worker()
    assert done == ["exports", "ran"]


def test_a_missing_exporter_is_said_and_nothing_runs(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATONG_OTEL", "1")
    monkeypatch.setattr(telemetry, "find_spec", lambda name: None)
    with pytest.raises(NotInstalledError, match="opentelemetry-sdk"):
        command.worker()
    assert done == []
