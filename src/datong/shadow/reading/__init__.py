"""What comes in, made into observations: files of several layouts, and orders that the wire formats have read."""
