"""The till: one page that works without network, the scripts' words, and what it asks of a log-in."""
