"""Structured logs: one JSON object a line, with the trace id. Never a body, a header or a secret.

Some addresses are themselves a key: whoever reads an invitation's link in the log could take it up. Their last part is
masked here, where every line passes, whoever wrote it.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from datong.kernel import trace

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request"}

_SECRET = re.compile(
    r"((?:/|%2F)(?:join|supply|in|consent|card|undo|invoice(?:(?:/|%2F)call)?|hooks(?:(?:/|%2F)shadow)?"
    r"|shop(?:/|%2F)(?:(?!%2F)[^/\s])+(?:/|%2F)(?:order|pay))(?:/|%2F))"
    r"(?:(?!%2F|%3F|%26)[^/?#&\s\"'\\<>)])+",
    re.IGNORECASE,
)
"""An address whose last part opens it; also quoted, as a parameter of another address."""


def masked(text: str) -> str:
    """`text` with the keys in addresses as ***; what the log and the spans are given."""
    return _SECRET.sub(r"\1***", text)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "trace": trace.current().trace_id,
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return masked(json.dumps(line, ensure_ascii=False, default=str))
