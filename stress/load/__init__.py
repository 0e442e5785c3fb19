"""Many concurrent rollouts, and a check of how each of them ends."""
