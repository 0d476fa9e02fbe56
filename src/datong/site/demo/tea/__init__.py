"""The Chinese tea-drink chain: a written menu, generated stores, people and orders in Hangzhou."""
