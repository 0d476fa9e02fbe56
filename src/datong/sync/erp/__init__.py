"""ERP kinds: goods, stock and prices in, orders and settlement out, each ERP explained by a mapping file."""
