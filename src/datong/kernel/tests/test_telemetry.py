"""Spans are there for whoever listens, under the trace of the request, and cost next to nothing otherwise."""

import pytest
from opentelemetry import trace as otel

from datong.kernel import telemetry, trace


class Recorder:
    """A tracer that keeps what it is asked for, in place of an SDK."""

    def __init__(self):
        self.spans = []

    def start_as_current_span(self, name, context=None, attributes=None):
        self.spans.append((name, otel.get_current_span(context).get_span_context().trace_id, dict(attributes)))
        return otel.use_span(otel.INVALID_SPAN)


def test_a_span_carries_the_trace_of_the_request(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(telemetry, "_tracer", recorder)
    with trace.continued("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), telemetry.span("work", orders=3):
        pass
    assert recorder.spans == [("work", 0x4BF92F3577B34DA6A3CE929D0E0E4736, {"orders": 3})]


def test_it_is_off_unless_asked_for_and_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("DATONG_OTEL", raising=False)
    assert telemetry.start() is False
    monkeypatch.setenv("DATONG_OTEL", "1")
    monkeypatch.setattr(telemetry, "find_spec", lambda name: None)
    with pytest.raises(telemetry.NotInstalledError, match="opentelemetry-sdk"):
        telemetry.start()
