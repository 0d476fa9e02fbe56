"""The public face of sync."""

__all__: list[str] = []
