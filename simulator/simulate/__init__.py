"""Run a policy against simulated traffic."""
