"""What notes about the channels may say of a person."""

from __future__ import annotations

from datong.kernel.keepers import Keeper, Text

KEEPER = Keeper(
    "sync",
    texts=(
        Text("sync_difference", ("note", "reason")),
        Text("sync_outward", ("facts", "why", "fix")),
        Text("sync_erpfile", ("problems",)),
        Text("sync_check", ("mismatches",)),
    ),
)
