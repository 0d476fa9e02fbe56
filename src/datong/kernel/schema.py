"""Bring the database to this version: roles, migrations, partitions. Safe to run again and at the same time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections, transaction

from datong.kernel import clock, partitions, roles

OWNER = "owner"


def upgrade(*, verbosity: int = 0) -> None:
    """Run by the owner before anything serves. A lock of the session makes a second one wait its turn."""
    connection = connections[OWNER]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('datong upgrade'))")
        try:
            with transaction.atomic(using=OWNER):
                roles.ensure(cursor, connection.settings_dict["USER"], connection.settings_dict["NAME"])
            call_command("migrate", database=OWNER, interactive=False, verbosity=verbosity)
            make_partitions()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('datong upgrade'))")


def make_partitions() -> list[str]:
    """This month's and the next two months' partitions; called at start-up and daily by the worker."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        return partitions.ensure(cursor, clock.now())
