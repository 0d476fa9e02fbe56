"""Comparing signatures: HMAC over raw bytes, in constant time, before anything is parsed."""

from __future__ import annotations

import base64
import hmac
from typing import Literal

from datong.integration.types import BadSignature, Context
from datong.kernel import clock

Encoding = Literal["base64", "hex"]


def hmac_text(secret: str, message: bytes, algorithm: str = "sha256", encoding: Encoding = "base64") -> str:
    """The signature as text."""
    digest = hmac.digest(secret.encode(), message, algorithm)
    return base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()


def require_same(given: str, expected: str) -> None:
    """Raise BadSignature unless both are the same; takes equally long either way."""
    if not given:
        raise BadSignature("the delivery carries no signature")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadSignature("the signature does not fit the payload")


def secret_of(context: Context, name: str = "secret") -> str:
    """A door without its secret lets nobody in."""
    found = context.secrets.get(name, "")
    if not found:
        raise BadSignature(f"the door has no {name}; set one before opening it")
    return found


def require_fresh(stamp_s: int, tolerance_s: int) -> None:
    """Refuse what was signed too long ago or ahead of us: an old delivery could be played back."""
    if abs(int(clock.now().timestamp()) - stamp_s) > tolerance_s:
        raise BadSignature(f"signed more than {tolerance_s} s from our clock")
