"""Voices (顾客心声): what customers say, and the ideas for the product that come of it."""
