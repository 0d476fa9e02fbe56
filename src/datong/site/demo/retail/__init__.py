"""The brand of real orders: UCI's baskets at Best Buy's places."""
