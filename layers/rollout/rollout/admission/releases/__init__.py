"""Reads what starts a release, and plans the rollouts of its parts."""
