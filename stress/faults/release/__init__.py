"""One release of two functions for each Task state of the release state machine and each fault."""
