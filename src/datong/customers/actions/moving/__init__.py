"""Records and cards that come from another system, many at once, and their way back."""
