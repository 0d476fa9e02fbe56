"""A backup holds everything and comes back with its rights; what goes wrong leaves the old database alone."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from datong.brand.api import list_brands
from datong.kernel import outbox
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Conflict, Unavailable
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.tests.test_seal import wait_for_horizon
from datong.ledger.types import Account, Transfer
from datong.site import backup as site_backup
from datong.site.backup import ToolFailedError, backup, restore
from datong.site.testing import databases

RIGHTS = """
    SELECT 'table', c.relname::text, c.relrowsecurity::text || c.relforcerowsecurity, pg_get_userbyid(c.relowner)::text,
           coalesce(c.relacl::text, '') FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    UNION ALL SELECT 'schema', nspname, '', '', coalesce(nspacl::text, '') FROM pg_namespace WHERE nspname = 'public'
    UNION ALL SELECT 'policy', polname, polrelid::regclass::text, polroles::regrole[]::text,
           pg_get_expr(polqual, polrelid) FROM pg_policy
    UNION ALL SELECT 'function', proname, prosecdef::text, pg_get_userbyid(proowner), coalesce(proacl::text, '')
           FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> 13
    UNION ALL SELECT 'constraint', conname, conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3, 4, 5
"""


def asked(name: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(databases.url_of(name)) as connection:
        return connection.execute(sql.encode()).fetchall()


def rights_of(name: str) -> list[tuple[str, ...]]:
    """Every right and constraint, without the casts and brackets that PostgreSQL adds when it reads its own text."""
    return sorted(
        tuple(re.sub(r"::[a-z ]+(\[\])?|[() ]", "", str(cell)) for cell in row) for row in asked(name, RIGHTS)
    )


def test_a_backup_brings_back_every_row_and_every_right(committed_db: str, make_brand, tmp_path: Path) -> None:
    first, second = make_brand(name="First"), make_brand(name="Second")
    file = tmp_path / "whole.dump"
    rights = rights_of(committed_db)
    size = backup(databases.url_of(committed_db), file, embedded=True)
    assert (file.stat().st_size, stat.S_IMODE(file.stat().st_mode)) == (size, 0o600)
    make_brand(name="Too late")
    connections.close_all()
    restore(databases.url_of(committed_db), file, embedded=True)
    assert {brand.id: brand.name for brand in list_brands()} == {first.id: "First", second.id: "Second"}
    assert rights_of(committed_db) == rights
    assert len(rights) > 50
    with in_brand(first.id):  # row-level security is in force again
        assert {brand for (brand,) in rows("SELECT DISTINCT brand_id FROM kernel_cursor")} <= {UUID(str(first.id))}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event like any module's."""

    name: ClassVar[str] = "test.happened"
    version: ClassVar[int] = 1
    aggregate: UUID


def test_restored_events_are_stamped_anew(committed_db: str, make_brand, tmp_path: Path) -> None:
    with in_brand(make_brand().id):
        outbox.emit(Happened(uuid7()), Happened(uuid7()))
    file = tmp_path / "whole.dump"
    backup(databases.url_of(committed_db), file, embedded=True)
    before = asked(committed_db, "SELECT pg_current_xact_id()::text::bigint")[0][0]
    connections.close_all()
    restore(databases.url_of(committed_db), file, embedded=True)
    stamps = asked(committed_db, "SELECT xid::text::bigint FROM kernel_outboxevent")
    assert len(stamps) == 2
    assert all(int(str(xid)) > int(str(before)) for (xid,) in stamps)


def test_restored_books_are_sealed_as_far_as_they_were_and_the_rest_is_still_to_come(
    committed_db: str, make_brand, tmp_path: Path
) -> None:
    brand = make_brand()
    cash, sales = Account("asset:cash", "USD"), Account("income:sales", "USD")

    def sell() -> Transfer:
        return Transfer(uuid7(), cash, sales, 100, "sale", uuid7(), date(2026, 11, 22))

    ledger.post([sell(), sell()], brand=brand.id)
    wait_for_horizon(brand)
    assert ledger.seal(brand=brand.id) == 2
    ledger.post([sell()], brand=brand.id)
    file = tmp_path / "whole.dump"
    backup(databases.url_of(committed_db), file, embedded=True)
    connections.close_all()
    restore(databases.url_of(committed_db), file, embedded=True)
    assert [balance.debits_minor for balance in ledger.balances(brand.id)] == [300, 0]
    wait_for_horizon(brand)
    assert ledger.seal(brand=brand.id) == 1
    assert [balance.debits_minor for balance in ledger.balances(brand.id)] == [300, 0]
    assert ledger.verify(brand.id).sound


