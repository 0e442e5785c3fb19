"""Rolls out a version of a Lambda function: pure decisions here, everything that speaks to AWS in `aws`."""

import gc

# What a cold start imports stays for good, so collections in between find nothing: by Python's own limits they take
# a tenth of the import. Any later garbage is still collected, after 10,000 more objects instead of 700.
gc.set_threshold(10_000, 10, 10)
