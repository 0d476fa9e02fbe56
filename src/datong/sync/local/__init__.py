"""Servers on 127.0.0.1 that speak the platforms' documented protocols, rate limits and errors included."""
