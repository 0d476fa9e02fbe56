"""The installation's secret: given by the environment, or made once and kept beside the data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The folder of this installation's own data: DATONG_HOME, /var/lib/datong for root, else the user's data folder."""
    if given := os.environ.get("DATONG_HOME"):
        return Path(given)
    if os.geteuid() == 0:
        return Path("/var/lib/datong")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "datong"


def installation_secret() -> str:
    """DATONG_SECRET_KEY, or the content of home()/secret_key, made with mode 600 if it is missing."""
    if given := os.environ.get("DATONG_SECRET_KEY"):
        return given
    path = home() / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # another command was first; its secret is the one
    return path.read_text().strip()
