"""The demo: one healthy and one faulty version of a shop, rolled out before your eyes by AWS API calls alone."""
