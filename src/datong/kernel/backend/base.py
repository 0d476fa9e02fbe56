"""The backend's wrapper: PostgreSQL's with our schema editor."""

from __future__ import annotations

from django.db.backends.postgresql import base

from datong.kernel.backend.schema import DatabaseSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor
