"""What the command state machine does, and the request for a command that a rollout waits for."""
