"""From the channel to us: its own list of orders is read, and what its messages lost is taken."""
