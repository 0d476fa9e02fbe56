"""What several threads do at the same moment, first of all in a process of its own."""

from __future__ import annotations

import subprocess
import sys

READ_AT_ONCE = """
import sys, threading
from datong.integration.wire import marketplace
from datong.integration.wire.mapping.language import mapping_of

sys.setswitchinterval(1e-6)
text = (marketplace.SHIPPED / "jd_daojia.toml").read_text("utf-8")
start, names = threading.Barrier(8), []

def read():
    start.wait()
    names.append(mapping_of(text).name)

threads = [threading.Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert names == ["jd_daojia"] * 8
"""


def test_a_mapping_that_eight_threads_read_first_at_the_same_moment_crashes_nobody() -> None:
    """It took the worker down on every other start."""
    ends = [subprocess.run([sys.executable, "-c", READ_AT_ONCE], check=False).returncode for _ in range(8)]
    assert ends == [0] * 8
