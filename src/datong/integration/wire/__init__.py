"""Wire formats: how each channel writes an order down, and how it proves that it was it who wrote."""
