"""The templates every brand starts with, read from data: a new kind of product is a row, not a program."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from datong.catalog.types import Template


@cache
def built_in() -> dict[str, Template]:
    """By code, in the order they are shown."""
    text = resources.files("datong.catalog.rules").joinpath("templates.json").read_bytes()
    return {template.code: template for template in msgspec.json.decode(text, type=list[Template])}
