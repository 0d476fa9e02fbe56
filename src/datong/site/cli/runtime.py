"""Where it was; see datong.site.runtime."""

from datong.site.runtime import is_embedded, keep_alive, ready

__all__ = ["is_embedded", "keep_alive", "ready"]
