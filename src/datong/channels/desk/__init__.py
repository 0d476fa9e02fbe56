"""The service desk (客服台): a caller, everything they bought at every door, and what can be done about it now."""
