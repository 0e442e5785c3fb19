"""Decides what a release does, and what its members do for it."""
