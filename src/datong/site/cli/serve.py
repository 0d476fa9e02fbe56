"""`datong serve`: the console and the API, by granian."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated

import typer
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from datong.kernel import embedded
from datong.kernel.bulk import settled
from datong.site.addresses import can_listen, free_port
from datong.site.runtime import is_embedded, ready
from datong.site.screen import err, fail
from datong.site.static_files import collected

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")]


ORDERS_NEED = ("scipy.spatial", "scipy.optimize", "cel", "wechatpy.crypto")
"""What a command does without and the way of an order does not: no first order waits for it."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; put a proxy with TLS in front of any other.")] = (
        "127.0.0.1"
    ),
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = max(1, (os.cpu_count() or 1) // 2),
    threads: Annotated[int, typer.Option(min=1, help="Requests at once in each process.")] = 8,
    migrate: Annotated[
        bool | None, typer.Option(help="Bring the schema up to date first; by default only on the embedded server.")
    ] = None,
) -> None:
    """Serve the console and the API until interrupted; requests under way are finished."""
    ours = is_embedded()
    port = port or free_port(host)
    if not can_listen(host, port):
        fail(f"port {port} on {host} is taken", f"datong serve --port {port + 1}, or --port 0 for any free one")
    os.environ.setdefault("DATONG_POOL", str(threads))
    with ready(upgrade=ours if migrate is None else migrate), collected(embedded.default_home()) as static:
        load_before_fork()
        os.environ |= {"DATONG_SERVE_PID": str(os.getpid()), "DATONG_EMBEDDED": "1" if ours else "0"}
        server = Server(
            "datong.site.cli.served:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            log_level=LogLevels.error,
            static_path_route=["/static"],
            static_path_mount=[static],
            respawn_failed_workers=True,
            workers_kill_timeout=20,
        )
        err.print(f"Datong is at [bold]http://{host}:{port}/[/]  (Ctrl-C stops it)", highlight=False)
        server.serve()


def load_before_fork() -> None:
    """Load every address and its code once for all processes, so that a mistake shows here and not in each of them.

    Connections do not survive a fork: two processes would talk on one socket, and a pool would have lost its threads.
    """
    from django.db import connections  # Django is set up by now
    from django.db.backends.postgresql.base import DatabaseWrapper
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    for name in ORDERS_NEED:
        import_module(name)
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()
    settled()
