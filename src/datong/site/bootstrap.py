"""Getting ready to run: the database is there, Django is set up, the schema is this version's."""

from __future__ import annotations

import os

import django

from datong.kernel import embedded
from datong.site.secret import home


def prepare(*, upgrade: bool = False) -> None:
    """Start or join the embedded server unless DATABASE_URL names one, then set Django up; optionally migrate."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datong.site.settings")
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = embedded.owner_url(home())
    django.setup()
    if upgrade:
        from datong.kernel import schema  # Django must be set up first

        schema.upgrade()
