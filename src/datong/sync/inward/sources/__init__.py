"""How each platform lists its orders: one small module a platform."""
