"""Cards and stored value: the member's own page, the customer's part, gift cards, liabilities."""
