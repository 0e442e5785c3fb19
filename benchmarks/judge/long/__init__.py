"""Healthy canaries in rollouts of hours and of a day, judged by the shipped code itself."""
