"""Returns (退货): goods of any store's and channel's orders, taken back at this one."""
