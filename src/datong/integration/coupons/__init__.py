"""Clients of the platforms that sell coupons of ours."""
