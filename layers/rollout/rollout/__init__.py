"""Rolls out a version of a Lambda function: pure decisions here, everything that speaks to AWS in `aws`."""

import gc

# What a cold start imports stays for good, so collections in between find nothing: by Python's own limits they take
# a tenth of the import. An import makes about 100,000 objects; later garbage is collected after 200,000 more of them.
gc.set_threshold(200_000, 10, 10)
