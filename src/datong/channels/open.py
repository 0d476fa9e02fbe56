"""Pages that ask for no role say so, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

V = TypeVar("V", bound=Callable[..., Any])


def anyone(why: str) -> Callable[[V], V]:
    """A page without a role; `why` it needs none. The matrix test takes no page that declares nothing."""

    def outer(view: V) -> V:
        view.open_because = why  # type: ignore[attr-defined]
        return view

    return outer
