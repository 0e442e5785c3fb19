"""Checks of an observed rollout: the promises that it broke, and whether the cell shows anything."""
