"""Django's PostgreSQL backend, writing tenant tables the way they must be (composite keys, RLS, partitions)."""
