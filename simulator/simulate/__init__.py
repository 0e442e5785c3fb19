"""Plays a policy against simulated traffic."""
