"""The rules that are compared: the shipped judge, its peers, and tests that know the true rates."""
