"""In which languages something is written, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

from datong.brand.types import Brand

OURS = ("en", "zh-Hans")
MORE = ("zh-Hant", "ja", "ko", "de", "fr", "es", "it", "pt", "ru", "ar", "th", "vi", "id", "ms")
"""Those a page offers to add; over the API it may be any."""


def own_language(brand: Brand) -> str:
    return {"zh-CN": "zh-Hans", "zh": "zh-Hans", "en-US": "en", "en-GB": "en"}.get(brand.locale, brand.locale)


def languages_of(brand: Brand, *written: Iterable[str]) -> tuple[str, ...]:
    """The brand's own language, those of the console, and every one in which something is written already."""
    found = [own_language(brand), *OURS, *sorted(language for languages in written for language in languages)]
    return tuple(dict.fromkeys(found))


def language_name(code: str) -> str:
    """A language's name in the reader's: Chinese (Simplified), 德语."""
    here = Locale.parse("zh_Hans" if (get_language() or "").startswith("zh") else "en")
    try:
        name = Locale.parse(code, sep="-").get_display_name(here)
    except (UnknownLocaleError, ValueError):
        name = None
    return name[:1].upper() + name[1:] if name else code
