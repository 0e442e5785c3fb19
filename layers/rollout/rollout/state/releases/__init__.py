"""A release: several rollouts that are promoted together, or not at all."""
