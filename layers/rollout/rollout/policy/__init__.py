"""The policy of a rollout: its steps, presets, metrics and guards."""
