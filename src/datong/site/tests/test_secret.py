"""The secret of the installation is changed: what was sealed with the old one opens while it is named."""

from __future__ import annotations

import os
import subprocess
import sys

START = "import sys; from datong.site import settings; from datong.kernel import secrets; "
OLD, NEW = "the-old-secret-" * 4, "the-new-secret-" * 4


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START + program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "datong.site.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_secret_that_was_sealed_with_the_old_key_opens_while_the_old_key_is_named() -> None:
    sealed = run("print(secrets.seal('shpss_1').decode())", DATONG_SECRET_KEY=OLD).stdout.strip()
    opening = f"print(secrets.unseal({sealed.encode()!r}))"
    named = run(opening, DATONG_SECRET_KEY=NEW, DATONG_OLD_SECRET_KEYS=f"an older one, {OLD}")
    assert (named.stdout, named.returncode) == ("shpss_1\n", 0), named.stderr
    forgotten = run(opening, DATONG_SECRET_KEY=NEW)
    assert forgotten.returncode != 0
    assert "it was sealed with another SECRET_KEY" in forgotten.stderr


def test_new_secrets_are_sealed_with_the_new_key() -> None:
    sealed = run("print(secrets.seal('x').decode())", DATONG_SECRET_KEY=NEW, DATONG_OLD_SECRET_KEYS=OLD).stdout.strip()
    assert run(f"print(secrets.unseal({sealed.encode()!r}))", DATONG_SECRET_KEY=NEW).stdout == "x\n"
