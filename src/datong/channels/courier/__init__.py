"""The courier's phone (配送员手机): deliveries in order, with and without network."""
