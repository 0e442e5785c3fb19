"""Decides what a release does, and what its parts do for it."""
