"""Idempotency keys: a call that may be sent again is carried out once, and the second gets the first's answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from datong.kernel import clock
from datong.kernel.db import current_brand, execute, rows
from datong.kernel.errors import BadValue, Conflict, Problem

MAX_KEY = 200

CLAIM = """
    INSERT INTO kernel_once (brand_id, scope, key, asked, answer, at) VALUES (%s, %s, %s, %s, NULL, %s)
    ON CONFLICT DO NOTHING RETURNING key
"""
FIRST = "SELECT asked, answer::text FROM kernel_once WHERE brand_id = %s AND scope = %s AND key = %s"
ANSWER = "UPDATE kernel_once SET answer = %s::jsonb WHERE brand_id = %s AND scope = %s AND key = %s"


def once(scope: str, key: str, asked: Any, work: Callable[[], Any]) -> Any:
    """Run `work` under the caller's key and keep its answer (JSON); inside the brand, in the caller's transaction.

    A second call with the same key waits for the first and gets its answer. Asked something else under the same key it
    is a Conflict. An empty key means the caller does not mind doing it twice.
    """
    if not key:
        return work()
    if len(key) > MAX_KEY:
        raise BadValue("Idempotency-Key", key[:80], f"at most {MAX_KEY} characters")
    brand = current_brand()
    digest = hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()
    if not rows(CLAIM, [brand, scope, key, digest, clock.now()]):
        ((first, answer),) = rows(FIRST, [brand, scope, key])
        if bytes(first) != digest:
            problem = Problem("Idempotency-Key", "key_used", "a new key for a new request", key)
            raise Conflict("this key was used for another request", problem)
        return msgspec.json.decode(answer)
    result = msgspec.to_builtins(work(), str_keys=True)
    execute(ANSWER, [msgspec.json.encode(result).decode(), brand, scope, key])
    return result
