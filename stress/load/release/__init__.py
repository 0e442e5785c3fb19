"""A release of many functions, of which two are bad, and a check of how each function ends."""
