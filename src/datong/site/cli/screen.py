"""Where it was; see datong.site.screen."""

from datong.site.screen import err, fail, out

__all__ = ["err", "fail", "out"]
