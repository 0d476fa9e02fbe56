"""The backend's wrapper: PostgreSQL's with our schema editor, and with times read by psycopg's own loader in C."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

from datong.kernel.backend.schema import DatabaseSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    """Every connection speaks UTC, so a time needs no zone put on it in Python, as Django's loader does for each."""

    SchemaEditorClass = DatabaseSchemaEditor

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        return {**params, "context": _in_c(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's for what the settings say (server_side_binding, UTC), without its question about the loader."""
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()


@cache
def _in_c(adapters: AdaptersMap) -> AdaptersMap:
    """psycopg puts its loader in C in the place of the one in Python that is named here."""
    quick = AdaptersMap(adapters)
    quick.register_loader("timestamptz", TimestamptzLoader)
    return quick
