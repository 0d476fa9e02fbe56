"""What a server process of `datong serve` loads: the application, and a watch over what it stands on."""

from __future__ import annotations

import os

from datong.site.runtime import keep_alive
from datong.site.wsgi import application

__all__ = ["application"]

# `serve` names itself here before it starts its processes, and has set DATABASE_URL for them.
keep_alive(
    database=os.environ.get("DATONG_EMBEDDED") == "1",
    parent=int(os.environ["DATONG_SERVE_PID"]) if "DATONG_SERVE_PID" in os.environ else None,
)
