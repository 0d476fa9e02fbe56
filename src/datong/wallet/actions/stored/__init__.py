"""Stored value: purses, money put on and paid back, gift cards, payments."""
