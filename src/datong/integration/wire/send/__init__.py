"""The other side of each door: what a shop, a platform or a till would send for an order, with a right signature.

For replaying orders through the real doors (demo, tests, a dry run before the first shop is connected). Every `build`
takes an intent and gives a Request; a format carries what it carries, so not every field of an intent survives.
"""
