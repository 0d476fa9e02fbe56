"""The installation's secret: given by the environment, or made once and kept beside the data; and those before it."""

from __future__ import annotations

import os
import secrets

from datong.kernel.embedded import default_home as home

__all__ = ["home", "installation_secret", "older_secrets"]


def installation_secret() -> str:
    """DATONG_SECRET_KEY, or the content of home()/secret_key, made with mode 600 if it is missing."""
    if given := os.environ.get("DATONG_SECRET_KEY"):
        return given
    path = home() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(new, path)  # whole or not at all, and only if nobody was first
        except FileExistsError:
            pass  # another command was; its secret is the one
        finally:
            new.unlink()
    return path.read_text().strip()


def older_secrets() -> list[str]:
    """DATONG_OLD_SECRET_KEYS, separated by commas: what was signed or sealed with one of them still opens."""
    given = os.environ.get("DATONG_OLD_SECRET_KEYS", "").split(",")
    return [secret.strip() for secret in given if secret.strip()]
