"""The store screen (门店接单屏): what a store has to make and hand over."""
