"""Two-way channels: each day against ours, fields that differ, whether both sides fit, ERPs."""
