"""Screens of prices: the one table, changes of many, policies, rates, promotions, the simulator, decision tables."""
