"""Do both sides fit together? Asked before a connection goes live, and whenever somebody wants to know (S-57)."""
