"""What a rollout would do: traffic, schedule, cost, warnings."""
