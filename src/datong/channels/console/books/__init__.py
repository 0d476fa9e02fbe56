"""The pages of the books: balances, statements, entries, the chart of accounts, posting rules."""
