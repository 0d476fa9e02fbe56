"""Partners: contracts, statements, settlements."""
