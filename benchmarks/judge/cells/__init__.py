"""The kinds of rollouts that are simulated, and their minutes."""
