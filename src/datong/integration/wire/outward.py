"""Calls to platforms. One TLS context for all: reading the certificates anew cost 16 ms of CPU a call."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def client(*, base_url: str, timeout_s: float) -> httpx.Client:
    """A client for a few calls to one address; certificates are checked, redirects are not followed."""
    return httpx.Client(base_url=base_url, timeout=timeout_s, verify=_tls())