def test_a_file_that_is_no_backup_leaves_the_database_as_it_was(committed_db: str, make_brand, tmp_path: Path) -> None:
    brand = make_brand()
    connections.close_all()
    file = tmp_path / "no.dump"
    file.write_text("hello")
    with pytest.raises(ToolFailedError, match="does not appear to be a valid archive"):
        restore(databases.url_of(committed_db), file, embedded=True)
    assert [each.id for each in list_brands()] == [brand.id]
    left = asked(committed_db, f"SELECT datname FROM pg_database WHERE datname LIKE '{committed_db}\\_re%'")
    assert left == []


def test_nothing_is_replaced_under_somebody_who_is_connected(committed_db: str, tmp_path: Path) -> None:
    file = tmp_path / "whole.dump"
    backup(databases.url_of(committed_db), file, embedded=True)
    connections.close_all()
    with (
        psycopg.connect(databases.url_of(committed_db), application_name="datong-till"),
        pytest.raises(Unavailable, match="datong-till is connected"),
    ):
        restore(databases.url_of(committed_db), file, embedded=True)


def names_of(name: str) -> list[str]:
    """The database and what a restore makes beside it."""
    with psycopg.connect(databases.url_of("postgres")) as server:
        like = [name, f"{name}_restoring", f"{name}_replaced"]
        found = server.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s) ORDER BY 1", [like])
        return [each for (each,) in found.fetchall()]


def test_a_restore_that_ends_between_the_two_names_leaves_the_old_database_its_own(
    committed_db: str, make_brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who looks into the new database keeps it from getting its name, after the old one has lost its own."""
    file = tmp_path / "whole.dump"
    backup(databases.url_of(committed_db), file, embedded=True)
    brand = make_brand()
    connections.close_all()
    looking: list[psycopg.Connection] = []
    refuse = site_backup._refuse_if_used

    def look(server: psycopg.Connection, name: str) -> None:
        refuse(server, name)
        if f"{name}_restoring" in names_of(name):
            looking.append(psycopg.connect(databases.url_of(f"{name}_restoring")))

    monkeypatch.setattr(site_backup, "_refuse_if_used", look)
    try:
        with pytest.raises(psycopg.errors.ObjectInUse, match="_restoring"):
            restore(databases.url_of(committed_db), file, embedded=True)
    finally:
        for each in looking:
            each.close()
    assert len(looking) == 1
    assert names_of(committed_db) == [committed_db]
    assert [each.id for each in list_brands()] == [brand.id]


def test_the_database_of_a_restore_that_was_killed_between_two_renames_gets_its_name_back(
    committed_db: str, make_brand, tmp_path: Path
) -> None:
    """An earlier version renamed in two steps; the one copy of the data must not be taken for a leftover."""
    brand = make_brand()
    connections.close_all()
    with psycopg.connect(databases.url_of("postgres"), autocommit=True) as server:
        server.execute(
            site_backup.RENAME.format(sql.Identifier(committed_db), sql.Identifier(f"{committed_db}_replaced"))
        )
    file = tmp_path / "no.dump"
    file.write_text("hello")
    with pytest.raises(ToolFailedError):
        restore(databases.url_of(committed_db), file, embedded=True)
    assert names_of(committed_db) == [committed_db]
    assert [each.id for each in list_brands()] == [brand.id]


def test_a_backup_is_not_written_over_another(committed_db: str, tmp_path: Path) -> None:
    file = tmp_path / "whole.dump"
    file.write_text("precious")
    with pytest.raises(Conflict):
        backup(databases.url_of(committed_db), file, embedded=True)
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]
