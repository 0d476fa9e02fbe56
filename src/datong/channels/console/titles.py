"""What a product is called on the reader's screen."""

from __future__ import annotations

from django.utils.translation import get_language

from datong.catalog.types import Item


def title_of(item: Item) -> str:
    """The item's title in the reader's language when the brand has one."""
    chinese = (get_language() or "").startswith("zh")
    wanted = ("zh-Hans", "zh") if chinese else ("en",)
    return next((item.titles[code] for code in wanted if code in item.titles), item.title)
