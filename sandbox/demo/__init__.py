"""The demo: a healthy, a faulty and a slow version of a shop, rolled out before your eyes by AWS API calls alone."""
