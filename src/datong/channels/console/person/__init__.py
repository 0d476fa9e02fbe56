"""The page of one customer: everything known of a person, put together from blocks."""
