"""The local AWS: an emulator with the behaviours a rollout needs, a real deployment, traffic to watch."""
