"""Finds the errors in a canary's log that stable's log does not have, or has less often."""
