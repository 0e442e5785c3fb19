"""What a rollout publishes: its events, and the messages people read."""
