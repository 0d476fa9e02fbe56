"""The day's report of each channel: their count and sum to the smallest coin against ours, explained line by line."""
