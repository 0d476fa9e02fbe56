"""A command whose database dies while it starts brings it up again and goes on; not for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def start(home: Path, kills: int) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATONG_ROLE_PREFIX")}
    command = [sys.executable, "-W", "ignore", "-m", "datong.site.tests.start_world", str(home), str(kills)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_database_that_dies_while_a_command_starts_is_started_again(tmp_path: Path) -> None:
    done = start(tmp_path / "home", kills=1)
    assert (done.returncode, done.stdout) == (0, "brands 0\n"), done.stderr[-2000:]
    assert "trying again" in done.stderr


def test_a_database_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    done = start(tmp_path / "home", kills=9)
    assert done.returncode == 1 and done.stderr.count("trying again") == 2
    assert "OperationalError" in done.stderr
