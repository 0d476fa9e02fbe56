"""The console's page of payment providers."""
