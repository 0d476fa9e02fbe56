"""A command whose database is killed while it starts, in a process of its own: `HOME KILLS`."""

from __future__ import annotations

import os
import signal
import sys

from datong.kernel import embedded
from datong.site import bootstrap
from datong.site.runtime import ready


def main(kills: int) -> None:
    real = bootstrap.prepare

    def prepare(*, upgrade: bool = False) -> None:
        from datong.kernel import roles

        nonlocal kills
        ensure = roles.ensure
        if kills:
            kills -= 1

            def killed(*args: object) -> None:
                pid = embedded.status().pid
                assert pid
                os.kill(pid, signal.SIGKILL)
                ensure(*args)  # type: ignore[arg-type]

            roles.ensure = killed  # type: ignore[assignment]
        try:
            real(upgrade=upgrade)
        finally:
            roles.ensure = ensure

    from datong.site import runtime

    runtime.prepare = prepare
    with ready(upgrade=True):
        from datong.brand.api import list_brands

        print("brands", len(list_brands()))


if __name__ == "__main__":
    os.environ["DATONG_HOME"] = sys.argv[1]
    main(int(sys.argv[2]))
