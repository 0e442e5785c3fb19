"""Plays a policy over recorded minutes, and records them."""
