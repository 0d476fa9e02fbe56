"""OpenTelemetry hooks: off until somebody asks for them, and then with the exporter they installed.

Without an SDK the API's spans are no-ops. DATONG_OTEL=1 sets the SDK up with the OTLP exporter; both are not among our
dependencies: `pip install opentelemetry-sdk opentelemetry-exporter-otlp`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from opentelemetry import trace as otel
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from datong.kernel import trace
from datong.kernel.errors import DatongError

_tracer = otel.get_tracer("datong")


class NotInstalledError(DatongError):
    code = "not_installed"


def start() -> bool:
    """Export spans when DATONG_OTEL=1; whether it does. Called once a process, by what serves or works."""
    if os.environ.get("DATONG_OTEL") != "1":
        return False
    if find_spec("opentelemetry.sdk") is None or find_spec("opentelemetry.exporter.otlp") is None:
        raise NotInstalledError("DATONG_OTEL=1 needs opentelemetry-sdk and opentelemetry-exporter-otlp")
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    otel.set_tracer_provider(provider)
    return True


@contextmanager
def span(name: str, **attributes: int | str) -> Iterator[None]:
    """A span under the trace id the request came with; costs microseconds when nobody listens."""
    context = trace.current()
    parent = SpanContext(int(context.trace_id, 16), int(context.span_id, 16), True, TraceFlags(TraceFlags.SAMPLED))
    here = otel.set_span_in_context(NonRecordingSpan(parent))
    with _tracer.start_as_current_span(name, context=here, attributes=attributes):
        yield
