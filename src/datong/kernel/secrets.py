"""Secrets at rest: sealed with a key derived from the installation's own, so that a stolen dump opens no door."""

from __future__ import annotations

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from datong.kernel.errors import Unavailable

_INFO = b"datong sealed secrets v1"
_MARKS = b"datong marks of secrets v1"


def seal(text: str) -> bytes:
    """Encrypted and authenticated (Fernet: AES-128-CBC with HMAC-SHA256), keyed by HKDF of SECRET_KEY."""
    return _box(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """Raises Unavailable when neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS opens it."""
    try:
        return _box(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unavailable("a sealed secret does not open: it was sealed with another SECRET_KEY") from None


def marks(text: str) -> list[str]:
    """What a secret is found again by without being told: 64 hex characters, keyed by HKDF of SECRET_KEY, so that a
    dump does not let anybody try short codes. The first is kept; the others are what older keys made of it."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(_key(secret, _MARKS), text.encode(), "sha256").hexdigest() for secret in secrets]


@lru_cache(maxsize=4)
def _box(current: str, older: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (current, *older)])


@lru_cache(maxsize=8)
def _key(secret: str, info: bytes = _INFO) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
