"""What the tests stand on: a real PostgreSQL, one template database, a clone a worker, the application's own role."""
